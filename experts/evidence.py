"""The evidence of a position that comes by no form: sources that are found or made, and quotes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from aisrace.lib.checking import Problems, check, require, tidy
from experts.citing import Reference, clean_address, find_source, spell_address
from experts.models import Position, Quote, Source

QUOTE_FIELDS = ("kind", "words", "language", "original", "locator")
NO_SOURCE = "Say where the words stand: give a source, here or for the position."


class Evidence:
    """Finds sources among those that somebody may read; `made` are new ones, not saved yet."""

    def __init__(self, by: User, now: datetime, problems: Problems) -> None:
        self.by, self.now, self.problems = by, now, problems
        self.made: list[Source] = []

    def find(self, pointer: str, said: int | Mapping[str, Any] | None, current: int | None = None) -> Source | None:
        """`current` is the key of the source that stands there, which may be somebody else's."""
        if said is None:
            return None
        if isinstance(said, Mapping):
            return self.find_or_make(pointer, said)
        readable = Source.objects.readable_by(self.by, self.now)
        found = (Source.objects.all() if said == current else readable).filter(pk=said).first()
        if found is None:
            self.problems.add(pointer, f"There is no source {said} here.")
        return found

    def find_or_make(self, pointer: str, said: Mapping[str, Any]) -> Source | None:
        source = Source(**said)
        tidy(source)
        before = len(self.problems)
        check(source, self.problems, pointer, exclude=["entered_by"])
        if len(self.problems) > before:
            return None
        source.url = clean_address(source.url)
        if same := next((one for one in self.made if is_same(one, source)), None):
            return same
        reference = Reference(source.title, source.author, source.publisher, source.published_on, source.url)
        if found := find_source(reference, Source.objects.readable_by(self.by, self.now)):
            return found
        require(self.by, "experts.add_source")
        self.made.append(source)
        return source


def is_same(one: Source, other: Source) -> bool:
    """Of two that one request brings."""
    if one.url and other.url:
        return other.url in spell_address(one.url)
    names = [field.name for field in Source._meta.fields if not field.is_relation]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def write_quotes(position: Position, said: Sequence[Mapping[str, Any]], evidence: Evidence) -> list[Quote]:
    """All that the position is to have, not saved yet; those with a key are what stands there, changed."""
    there = {quote.pk: quote for quote in position.quotes.all()} if position.pk else {}
    quotes = []
    for number, one in enumerate(said):
        pointer = f"/quotes/{number}"
        quote = there.pop(one["id"], None) if "id" in one else Quote()
        if quote is None:
            evidence.problems.add(f"{pointer}/id", f"The position has no quote {one['id']}, or it stands here twice.")
            continue
        write_quote(quote, one, pointer, position, evidence)
        quotes.append(quote)
    return quotes


def write_quote(quote: Quote, said: Mapping[str, Any], pointer: str, position: Position, evidence: Evidence) -> None:
    problems = evidence.problems
    for name in QUOTE_FIELDS:
        if name in said:
            setattr(quote, name, said[name])
    if said.get("source") is not None:
        found = evidence.find(f"{pointer}/source", said["source"], quote.source_id)
    else:
        found = quote.source if quote.source_id and "source" not in said else position.source
        if found is None and not any(place.startswith("/source") for place in problems):
            problems.add(f"{pointer}/source", NO_SOURCE)
    if found:
        quote.source = found
    tidy(quote)
    if quote.kind == Quote.Kind.TRANSLATED and not quote.language:
        problems.add(f"{pointer}/language", "Name the language that the words were translated from.")
    check(quote, problems, pointer, exclude=["position", "source"])


def save_quotes(position: Position, quotes: Sequence[Quote], by: User) -> None:
    """Those and no others; each deed as far as somebody may do it. Raises `PermissionDenied`."""
    there = {quote.pk: read_fields(quote) for quote in position.quotes.all()}
    for quote in quotes:
        quote.position, quote.source = position, quote.source  # whose keys are only known now
        before = there.pop(quote.pk, None)
        if before == read_fields(quote):
            continue
        require(by, f"experts.{'add' if before is None else 'change'}_quote")
        quote.save()
    if there:
        require(by, "experts.delete_quote")
        position.quotes.filter(pk__in=there).delete()


def read_fields(quote: Quote) -> dict[str, Any]:
    return {name: getattr(quote, name) for name in (*QUOTE_FIELDS, "source_id")}
