"""Who has an article open in the desk at this moment; their browsers say so again and again."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from aisrace.keeping.models import Deed
from aisrace.keeping.saving import find_last_change
from aisrace.keeping.trail import name_of
from articles.models import Article, Presence
from articles.models.drafting import LEFT


@dataclass(frozen=True)
class Company:
    """`others` are the rows of those who are here too; `newer` is the deed that overtook the version asked about.

    Where nobody told who made the newer version, `is_overtaken` alone says that there is one.
    """

    others: list[Presence]
    is_overtaken: bool
    newer: Deed | None


def note_presence(article: Article, user: User, *, version: int | None, now: datetime) -> Company:
    """Say that `user` has the article open, and ask who else has. Sweeps away who left. At most five queries.

    Two browsers of one person are one presence. Raises `Article.DoesNotExist` where it was deleted meanwhile.
    """
    try:
        with transaction.atomic():
            write_presence(article, user, now)
    except IntegrityError as error:
        raise Article.DoesNotExist from error
    others = article.presences.exclude(user=user).select_related("user").order_by("pk")
    is_overtaken = article.version != version
    return Company(list(others), is_overtaken, find_last_change(article) if is_overtaken else None)


def write_presence(article: Article, user: User, now: datetime) -> None:
    here = Presence(article=article, user=user, seen_at=now)
    Presence.objects.bulk_create(
        [here], update_conflicts=True, unique_fields=["article", "user"], update_fields=["seen_at"]
    )
    Presence.objects.filter(article=article, seen_at__lte=now - LEFT).delete()


def tell_name(presence: Presence) -> str:
    return name_of(presence.user)
