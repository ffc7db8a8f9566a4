"""Experts and where they worked, from the table into the record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from experts.importing.entries import ExpertEntry
from experts.importing.fingerprints import refer, seal
from experts.importing.journal import Journal
from experts.importing.naming import free_slug, key_of, write_slug
from experts.importing.report import Report
from experts.importing.roles import Role, merge_roles
from experts.models import Affiliation, Expert


@dataclass(slots=True)
class KnownExpert:
    """An expert on record with the roles, oldest first."""

    pk: int
    name: str
    sort_name: str
    reference: str | None
    fingerprint: str
    roles: list[Role] = field(default_factory=list)

    @property
    def is_untouched(self) -> bool:
        return self.fingerprint == seal_expert(self.name, self.sort_name, self.roles)


@dataclass(frozen=True, slots=True)
class Change:
    """An expert as the table wants it, and as it was."""

    name: str
    sort_name: str
    roles: Sequence[Role]
    before: KnownExpert
    line: int


def save_experts(
    entries: Mapping[str, ExpertEntry], report: Report, public_at: datetime | None
) -> dict[str, int | None]:
    """Ids by key; None for one who cannot be told from another. At most seven queries, and the journal's."""
    known = read_experts()
    matched = match_experts(entries, known)
    changes: list[Change] = []
    ids: dict[str, int | None] = {}
    for key, entry in entries.items():
        candidates = matched[key]
        if len(candidates) > 1:
            ids[key] = None
            report.refuse("experts", entry.line, f"{len(candidates)} experts on record are called {entry.name}.")
        elif candidates:
            ids[key] = candidates[0].pk
            _judge(entry, candidates[0], changes, report)
    with report.journal.noting_updates(Expert, {change.before.pk: change.line for change in changes}):
        _update(changes)
    new = {key: entry for key, entry in entries.items() if not matched[key]}
    report.counts["experts"]["created"] += len(new)
    return ids | _create(new, public_at, report.journal)


def read_experts() -> list[KnownExpert]:
    roles: dict[int, list[Role]] = defaultdict(list)
    for affiliation in Affiliation.objects.all():
        dates = affiliation.starts_on, affiliation.ends_on
        is_edited = bool(affiliation.role or affiliation.interests or any(dates))
        seen = affiliation.seen_from, affiliation.seen_until
        roles[affiliation.expert_id].append(Role(affiliation.organisation, *seen, *dates, affiliation.pk, is_edited))
    rows = Expert.objects.order_by("id").values_list("id", "name", "sort_name", "reference", "fingerprint")
    return [
        KnownExpert(pk, name, sort_name, reference, fingerprint, roles[pk])
        for pk, name, sort_name, reference, fingerprint in rows
    ]


def match_experts(entries: Iterable[str], known: Sequence[KnownExpert]) -> dict[str, list[KnownExpert]]:
    """By reference first, then by name among the rest; several where a name does not tell."""
    references = {expert.reference: expert for expert in known if expert.reference}
    matched = {key: [expert] for key in entries if (expert := references.get(refer(key)))}
    taken = {expert.pk for (expert,) in matched.values()}
    names: dict[str, list[KnownExpert]] = defaultdict(list)
    for expert in known:
        if expert.pk not in taken:
            names[key_of(expert.name)].append(expert)
    return {key: matched.get(key) or names.get(key, []) for key in entries}


def seal_expert(name: str, sort_name: str, roles: Iterable[Role]) -> str:
    """Over what a table can say, and that it says no dates; wording of roles and biography are the editors' own."""
    said = [(role.organisation, role.seen_from, role.seen_until, role.starts_on, role.ends_on) for role in roles]
    return seal(name, sort_name, sorted(said, key=str))


def _judge(entry: ExpertEntry, known: KnownExpert, changes: list[Change], report: Report) -> None:
    if known.fingerprint == seal_expert(entry.name, entry.sort_name or entry.name, merge_roles([], entry.sightings)):
        report.counts["experts"]["unchanged"] += 1
        return
    roles = merge_roles(known.roles, entry.sightings)
    # A name found by reference or key differs in case, accents and hyphens at most: an editor's spelling stays.
    name = entry.name if known.fingerprint else known.name
    sort_name = (entry.sort_name if known.fingerprint else "") or known.sort_name
    if (name, sort_name, set(roles)) == (known.name, known.sort_name, set(known.roles)):
        report.counts["experts"]["unchanged"] += 1
    elif known.is_untouched:
        report.counts["experts"]["updated"] += 1
        changes.append(Change(name, sort_name, roles, known, entry.line))
    elif known.fingerprint:
        message = f"{entry.name} was changed by an editor since the last import; left alone."
        report.refuse("experts", entry.line, message)
    else:
        message = f"{entry.name} was entered by hand, with other affiliations; left alone."
        report.refuse("experts", entry.line, message)


def _create(entries: Mapping[str, ExpertEntry], public_at: datetime | None, journal: Journal) -> dict[str, int]:
    taken = set(Expert.objects.values_list("slug", flat=True)) if entries else set()
    experts: list[Expert] = []
    roles: list[list[Role]] = []
    for key, entry in entries.items():
        slug = free_slug(write_slug(entry.name, 90, "expert"), taken)
        taken.add(slug)
        held = merge_roles([], entry.sightings)
        sort_name = entry.sort_name or entry.name
        roles.append(held)
        experts.append(
            Expert(
                name=entry.name,
                sort_name=sort_name,
                slug=slug,
                public_at=public_at,
                reference=refer(key),
                fingerprint=seal_expert(entry.name, sort_name, held),
                entered_by_id=journal.by_id,
            )
        )
    Expert.objects.bulk_create(experts)
    held_by = {
        expert.pk: [_affiliation(expert.pk, role) for role in held] for expert, held in zip(experts, roles, strict=True)
    }
    Affiliation.objects.bulk_create([affiliation for held in held_by.values() for affiliation in held])
    journal.note_created(experts, [entry.line for entry in entries.values()], held_by)
    return {key: expert.pk for key, expert in zip(entries, experts, strict=True)}


def _update(changes: Sequence[Change]) -> None:
    experts = [
        Expert(
            pk=change.before.pk,
            name=change.name,
            sort_name=change.sort_name,
            fingerprint=seal_expert(change.name, change.sort_name, change.roles),
            version=F("version") + 1,
        )
        for change in changes
    ]
    Expert.objects.bulk_update(experts, ["name", "sort_name", "fingerprint", "version"], batch_size=500)
    kept = {role.pk for change in changes for role in change.roles}
    gone = [role.pk for change in changes for role in change.before.roles if role.pk and role.pk not in kept]
    Affiliation.objects.filter(pk__in=gone).delete()
    stored = [_affiliation(change.before.pk, role) for change in changes for role in change.roles]
    Affiliation.objects.bulk_update([a for a in stored if a.pk], ["seen_from", "seen_until"], batch_size=500)
    Affiliation.objects.bulk_create([a for a in stored if not a.pk])


def _affiliation(expert_id: int, role: Role) -> Affiliation:
    return Affiliation(
        pk=role.pk,
        expert_id=expert_id,
        organisation=role.organisation,
        seen_from=role.seen_from,
        seen_until=role.seen_until,
    )
