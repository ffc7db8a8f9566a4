"""Who is writing, as far as a request tells."""

from dataclasses import dataclass, field

from aisrace.lib.visitors import network_of
from comments.models import Comment, Commenter


@dataclass(frozen=True)
class Visitor:
    """`reader` is who this browser is remembered to be; nobody else speaks in their name.

    `wrote` are comments that this browser wrote where addresses are not confirmed. A program with a key of the desk
    needs no proof of work.
    """

    ip: str | None = None
    user_agent: str = ""
    reader: Commenter | None = None
    wrote: frozenset[int] = field(default_factory=frozenset)
    needs_no_proof: bool = False

    @property
    def network(self) -> str:
        return network_of(self.ip)

    def is_known_as(self, address: str) -> bool:
        return self.reader is not None and self.reader.address == address

    def has_written(self, comment: Comment) -> bool:
        """Whether the comment is theirs to edit and delete."""
        is_readers = self.reader is not None and comment.commenter_id == self.reader.pk
        return is_readers or comment.pk in self.wrote
