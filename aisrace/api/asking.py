"""What a program asks: parameters understood, fields chosen, at one moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aisrace.api.fields import Tree
from aisrace.api.links import Links


@dataclass(frozen=True)
class Ask:
    """`values` by the names of parameters, those given only."""

    now: datetime
    today: date
    links: Links
    values: dict[str, Any]
    fields: Tree
    query: str = ""  # as it was sent

    def wants(self, *paths: str) -> bool:
        """Whether one of these fields, or something inside it, is asked for; `cells.evidence` is one inside another."""
        return any(holds(self.fields, path) for path in paths)

    @property
    def as_of(self) -> date | None:
        return self.values.get("as_of")

    @property
    def day(self) -> date:
        """The day that the answer is about."""
        return self.as_of or self.today

    def lead_to(self, collection: str, key: Any) -> str:
        """The same question asked of another row."""
        return self.links.api(collection, key) + (f"?{self.query}" if self.query else "")


def holds(tree: Tree, path: str) -> bool:
    name, _, rest = path.partition(".")
    return name in tree and (not rest or holds(tree[name] or {}, rest))
