"""Uploads in a bucket, of Amazon or of whoever else speaks S3. Imported only where MEDIA_S3_BUCKET is set."""

from typing import Any
from urllib.parse import urljoin

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class Bucket(S3Storage):
    """Readers are sent to the site all the same: no page asks another host, and editions keep addresses for good."""

    def __init__(self, **options: Any) -> None:
        # Checksums behind the body are Amazon's alone. A page is not to wait for a bucket that is gone.
        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=3,
            read_timeout=20,
            retries={"total_max_attempts": 3},
        )
        super().__init__(**{"client_config": config, "default_acl": None, "file_overwrite": False} | options)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))
