"""Builders: one plain function per thing, every value settable, public and complete unless told otherwise.

Those named `…_row` build the plain rows of `experts.comparison` and need no database.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image

from articles.models import Article, ArticleQuestion, Author, Byline, Edition, Section
from experts.comparison import (
    AnswerRow,
    ExpertRow,
    PositionRow,
    QuestionRow,
    QuoteRow,
    ScaleRow,
    SourceRow,
    order_scale,
)
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
A_DAY = date(2024, 1, 10)

type Labels = Sequence[tuple[str, int | None]]

LIKELY: Labels = (
    ("Very unlikely", -2),
    ("Unlikely", -1),
    ("Even", 0),
    ("Likely", 1),
    ("Very likely", 2),
    ("It depends", None),
    ("Rejects the question", None),
)

_number = count(1)


def _slug(text: str) -> str:
    """A slug nobody else has, readable where the text is."""
    return f"{slugify(text)[:60] or 'x'}-{next(_number)}"


# --- The record ------------------------------------------------------------------------------------------------------


def expert(name: str = "Ada Fernwick", **values: Any) -> Expert:
    return Expert.objects.create(**{"name": name, "slug": _slug(name), "public_at": LONG_AGO} | values)


def affiliation(of: Expert, organisation: str = "Harbour College", **values: Any) -> Affiliation:
    return Affiliation.objects.create(expert=of, organisation=organisation, **values)


def topic(name: str = "Night trains", **values: Any) -> Topic:
    return Topic.objects.create(**{"name": name, "slug": _slug(name)} | values)


def scale(name: str = "Likelihood", answers: Labels = LIKELY, **values: Any) -> Scale:
    made = Scale.objects.create(**{"name": name, "slug": _slug(name)} | values)
    rows = [Answer(scale=made, label=label, value=value, order=n) for n, (label, value) in enumerate(answers)]
    Answer.objects.bulk_create(rows)
    return made


def question(wording: str = "Will night trains outrun planes?", **values: Any) -> Question:
    values = {"scale": values.get("scale") or scale(), "slug": _slug(wording), "public_at": LONG_AGO} | values
    return Question.objects.create(wording=wording, **values)


def source(title: str = "Notes from the sleeping car", **values: Any) -> Source:
    return Source.objects.create(**{"title": title, "publisher": "The Timetable"} | values)


def position(by: Expert, on: Question, answer: str | None = None, **values: Any) -> Position:
    """Answers with the label given, else with the first of the scale; with `blank=…` not at all."""
    if "blank" not in values:
        answers = on.scale.answers.order_by("order")
        values["answer"] = answers.get(label=answer) if answer else answers[0]
    defaults: dict[str, Any] = {"stated_on": A_DAY, "public_at": LONG_AGO, "summary": "In short."}
    if "source" not in values:
        defaults["source"] = source()
    return Position.objects.create(expert=by, question=on, **defaults | values)


def quote(of: Position, words: str = "They will, and on time.", **values: Any) -> Quote:
    return Quote.objects.create(position=of, words=words, **{"source": values.get("source") or source()} | values)


def filled_record(experts: int, questions: int = 1) -> tuple[list[Expert], list[Question]]:
    """Everybody answers every question, each with a source, a quote and a role. A fixed number of statements."""
    numbers = range(experts)
    asked = [question(f"Question {n}?") for n in range(questions)]
    on = source()
    people = Expert.objects.bulk_create(
        Expert(name=f"Person {n}", sort_name=f"Person {n}", slug=_slug(f"person {n}"), public_at=LONG_AGO)
        for n in numbers
    )
    Affiliation.objects.bulk_create(Affiliation(expert=person, organisation="Harbour College") for person in people)
    positions = Position.objects.bulk_create(
        Position(
            expert=who, question=q, answer=q.scale.answers.all()[0], stated_on=A_DAY, public_at=LONG_AGO, source=on
        )
        for q in asked
        for who in people
    )
    Quote.objects.bulk_create(Quote(position=p, source=on, words="Words.") for p in positions)
    return people, asked


# --- The publication -------------------------------------------------------------------------------------------------


def user(name: str = "editor", **values: Any) -> Any:
    return get_user_model().objects.create_user(name, password="password", **values)


def picture(width: int = 400, height: int = 300) -> ContentFile:
    """A PNG to save in an image field."""
    data = BytesIO()
    Image.new("RGB", (width, height)).save(data, "PNG")
    return ContentFile(data.getvalue(), "picture.png")


def author(name: str = "Nell Upham", **values: Any) -> Author:
    return Author.objects.create(**{"name": name, "slug": _slug(name), "bio": "Writes about trains."} | values)


def article(
    headline: str = "Who believes in night trains",
    *,
    experts: Iterable[Expert] | None = None,
    questions: Iterable[Question] | None = None,
    authors: Iterable[Author] | None = None,
    **values: Any,
) -> Article:
    """A working copy ready to publish: two private experts who answer one private question, unless given others."""
    if questions is None:
        questions = [question(public_at=None)]
    questions = list(questions)
    if experts is None:
        experts = [expert("Ada Fernwick", public_at=None), expert("Bo Quillane", public_at=None)]
        for who in experts:
            for asked in questions:
                position(who, asked, public_at=None)
    defaults = {"slug": _slug(headline), "standfirst": "Two who know the tracks.", "body": "<p>It begins.</p>"}
    made = Article.objects.create(headline=headline, **defaults | values)
    for order, who in enumerate(experts):
        Section.objects.create(article=made, expert=who, order=order, body=f"<p>What {who.name} holds.</p>")
    for order, asked in enumerate(questions):
        ArticleQuestion.objects.create(article=made, question=asked, order=order)
    for order, writer in enumerate(authors if authors is not None else [author()]):
        Byline.objects.create(article=made, author=writer, order=order)
    return made


def edition(of: Article, number: int = 1, *, live_at: datetime = LONG_AGO, **values: Any) -> Edition:
    """A bare row, for what needs no content; `publish()` makes real ones."""
    kind = Edition.Kind.FIRST if number == 1 else Edition.Kind.UPDATE
    defaults = {"kind": kind, "first_live_at": live_at, "updated_at": live_at, "slug": of.slug}
    return Edition.objects.create(
        article=of, number=number, live_at=live_at, **{"headline": of.headline, **defaults} | values
    )


# --- Rows without a database -----------------------------------------------------------------------------------------


def expert_row(pk: int = 1, name: str = "Ada Fernwick", **values: Any) -> ExpertRow:
    return ExpertRow(pk, values.pop("slug", slugify(name)), name, **values)


def scale_row(pk: int = 1, answers: Labels = LIKELY, name: str = "Likelihood") -> ScaleRow:
    """Answer ids are 100 × the scale's id + the place in the list."""
    return order_scale(pk, name, [(100 * pk + n, label, value) for n, (label, value) in enumerate(answers)])


