"""Where a table's positions were published: one source for each of its polls, or one for the whole table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from experts.importing.entries import PollKey
from experts.importing.fingerprints import refer
from experts.importing.journal import Journal
from experts.importing.naming import cut, key_of
from experts.models import Source


@dataclass(slots=True)
class Sources:
    """Stores a source when the first position needs it, and never changes one that is there.

    `panel` begins the references of polls, so that two panels can use the same ids. `only_day`: of the whole table.
    """

    panel: str
    title: str
    publisher: str
    polls: Mapping[PollKey, str]
    only_day: date | None
    journal: Journal
    ids: dict[str, int] = field(default_factory=dict)

    def refer(self, poll: PollKey) -> str:
        name, day = poll
        return refer(self.panel, name, day.isoformat()) if name else refer(key_of(self.title))

    def save(self, polls: Iterable[PollKey]) -> dict[PollKey, int]:
        """Ids by poll. Two queries, none where all have been asked for before."""
        references = {poll: self.refer(poll) for poll in polls}
        missing = {reference: poll for poll, reference in references.items() if reference not in self.ids}
        if missing:
            known = Source.objects.filter(reference__in=missing).values_list("reference", "id")
            self.ids |= {str(reference): pk for reference, pk in known}
            new = [self._describe(poll) for reference, poll in missing.items() if reference not in self.ids]
            self.ids |= {str(source.reference): source.pk for source in Source.objects.bulk_create(new)}
            self.journal.note_created(new, [0] * len(new))
        return {poll: self.ids[reference] for poll, reference in references.items()}

    def _describe(self, poll: PollKey) -> Source:
        name, day = poll
        topic = self.polls[poll]
        return Source(
            kind=Source.Kind.PRIMARY,
            title=cut(f"{self.title}: {topic}" if topic else self.title, 300),
            publisher=self.publisher,
            published_on=day if name else self.only_day,
            reference=self.refer(poll),
            entered_by_id=self.journal.by_id,
        )
