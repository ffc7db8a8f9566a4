"""What is over and nobody's to read any more. What readers have left is comments/retention.py's."""

from datetime import datetime

from articles.previewing import forget_links
from articles.sharing import forget_images
from experts.importing.forgetting import forget_imports


def forget_what_is_over(now: datetime) -> int:
    """A sweep. Two queries and a look into one folder where there is nothing to do."""
    return forget_imports(now) + forget_links(now) + forget_images(now)
