"""From what was understood of a document to a draft: always a draft, and the same one when it is brought in again.

What an editor has changed since the last time stays; `Outcome.kept` names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from rapidfuzz import fuzz

from aisrace.keeping.saving import keep_as_found, write_revision
from aisrace.keeping.trail import record
from aisrace.lib.text import clean_line, clean_text, fold
from articles.drafting import choose_slug, save_at_free_address
from articles.importing.casting import Casting
from articles.importing.matching import index_experts
from articles.importing.names import strip_number
from articles.importing.reading import Part, Reading
from articles.models import Article, Byline, Excerpt, Intake, Section
from experts.models import Expert

RELATED = 60  # of 100: texts less alike than this are two documents that happen to have one name
COMPARED = 4000  # characters


@dataclass(frozen=True)
class Choices:
    """What an editor decided on the review screen.

    `authors` are names, one a line. `experts` maps names of the document to the key of an expert on record, `NEW` or
    `NOBODY`; a name that is missing is matched, or made if it is new. `apart` asks for a new draft even where the
    document is known.
    """

    headline: str | None = None
    standfirst: str | None = None
    authors: str | None = None
    experts: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False


@dataclass
class Outcome:
    article: Article
    is_new: bool
    casting: Casting
    kept: list[str] = field(default_factory=list)

    @property
    def new_experts(self) -> list[Expert]:
        return self.casting.new_experts

    def tell(self) -> Iterable[str]:
        """For the editor: what was done, and what was left as it is."""
        yield "A draft was made." if self.is_new else "The draft was brought up to date."
        yield from self.casting.tell()
        if self.kept:
            yield f"Left as you changed it: {', '.join(self.kept)}."


@transaction.atomic
def draft_article(
    reading: Reading, *, name: str, by: User | None, now: datetime, choices: Choices | None = None
) -> Outcome:
    """A new draft, or the one made of the same document before, where `by` may change it, brought up to date."""
    choices = choices or Choices()
    intake = None if choices.apart else find_intake(name, reading, by)
    article = Article.objects.select_for_update().get(intake=intake) if intake else Article(entered_by=by)
    outcome = Outcome(article, is_new=intake is None, casting=Casting(by, now))
    if intake:
        keep_as_found(article, now)
    proposed = _fill(outcome, reading, choices, intake.proposed if intake else {})
    write_revision(article, by=by, at=now, comment=f"Brought in from {name}")
    intake = intake or Intake(article=article, key=choose_key(name))
    intake.name, intake.text = clean_line(name)[:300], reading.text
    intake.spans = [vars_of(span) for span in reading.spans]
    intake.proposed = proposed | _remember(reading)
    intake.brought_by, intake.brought_at = by, now
    intake.save()
    record("brought in", article, by=by, now=now, document=name, kept=outcome.kept, saved_version=article.version)
    return outcome


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


# --- The same document ------------------------------------------------------------------------------------------------


def find_intake(name: str, reading: Reading, by: User | None) -> Intake | None:
    """What was brought in under this name before, if it is the same document and not another of that name.

    Of those only whose draft `by` may change: nobody learns from a document what somebody else has made of it.
    """
    known = _intakes_of(by).filter(key__startswith=_stem(name), article__isnull=False).order_by("-brought_at")
    return next((intake for intake in known if _is_related(intake, reading)), None)


def _intakes_of(by: User | None) -> QuerySet[Intake]:
    intakes = Intake.objects.all()
    return intakes if by is None else intakes.filter(article__in=Article.objects.editable_by(by))


def _is_related(intake: Intake, reading: Reading) -> bool:
    same_headline = reading.headline and fold(intake.proposed.get("headline", "")) == fold(reading.headline)
    return bool(same_headline) or fuzz.ratio(intake.text[:COMPARED], reading.text[:COMPARED]) >= RELATED


def choose_key(name: str) -> str:
    taken = {*Intake.objects.filter(key__startswith=_stem(name)).values_list("key", flat=True)}
    number = 1
    while (key := f"{_stem(name)}{number}") in taken:
        number += 1
    return key


def _stem(name: str) -> str:
    return f"{fold(name)[:280] or 'document'} #"


# --- The draft --------------------------------------------------------------------------------------------------------


def _fill(outcome: Outcome, reading: Reading, choices: Choices, before: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what was proposed, to be compared with what stands there the next time."""
    article = outcome.article
    headline = reading.headline if choices.headline is None else clean_line(choices.headline)
    standfirst = reading.standfirst if choices.standfirst is None else clean_text(choices.standfirst)
    wanted = {
        "headline": headline[:200],
        "standfirst": standfirst,
        "body": reading.introduction_html,
        "verdict": reading.verdict_html,
    }
    proposed: dict[str, Any] = {
        name: _set(article, name, value, before.get(name), outcome) for name, value in wanted.items()
    }
    if outcome.is_new:
        article.slug = choose_slug(headline)
    else:
        article.version += 1
    save_at_free_address(article, headline)
    experts = outcome.casting.choose_experts(reading.sections, choices.experts)
    authors = reading.authors if choices.authors is None else choices.authors.splitlines()
    _save_byline(outcome, authors, reading.author_note)
    proposed["sections"] = _save_sections(outcome, reading, experts, before.get("sections", {}))
    _save_excerpts(outcome, reading, experts)
    return proposed