def steps_row(pk: int = 1, steps: int = 5) -> ScaleRow:
    """A scale of so many steps and nothing beside them; step `n` has answer id 100 × pk + n."""
    return scale_row(pk, [(f"Step {n}", n) for n in range(steps)])


def question_row(pk: int = 1, scale: ScaleRow | None = None, wording: str = "Will they?", **values: Any) -> QuestionRow:
    slug, label = values.pop("slug", f"question-{pk}"), values.pop("label", wording)
    return QuestionRow(pk, slug, wording, label, scale or scale_row(), **values)


def answer_row(of: ScaleRow, label: str) -> AnswerRow:
    return next(answer for answer in of.answers if answer.label == label)


def source_row(pk: int = 1, title: str = "Notes from the sleeping car", **values: Any) -> SourceRow:
    return SourceRow(pk, values.pop("kind", "primary"), title, **values)


def quote_row(pk: int = 1, words: str = "They will, and on time.", **values: Any) -> QuoteRow:
    return QuoteRow(pk, values.pop("kind", "verbatim"), words, values.pop("source", None) or source_row(), **values)


def position_row(
    by: ExpertRow, on: QuestionRow, answer: str | None = None, stated_on: date = A_DAY, **values: Any
) -> PositionRow:
    """Answers with the label given, or is blank for the reason given, else because there was no answer."""
    blank = values.pop("blank", "" if answer else "no_answer")
    pk = values.pop("pk", next(_number))
    chosen = answer_row(on.scale, answer).id if answer else None
    return PositionRow(pk, by.id, on.id, chosen, blank, stated_on, **values)
