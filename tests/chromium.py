"""Where the browser tests find their browser."""

import os
import shutil

# The shell first: it draws pages alone, without the windows of a browser around them, and takes half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
HINT = (
    "no Chromium found, browser tests left out; "
    "get one with `apt-get install chromium-headless-shell` or name yours in CHROMIUM"
)


def find_chromium() -> str | None:
    """A path to a Chromium: $CHROMIUM if it can be run, else the first of the usual names."""
    return next(filter(None, map(shutil.which, filter(None, [os.environ.get("CHROMIUM"), *NAMES]))), None)
