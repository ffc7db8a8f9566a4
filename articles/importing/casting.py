"""Who of the record a document speaks of, and who is put on record for it: only by those who may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.text import slugify

from aisrace.keeping.saving import keep_new
from aisrace.lib.text import clean_line
from articles.importing.matching import find_authors, index_experts, match_expert
from articles.importing.reading import Part
from articles.models import Author
from experts.models import Affiliation, Expert

NOBODY = "nobody"  # a section that is not to be about an expert
NEW = "new"


@dataclass
class Casting:
    """`by` None is the system, which may everything. What was made, and whom `by` may not make, is told afterwards."""

    by: User | None
    now: datetime
    new_experts: list[Expert] = field(default_factory=list)
    refused_experts: list[str] = field(default_factory=list)
    refused_authors: list[str] = field(default_factory=list)

    def experts(self) -> QuerySet[Expert]:
        everybody = Expert.objects.all()
        return everybody if self.by is None else everybody.readable_by(self.by, self.now)

    def choose_experts(self, parts: Iterable[Part], choices: Mapping[str, str]) -> dict[str, Expert | None]:
        """By the name the document uses; None for nobody."""
        index = index_experts(self.experts())
        chosen: dict[str, Expert | None] = {}
        for part in parts:
            name = part.expert or ""
            if not name or name in chosen:
                continue
            choice = choices.get(name, "")
            match = match_expert(name, part.role, part.organisation, index)
            if choice == NOBODY:
                chosen[name] = None
            elif choice.isdigit():
                chosen[name] = self.experts().filter(pk=int(choice)).first()
            elif match.known and choice != NEW:
                chosen[name] = match.known[0]
            else:
                chosen[name] = self._make_expert(part)
        return chosen

    def _make_expert(self, part: Part) -> Expert | None:
        """Private until an article with them is published."""
        name = clean_line(part.expert or "")[:200]
        if not may_add_experts(self.by):
            self.refused_experts.append(name)
            return None
        expert = Expert.objects.create(name=name, slug=_free_slug(Expert, name), entered_by=self.by)
        if part.organisation:
            role, organisation = clean_line(part.role)[:200], clean_line(part.organisation)[:200]
            Affiliation.objects.create(expert=expert, role=role, organisation=organisation)
        keep_new(expert, by=self.by, now=self.now)
        self.new_experts.append(expert)
        return expert

    def choose_authors(self, names: list[str], bio: str) -> list[Author]:
        """`bio` is for one who is new and the only one."""
        found = find_authors(names)
        authors = [known or self._make_author(name, bio if len(found) == 1 else "") for name, known in found.items()]
        return [author for author in authors if author]

    def _make_author(self, name: str, bio: str) -> Author | None:
        """Authors have a public page at once."""
        if self.by and not self.by.has_perm("articles.add_author"):
            self.refused_authors.append(name)
            return None
        name = name[:200]
        author = Author.objects.create(name=name, slug=_free_slug(Author, name), bio=bio, entered_by=self.by)
        keep_new(author, by=self.by, now=self.now)
        return author

    def tell(self) -> Iterable[str]:
        if self.new_experts:
            names = ", ".join(expert.name for expert in self.new_experts)
            yield f"New on record, private until you publish: {names}."
        if self.refused_experts:
            yield f"Only a heading, for you may not add experts: {', '.join(self.refused_experts)}."
        if self.refused_authors:
            yield f"Missing from the byline, for you may not add authors: {', '.join(self.refused_authors)}."


def may_add_experts(by: User | None) -> bool:
    return by is None or by.has_perms(["experts.add_expert", "experts.add_affiliation"])


def _free_slug(model: type[Expert] | type[Author], name: str) -> str:
    stem = slugify(name)[:90] or model._meta.model_name or ""
    taken = {*model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True)}
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