def _set(row: Article | Section, name: str, value: str, before: str | None, outcome: Outcome) -> str:
    """Writes unless an editor has changed what the last import wrote; returns what it would have written."""
    value = row._meta.get_field(name).clean_stored(value)  # type: ignore[union-attr]
    current = getattr(row, name)
    is_touched = bool(current) if before is None else current != before
    if not is_touched:
        setattr(row, name, value)
    elif current != value:
        outcome.kept.append(name if isinstance(row, Article) else f"{row}: {name}")
    return value


def _save_byline(outcome: Outcome, names: list[str], bio: str) -> None:
    """Authors are added, never taken away."""
    article = outcome.article
    there = {*article.authors.values_list("pk", flat=True)}
    for order, author in enumerate(outcome.casting.choose_authors(names, bio), start=len(there)):
        if author.pk not in there:
            Byline.objects.create(article=article, author=author, order=order)


def _save_sections(
    outcome: Outcome, reading: Reading, experts: Mapping[str, Expert | None], before: Mapping[str, Any]
) -> dict[str, str]:
    """In the document's order; sections that an editor added stay behind them."""
    proposed: dict[str, str] = {}
    article = outcome.article
    there = {_name_section(section): section for section in article.sections.select_related("expert")}
    taken: set[int] = set()
    for order, part in enumerate(reading.sections):
        expert = experts.get(part.expert or "")
        if expert and expert.pk in taken:
            expert = None  # one section an expert; a second one keeps its heading
        section = Section(article=article, expert=expert, heading=_head(part, expert, order))
        if expert:
            taken.add(expert.pk)
        section = there.get(_name_section(section), section)
        section.order = order
        name = _name_section(section)
        proposed[name] = _set(section, "body", part.body_html, before.get(name), outcome)
        section.save()
    return proposed


def _head(part: Part, expert: Expert | None, order: int) -> str:
    """Empty where the expert's name says it."""
    heading = strip_number(clean_line(part.heading))[:200]
    if expert and fold(heading) in {fold(expert.name), fold(part.expert or "")}:
        return ""
    return heading or ("" if expert else clean_line(part.expert or "")[:200] or f"Part {order + 1}")


def _name_section(section: Section) -> str:
    return f"expert {section.expert_id}" if section.expert_id else fold(section.heading)


def _save_excerpts(outcome: Outcome, reading: Reading, experts: Mapping[str, Expert | None]) -> None:
    """Anew each time: nobody edits them."""
    article = outcome.article
    article.excerpts.all().delete()
    names = {fold(name): expert for name, expert in experts.items()}
    index = index_experts(outcome.casting.experts())
    Excerpt.objects.bulk_create(
        Excerpt(
            article=article,
            expert=names.get(fold(quoted.speaker)) or next(iter(index.get(fold(quoted.speaker), ())), None),
            speaker=clean_line(quoted.speaker)[:200],
            words=quoted.text.rstrip(" ,"),  # the comma belongs to the sentence around
            is_verbatim=quoted.verbatim,
            sentence=quoted.sentence,
            order=order,
        )
        for order, quoted in enumerate(_quoted(reading))
        if clean_text(quoted.text)
    )


def _quoted(reading: Reading) -> Iterable[Any]:
    return (quoted for part in reading.sections for quoted in part.quotes)


def _remember(reading: Reading) -> dict[str, Any]:
    """What the desk goes on showing beside the draft."""
    return {
        "date": reading.date.isoformat() if reading.date else "",
        "authors": reading.authors,
        "hints": [[part.expert or part.heading, hint] for part in reading.sections for hint in part.source_hints],
    }
