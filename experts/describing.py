"""The record in the words of schema.org: people and organisations, questions, claims and quotations. Pure.

A node that says more of an expert or a question stands on their own page; others refer to it by its `@id`. Whether an
expert is a person is told there alone.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from aisrace.lib.figures import iso
from aisrace.lib.jinja import url
from aisrace.lib.linked_data import Node, crumbs, graph, node, whole
from experts.comparison import Cell, ExpertRow, QuestionRow, QuoteRow, SourceRow
from experts.models import Affiliation, Expert, Question, Topic
from experts.reading import ExpertPage, QuestionPage

MOST_CLAIMS = 40  # on one page


def expert_id(slug: str) -> str:
    return f"{whole(url('expert', slug))}#expert"


def question_id(slug: str) -> str:
    return f"{whole(url('question', slug))}#question"


# --- Pages -----------------------------------------------------------------------------------------------------------


def describe_expert_page(expert: Expert, shown: ExpertPage, cells: Iterable[Cell], today: date) -> Node:
    """`cells` are those printed, with their evidence."""
    person = describe_expert(expert, shown.expert, shown.roles.get(expert.pk, []), today)
    way = crumbs(("Experts", url("experts")), (expert.name, url("expert", expert.slug)))
    return graph(node("ProfilePage", mainEntity=person), *describe_claims(cells), way)


def describe_question_page(
    question: Question, shown: QuestionPage, cells: Iterable[Cell], topics: Iterable[Topic]
) -> Node:
    spread = shown.distribution
    asked = describe_question(question, shown.question, topics, spread.n + spread.off_axis_n)
    way = crumbs(("Questions", url("questions")), (shown.question.label, url("question", question.slug)))
    return graph(asked, *describe_claims(cells), way)


def describe_position_page(cell: Cell, path: str) -> Node:
    expert = cell.expert
    way = crumbs(("Experts", url("experts")), (expert.name, url("expert", expert.slug)), (cell.question.label, path))
    return graph(*describe_claims([cell]), way)


def describe_list(title: str, path: str) -> Node:
    return graph(node("CollectionPage", name=title, url=whole(path)), crumbs((title, path)))


# --- Whole, on their own pages ---------------------------------------------------------------------------------------


def describe_expert(expert: Expert, row: ExpertRow, affiliations: Sequence[Affiliation], today: date) -> Node:
    """`affiliations` of which those count that somebody vouches for today."""
    held = [affiliation for affiliation in affiliations if affiliation.is_seen_on(today)]
    organisations = [node("Organization", name=name) for name in dict.fromkeys(each.organisation for each in held)]
    wikidata = f"https://www.wikidata.org/entity/{expert.wikidata_id}" if expert.wikidata_id else ""
    is_person = expert.kind == Expert.Kind.PERSON
    return node(
        "Person" if is_person else "Organization",
        id=expert_id(expert.slug),
        name=expert.name,
        alternateName=[line.strip() for line in expert.aliases.splitlines() if line.strip()],
        url=whole(url("expert", expert.slug)),
        description=expert.bio,
        image=whole(row.portrait) if row.portrait else "",
        sameAs=[address for address in (expert.website, wikidata) if address],
        jobTitle=list(dict.fromkeys(each.role for each in held if each.role)) if is_person else [],
        **{"affiliation" if is_person else "memberOf": organisations},
    )


def describe_question(question: Question, row: QuestionRow, topics: Iterable[Topic], answers: int) -> Node:
    return node(
        "Question",
        id=question_id(question.slug),
        name=row.wording,
        url=whole(url("question", question.slug)),
        description=question.background,
        about=[describe_topic(topic.name, topic.slug) for topic in topics],
        answerCount=answers,
        dateCreated=iso(question.asked_on) if question.asked_on else "",
    )


def describe_topic(name: str, slug: str) -> Node:
    return node("Thing", name=name, url=whole(url("topic", slug)))


# --- Referred to -----------------------------------------------------------------------------------------------------


def refer_expert(expert: ExpertRow) -> Node:
    return {"@id": expert_id(expert.slug), "name": expert.name, "url": whole(url("expert", expert.slug))}


def refer_question(question: QuestionRow) -> Node:
    return node("Question", id=question_id(question.slug), name=question.wording)


# --- What somebody said ----------------------------------------------------------------------------------------------


def describe_claims(cells: Iterable[Cell]) -> list[Node]:
    """Of those cells that hold an answer: silence claims nothing."""
    answered = (cell for cell in cells if cell.answer and cell.position)
    return [describe_claim(cell) for cell in islice(answered, MOST_CLAIMS)]


def describe_claim(cell: Cell) -> Node:
    """A position: what they answer to what, since when, where it appeared, and in which words."""
    position = cell.position
    assert position is not None  # noqa: S101 (the caller has looked)
    author = {"@id": expert_id(cell.expert.slug)}
    return node(
        "Claim",
        id=f"{whole(url('position', position.id))}#claim",
        url=whole(url("position", position.id)),
        name=f"{cell.expert.name} on “{cell.question.label}”: {cell.label}",
        abstract=position.summary,
        author=refer_expert(cell.expert),
        about=refer_question(cell.question),
        dateCreated=iso(position.stated_on),
        appearance=describe_source(position.source) if position.source else None,
        citation=[describe_quotation(quote, author) for quote in position.quotes if quote.is_quotable],
    )


def describe_quotation(quote: QuoteRow, speaker: Node) -> Node:
    """Only of words that may stand in quotation marks. Those of a translation are said to be one."""
    is_translated = quote.kind == "translated"
    original = node("Quotation", text=quote.original, inLanguage=quote.language) if is_translated else None
    return node(
        "Quotation",
        text=quote.words,
        inLanguage="en" if is_translated else quote.language,
        spokenByCharacter=speaker,
        isBasedOn=describe_source(quote.source),
        translationOfWork=original,
    )


def describe_source(source: SourceRow) -> Node:
    """Who wrote it is told in words only: whether a name is a person's is not on record."""
    return node(
        "CreativeWork",
        name=source.title,
        creditText=source.author,
        publisher=node("Organization", name=source.publisher) if source.publisher else None,
        datePublished=iso(source.published_on) if source.published_on else "",
        url=source.url,
    )
