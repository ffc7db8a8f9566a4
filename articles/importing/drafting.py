"""From what was understood of a document to a draft: always a draft, and the same one when it is brought in again.

What an editor has changed since the last time stays; `Outcome.kept` names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import reversion
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify
from rapidfuzz import fuzz

from aisrace.keeping.trail import record
from aisrace.lib.text import clean_line, clean_text, fold
from articles.drafting import choose_slug
from articles.importing.matching import find_authors, index_experts, match_expert
from articles.importing.names import strip_number
from articles.importing.reading import Part, Reading
from articles.models import Article, Author, Byline, Excerpt, Intake, Section
from experts.models import Affiliation, Expert

RELATED = 60  # of 100: texts less alike than this are two documents that happen to have one name
COMPARED = 4000  # characters

NOBODY = "nobody"  # a section that is not to be about an expert
NEW = "new"


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
    kept: list[str] = field(default_factory=list)
    new_experts: list[Expert] = field(default_factory=list)

    def tell(self) -> Iterable[str]:
        """For the editor: what was done, and what was left as it is."""
        yield "A draft was made." if self.is_new else "The draft was brought up to date."
        if self.new_experts:
            names = ", ".join(expert.name for expert in self.new_experts)
            yield f"New on record, private until you publish: {names}."
        if self.kept:
            yield f"Left as you changed it: {', '.join(self.kept)}."


class NotTheirs(Exception):
    """The draft that this document belongs to is somebody else's."""


@transaction.atomic
def draft_article(
    reading: Reading, *, name: str, by: User | None, now: datetime, choices: Choices | None = None
) -> Outcome:
    """A new draft, or the one made of the same document before, brought up to date. Raises `NotTheirs`."""
    choices = choices or Choices()
    intake = None if choices.apart else find_intake(name, reading)
    article = Article.objects.select_for_update().get(intake=intake) if intake else Article(entered_by=by)
    if intake and by and not article.is_editable_by(by):
        raise NotTheirs(f"“{article}” was made of this document and is somebody else's; bring it in as a new draft.")
    outcome = Outcome(article, is_new=intake is None)
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(f"Brought in from {name}")
        proposed = _fill(outcome, reading, choices, intake.proposed if intake else {}, by)
    intake = intake or Intake(article=article, key=choose_key(name))
    intake.name, intake.text = clean_line(name)[:300], reading.text
    intake.spans = [vars_of(span) for span in reading.spans]
    intake.proposed = proposed | _remember(reading)
    intake.brought_by, intake.brought_at = by, now
    intake.save()
    record("brought in", article, by=by, now=now, document=name, kept=outcome.kept)
    return outcome


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


# --- The same document ------------------------------------------------------------------------------------------------


def find_intake(name: str, reading: Reading) -> Intake | None:
    """What was brought in under this name before, if it is the same document and not another of that name."""
    known = Intake.objects.filter(key__startswith=_stem(name), article__isnull=False).order_by("-brought_at")
    return next((intake for intake in known if _is_related(intake, reading)), None)


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


def _fill(
    outcome: Outcome, reading: Reading, choices: Choices, before: Mapping[str, Any], by: User | None
) -> dict[str, Any]:
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
    article.save()
    experts = _choose_experts(reading, choices, outcome, by)
    _save_byline(article, reading.authors if choices.authors is None else choices.authors.splitlines(), reading)
    proposed["sections"] = _save_sections(outcome, reading, experts, before.get("sections", {}))
    _save_excerpts(article, reading, experts)
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


def _choose_experts(reading: Reading, choices: Choices, outcome: Outcome, by: User | None) -> dict[str, Expert | None]:
    """By the name the document uses; None for nobody."""
    index = index_experts(Expert.objects.all())
    chosen: dict[str, Expert | None] = {}
    for part in reading.sections:
        name = part.expert or ""
        if not name or name in chosen:
            continue
        choice = choices.experts.get(name, "")
        match = match_expert(name, part.role, part.organisation, index)
        if choice == NOBODY:
            chosen[name] = None
        elif choice.isdigit():
            chosen[name] = Expert.objects.get(pk=int(choice))
        elif match.known and choice != NEW:
            chosen[name] = match.known[0]
        else:
            chosen[name] = _make_expert(part, by)
            outcome.new_experts.append(chosen[name])  # type: ignore[arg-type]
    return chosen


def _make_expert(part: Part, by: User | None) -> Expert:
    """Private until an article with them is published."""
    name = clean_line(part.expert or "")[:200]
    expert = Expert.objects.create(name=name, slug=_free_slug(Expert, name), entered_by=by)
    if part.organisation:
        role, organisation = clean_line(part.role)[:200], clean_line(part.organisation)[:200]
        Affiliation.objects.create(expert=expert, role=role, organisation=organisation)
    return expert


def _free_slug(model: type[Expert] | type[Author], name: str) -> str:
    stem = slugify(name)[:90] or model._meta.model_name or ""
    taken = {*model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True)}
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _save_byline(article: Article, names: list[str], reading: Reading) -> None:
    """Authors are added, never taken away."""
    there = {*article.authors.values_list("pk", flat=True)}
    for order, (name, known) in enumerate(find_authors(names).items(), start=len(there)):
        author = known or Author.objects.create(
            name=name[:200], slug=_free_slug(Author, name), bio=reading.author_note if len(names) == 1 else ""
        )
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


def _save_excerpts(article: Article, reading: Reading, experts: Mapping[str, Expert | None]) -> None:
    """Anew each time: nobody edits them."""
    article.excerpts.all().delete()
    names = {fold(name): expert for name, expert in experts.items()}
    index = index_experts(Expert.objects.all())
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
