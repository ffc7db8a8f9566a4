"""Beginning a working copy."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from articles.models import Article, Edition

MAX_SLUG = 100
TRIES = 5  # as many people as may begin with one headline in one instant


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


def save_at_free_address(article: Article, stem: str, save: Callable[[], object] | None = None) -> None:
    """Save, at another address made from `stem` where somebody took the article's own since it was chosen.

    `save` does it, where it takes more than the article's own `save()`.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                (save or article.save)()
            return
        except IntegrityError:
            is_taken = Article.objects.filter(slug=article.slug).exclude(pk=article.pk).exists()
            if not is_taken or not tries_left:
                raise
            article.slug = choose_slug(stem)
