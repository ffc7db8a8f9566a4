"""Beginning a working copy."""

from django.utils.text import slugify

from articles.models import Article, Edition

MAX_SLUG = 100


def choose_slug(headline: str) -> str:
    """An address no article has or ever had: from the headline, numbered where it is taken."""
    stem = slugify(headline)[: MAX_SLUG - 8].strip("-") or "untitled"
    taken = {*Article.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    taken |= {*Edition.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
