import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nginx import Nginx, Upstream, nginx, say


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ngx-", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    made = Upstream(say)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def before(folder: Path, upstream: Upstream) -> Iterator[Nginx]:
    media = folder / "media"
    media.mkdir()
    (media / "a.svg").write_text("<svg/>")
    with nginx(folder / "one", [upstream.port], MEDIA_DIR=str(media)) as started:
        yield started
