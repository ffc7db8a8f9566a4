"""What of the record the journal follows, and what it has machines told of; see aisrace/journal/kinds.py."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from aisrace.api.links import Links
from aisrace.hooks.telling import is_wanted, take_out, tell, tell_hub
from aisrace.journal.kinds import Kind, Object
from experts.api.asked import Questions, Scales
from experts.api.people import Experts
from experts.api.said import Positions, Sources
from experts.models import Expert, Position, Question, Scale, Source, Topic

RECORDED = "position.recorded"


def tell_positions(keys: Sequence[int], now: datetime) -> None:
    """All that came on record at once in one message, and the feeds that tell of it. One query where nobody asked."""
    if not settings.WEBSUB_HUB and not is_wanted(RECORDED):
        return
    told = list(POSITIONS.read(keys, now, Links(settings.SITE_URL)).values())
    tell(RECORDED, {"positions": told}, now)
    tell_hub(list_feeds(told), now)


def list_feeds(told: Iterable[Object]) -> Iterator[str]:
    """Those of the experts and questions."""
    places = dict.fromkeys((name, row[name]["slug"]) for row in told for name in ("expert", "question"))
    for name, slug in places:
        yield from (f"{settings.SITE_URL}{reverse(f'{name}_feed_{form}', args=[slug])}" for form in ("atom", "json"))


POSITIONS = Kind(
    Positions,
    Position,
    follows={
        Expert: ["expert"],
        Question: ["question"],
        Scale: ["question__scale"],
        Source: ["source", "quotes__source"],
    },
    begins="public_at",
    announce=tell_positions,
    take_back=lambda keys: take_out(RECORDED, "positions", keys),
)
KINDS = [
    Kind(Scales, Scale),
    Kind(
        Questions,
        Question,
        follows={Topic: ["topics"], Scale: ["scale"]},
        apart=frozenset({"tally", "answers"}),
        begins="public_at",
    ),
    Kind(Experts, Expert, apart=frozenset({"role", "answers"}), begins="public_at"),
    Kind(Sources, Source),
    POSITIONS,
]
