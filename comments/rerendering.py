"""Rendering comments anew after the renderer has changed, or the key that seals them."""

from collections.abc import Iterator

from django.db import transaction

from comments.bodies import RENDERER, is_sealed
from comments.models import Comment
from comments.submitting import write

CHUNK = 200


def rerender() -> Iterator[int]:
    """How many of each chunk were rendered anew, in the order of their keys; what is sealed and current is left alone.

    A chunk is a transaction: stopped and begun again, it goes on. A comment that changes meanwhile is not overwritten.
    """
    last = 0
    while keys := list(Comment.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = keys[-1]
        with transaction.atomic():
            rows = Comment.objects.select_for_update().filter(pk__in=keys).exclude(text="").order_by("pk")
            yield sum(rerender_one(row) for row in rows)


def rerender_one(row: Comment) -> bool:
    if row.renderer == RENDERER and is_sealed(row.html, row.renderer, row.seal):
        return False
    write(row, row.text)
    row.save(update_fields=["html", "renderer", "seal"])
    return True
