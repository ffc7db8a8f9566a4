"""The front page: one lead comparison drawn by its own spectrum, then what is new."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from articles.models import Edition
from articles.reading import OpenEdition, choose_spectrum, open_edition
from experts.comparison import Cell, lay_cell
from experts.models import Position, Topic
from experts.record import expert_row, position_row, question_row, read_scales
from experts.spectrum import Spectrum

ARTICLES = 7
POSITIONS = 6
WINDOW = 300  # newest positions among which those are chosen
TOPICS = 24


@dataclass(frozen=True)
class Front:
    """`lead` and `spectrum` are None on a site without a live article."""

    lead: OpenEdition | None
    spectrum: Spectrum | None
    others: list[Edition]
    newest: list[Cell]
    topics: list[Topic]


def read_front(now: datetime) -> Front:
    """Six queries, whatever the size of the site."""
    editions = list(Edition.objects.live(now).recent()[:ARTICLES])
    lead = open_edition(Edition.objects.get(pk=editions[0].pk)) if editions else None
    spectrum = choose_spectrum(lead.spectra) if lead else None
    return Front(lead, spectrum, editions[1:], list_newest(now), list_topics(now))


def list_newest(now: datetime) -> list[Cell]:
    """The positions stated last, with an answer, of different experts and questions. Three queries."""
    chosen = choose_newest(now)
    positions = Position.objects.filter(pk__in=chosen).select_related("expert", "question", "source")
    found = sorted(positions, key=lambda position: chosen.index(position.pk))
    scales = read_scales({position.question.scale_id for position in found})
    cells: list[Cell] = []
    for position in found:
        expert = expert_row(position.expert, {}, position.stated_on)
        question = question_row(position.question, scales[position.question.scale_id])
        cells.append(lay_cell(expert, question, position_row(position, {}, ())))
    return cells


def choose_newest(now: datetime) -> list[int]:
    """Ids of the positions to show: a panel answers in one day, and one question must not fill the page."""
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
