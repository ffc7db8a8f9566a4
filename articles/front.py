"""The front page: one lead comparison drawn by its own spectrum, then what is new."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from articles.models import Edition
from articles.reading import OpenEdition, choose_spectrum, open_edition
from experts.changing import changes_of_mind, pair_ids, read_loose
from experts.comparison import Cell
from experts.models import Position, Topic
from experts.reading import NamedChange
from experts.spectrum import Spectrum

ARTICLES = 7
POSITIONS = 6
CHANGES = 3
WINDOW = 300  # newest positions among which those are chosen
TOPICS = 24


@dataclass(frozen=True)
class Front:
    """`lead` and `spectrum` are None on a site without a live article."""

    lead: OpenEdition | None
    spectrum: Spectrum | None
    others: list[Edition]
    newest: list[Cell]
    changes: list[NamedChange]
    topics: list[Topic]


def read_front(now: datetime) -> Front:
    """Seven queries, whatever the size of the site."""
    editions = list(Edition.objects.live(now).recent()[:ARTICLES])
    lead = open_edition(Edition.objects.get(pk=editions[0].pk)) if editions else None
    spectrum = choose_spectrum(lead.spectra) if lead else None
    newest, changed = choose_newest(now), pair_ids(changes_of_mind(now)[:CHANGES])
    loose = read_loose([*newest, *(pk for pair in changed for pk in pair)], {})
    return Front(
        lead,
        spectrum,
        editions[1:],
        [loose.cell(pk) for pk in newest],
        [loose.change(pair) for pair in changed],
        list_topics(now),
    )


def choose_newest(now: datetime) -> list[int]:
    """Ids of the positions to show: those stated last, with an answer, of different experts and questions. One query.

    A panel answers in one day, and one question must not fill the page.
    """
    positions = Position.objects.public(now).filter(answer__isnull=False).order_by("-stated_on", "-id")
    recent = list(positions.values_list("id", "expert_id", "question_id")[:WINDOW])
    experts: set[int] = set()
    questions: set[int] = set()
    fresh: list[int] = []
    others: list[int] = []
    for pk, expert, question in recent:
        is_fresh = expert not in experts and question not in questions
        (fresh if is_fresh else others).append(pk)
        if is_fresh:
            experts.add(expert)
            questions.add(question)
    return (fresh + others)[:POSITIONS]


def list_topics(now: datetime) -> list[Topic]:
    """The topics with most public questions. One query."""
    asked = Count("questions", filter=Q(questions__public_at__lte=now))
    return list(Topic.objects.annotate(asked=asked).filter(asked__gt=0).order_by("-asked", "name")[:TOPICS])
