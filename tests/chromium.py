"""Where the browser tests find their browser."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
HINT = "no Chromium found, browser tests left out; get one with `apt-get install chromium` or name yours in CHROMIUM"


def find_chromium() -> str | None:
    """A path to a Chromium: $CHROMIUM if it can be run, else the first of the usual names."""
    return next(filter(None, map(shutil.which, filter(None, [os.environ.get("CHROMIUM"), *NAMES]))), None)
