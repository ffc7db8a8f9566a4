"""Settings of a site that stands behind a proxy and serves the database of a test that runs elsewhere."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["SERVED_DATABASE"]
ALLOWED_HOSTS = ["example.org"]
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
COMMENTS_MODE, COMMENTS_CONFIRM, COMMENTS_PROOF_OF_WORK, COMMENTS_LIMITS = "open", False, False, False
