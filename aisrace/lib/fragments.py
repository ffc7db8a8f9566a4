"""Parts of pages that are printed once: {% keep … %} in a template.

    {% keep open.printed_of, today %}<section>…</section>{% endkeep %}

What is printed inside must be decided by what is named behind `keep`, all of it: the part is printed anew as soon as
one of them is another. Nothing here ever goes stale, then, and nobody has to say that something changed. Where one of
them is None nothing is kept. Each process keeps its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

LIMIT = 16_000_000  # characters of all that is kept; the parts of a hundred long articles


class Fragments:
    """By template, place in it and key. What was not wanted for longest goes first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def print(self, place: Hashable, key: tuple[Hashable, ...], caller: Callable[[], str]) -> str:
        """Two threads may print the same part at once; that costs less than waiting for each other."""
        if None in key:
            return caller()
        with self._lock:
            found = self._kept.get((place, key))
            if found is not None:
                self._kept.move_to_end((place, key))
                return found
        made = caller()
        with self._lock:
            if (place, key) not in self._kept:
                self._kept[place, key] = made
                self._size += len(made)
            while self._size > self.limit:
                self._size -= len(self._kept.popitem(last=False)[1])
        return made


class Keep(Extension):
    """Macros, imports and what is `set` further up can be used inside; what is `set` inside stays there."""

    tags = {"keep"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        key = parser.parse_tuple(explicit_parentheses=False)
        key = key if isinstance(key, nodes.Tuple) else nodes.Tuple([key], "load")
        body = parser.parse_statements(("name:endkeep",), drop_needle=True)
        kept = nodes.EnvironmentAttribute("fragments")
        place = nodes.Const((parser.name, parser.free_identifier().name))
        return nodes.CallBlock(
            nodes.Call(nodes.Getattr(kept, "print", "load"), [place, key], [], None, None), [], [], body
        ).set_lineno(line)
