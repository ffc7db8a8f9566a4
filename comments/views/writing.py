"""The form for a comment: what is in it, and what it offers."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.http import QueryDict

from aisrace.lib.markup import to_plain
from aisrace.lib.text import clean_text
from articles.models import Edition
from comments.bodies import trusted_html
from comments.conversations import Terms, read_terms
from comments.drafts import Draft, make_draft, read_key
from comments.models import Comment
from comments.proof import Challenge, make_challenge
from comments.submitting import OF_A_POSITION
from comments.targets import Choice, list_choices
from comments.visitors import Visitor
from experts.comparison import Cell, QuoteRow
from experts.frozen import load


def read_form(query: QueryDict, visitor: Visitor) -> Draft:
    """What was posted, or what a link proposes. Whoever is remembered need not type name and address again."""
    reader = visitor.reader
    known = {"name": reader.name, "email": reader.address} if reader else {}

    def read(field: str) -> str:
        """As typed, but for what no page could show again: the form holds it until it makes sense."""
        return clean_text(query.get(field, known.get(field, "")))

    return make_draft(read, wants_replies="replies" in query)


@dataclass(frozen=True)
class Writing:
    """`problems` by field; that of none stands for the whole."""

    newest: Edition
    draft: Draft
    now: datetime
    problems: dict[str, str] = field(default_factory=dict)
    preview: str = ""
    reader_address: str = ""

    @cached_property
    def terms(self) -> Terms:
        return read_terms(self.newest)

    @property
    def is_open(self) -> bool:
        return self.terms.is_open(self.now)

    @cached_property
    def parent(self) -> Comment | None:
        key = read_key(self.draft.parent)
        return Comment.objects.visible().filter(pk=key, article=self.newest.article_id).first() if key else None

    @property
    def parent_words(self) -> str:
        parent = self.parent
        return to_plain(trusted_html(parent.text, parent.html, parent.renderer, parent.seal)) if parent else ""

    @property
    def is_confirming(self) -> bool:
        """Whether the address is still to be confirmed: not that of whoever is remembered here."""
        return settings.COMMENTS_CONFIRM and not self.reader_address

    @cached_property
    def cell(self) -> Cell | None:
        """What the comment is to hang on."""
        return find_cell(self.newest, read_key(self.draft.position), read_key(self.draft.quote))

    @property
    def quote(self) -> QuoteRow | None:
        key, position = read_key(self.draft.quote), self.cell.position if self.cell else None
        return next((quote for quote in position.quotes if quote.id == key), None) if position else None

    @property
    def hidden(self) -> list[tuple[str, object]]:
        """What the form carries along, as far as it is there."""
        position = self.cell.position if self.cell else None
        return [
            ("parent", self.parent and self.parent.pk),
            ("position", position and position.id),
            ("quote", self.quote and self.quote.id),
        ]

    @property
    def anew(self) -> str:
        """The query of the same form, empty."""
        first = next((f"?{name}={value}" for name, value in reversed(self.hidden) if value), "")
        return first if self.parent is None else f"?parent={self.parent.pk}"

    @cached_property
    def choices(self) -> dict[str, list[Choice]]:
        return list_choices(self.newest)

    @property
    def purposes(self) -> list[tuple[str, str]]:
        """To agree and to challenge takes a position; in answer to a comment, both are simply to answer."""
        words = [("source", "a source"), ("error", "a reported error")]
        if self.parent is None and (self.cell or self.draft.purpose in OF_A_POSITION):
            words = [("agrees", "in agreement"), ("challenges", "a challenge"), *words]
        return [("", "a remark"), *words]

    @cached_property
    def challenge(self) -> Challenge | None:
        return make_challenge(self.now)


def find_cell(newest: Edition, position: int | None, quote: int | None = None) -> Cell | None:
    """A position as the edition shows it, by its own key or that of a quote in it; reads the content."""
    if position is None and quote is None:
        return None
    for cell in load(newest.content["comparison"]).cells.values():
        if cell.position and (cell.position.id == position or any(q.id == quote for q in cell.position.quotes)):
            return cell
    return None
