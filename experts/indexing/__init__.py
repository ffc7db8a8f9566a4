"""What of the record can be found: experts, questions, positions and quotes, each from the moment readers may see it.

Each function names its cost in queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from aisrace.lib.jinja import url
from aisrace.search.entries import Entry, Facet, Keys, Touch, name_parts
from aisrace.search.entries import Source as Documents
from experts.indexing.said import read_said, read_topics
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Source, Topic

# --- Experts and questions -------------------------------------------------------------------------------------------


def read_experts(keys: Keys) -> Iterator[Entry]:
    """Two queries."""
    roles: dict[int, list[str]] = defaultdict(list)
    for affiliation in Affiliation.objects.filter(expert__in=keys):
        roles[affiliation.expert_id].append(str(affiliation))
    for expert in Expert.objects.filter(pk__in=keys, public_at__isnull=False).order_by("pk"):
        held = tuple(dict.fromkeys(roles[expert.pk]))
        yield Entry(
            kind="expert",
            row_id=expert.pk,
            belongs_to=expert.pk,
            title=expert.name,
            url=url("expert", expert.slug),
            from_at=expert.public_at,
            names=(("", expert.name), *name_parts("Also known as", expert.aliases.splitlines())),
            context=name_parts("", held),
            texts=(("", expert.bio), ("", "; ".join(held))),
            experts=(expert.pk,),
            about={"slug": expert.slug, "is_organisation": expert.kind == Expert.Kind.ORGANISATION},
        )


def read_questions(keys: Keys) -> Iterator[Entry]:
    """Two queries."""
    topics = read_topics(keys)
    for question in Question.objects.filter(pk__in=keys, public_at__isnull=False).order_by("pk"):
        yield Entry(
            kind="question",
            row_id=question.pk,
            belongs_to=question.pk,
            title=question.wording,
            url=url("question", question.slug),
            from_at=question.public_at,
            names=(("In short", question.label), ("", question.wording)),
            context=name_parts("Topic", topics[question.pk].values()),
            texts=(("", question.background),),
            day=question.asked_on,
            topics=tuple(topics[question.pk]),
            about={"slug": question.slug},
        )


# --- What concerns what ----------------------------------------------------------------------------------------------


def same(keys: Keys) -> Keys:
    return keys


def positions_of_experts(keys: Keys) -> Iterable[int]:
    return Position.objects.filter(expert__in=keys).order_by().values_list("pk", flat=True)


def positions_on_questions(keys: Keys) -> Iterable[int]:
    return Position.objects.filter(question__in=keys).order_by().values_list("pk", flat=True)


def positions_with_answers(keys: Keys) -> Iterable[int]:
    return Position.objects.filter(question__scale__answers__in=keys).order_by().values_list("pk", flat=True).distinct()


def questions_on_topics(keys: Keys) -> Iterable[int]:
    return Question.objects.filter(topics__in=keys).order_by().values_list("pk", flat=True)


def positions_from_sources(keys: Keys) -> Iterable[int]:
    positions = Position.objects.filter(source__in=keys).order_by().values_list("pk", flat=True)
    quoted = Quote.objects.filter(source__in=keys).order_by().values_list("position_id", flat=True)
    return positions.union(quoted).order_by()


EXPERTS = Documents(("expert",), Expert.objects.all, read_experts)
QUESTIONS = Documents(("question",), Question.objects.all, read_questions)
SAID = Documents(("position", "quote"), Position.objects.all, read_said)

# Quotes and roles need no line of their own: whoever writes one is told to have written its position or expert.
PARTS = (
    EXPERTS,
    QUESTIONS,
    SAID,
    Touch(Expert, EXPERTS, same),
    Touch(Expert, SAID, positions_of_experts),
    Touch(Question, QUESTIONS, same),
    Touch(Question, SAID, positions_on_questions),
    Touch(Topic, QUESTIONS, questions_on_topics),
    Touch(Answer, SAID, positions_with_answers),
    Touch(Source, SAID, positions_from_sources),
    Touch(Position, SAID, same),
    Facet("expert", Expert.objects.public),
)
