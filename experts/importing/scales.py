"""Which scale a table's answers are on, and what each of its answers means there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from experts.importing.journal import Journal
from experts.importing.naming import key_of
from experts.models import Answer, Position, Scale

NO_ANSWER = Position.Blank.NO_ANSWER
BLANK_WORDS = {
    "": NO_ANSWER,
    **dict.fromkeys(("did not answer", "no answer", "not answered", "no response", "did not respond"), NO_ANSWER),
    **dict.fromkeys(("did not vote", "n a", "na", "no answer given", "-", "–", "—"), NO_ANSWER),
    **dict.fromkeys(("declined", "declined to answer", "refused", "refused to answer"), Position.Blank.DECLINED),
    "silent": Position.Blank.SILENT,
}


class ScaleUnclear(Exception):
    """Says what to give."""


@dataclass(frozen=True, slots=True)
class KnownScale:
    """A scale as plain data: on record, or, where `pk` is 0, built in and created by the import that uses it.

    `answers` maps labels to values, None for those off the axis; `ids` maps labels to stored answers.
    """

    slug: str
    name: str
    answers: Mapping[str, int | None]
    pk: int = 0
    ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """Labels by what they are recognised by."""
        return {key_of(label): label for label in self.answers}


BUILT_IN = (
    KnownScale(
        "agreement",
        "Agreement",
        {
            "Strongly disagree": -2,
            "Disagree": -1,
            "Uncertain": 0,
            "Agree": 1,
            "Strongly agree": 2,
            "No opinion": None,
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the cells of the answer column mean: a label of the scale, or a reason for a blank; unknown ones neither."""

    scale: KnownScale
    labels: Mapping[str, str]
    blanks: Mapping[str, str]
    unknown: tuple[str, ...]


def interpret(answers: Collection[str], slug: str, said: Mapping[str, str]) -> Meaning:
    """`answers` are the different cells; `slug` may be empty; `said` has other words for cells. Two queries."""
    words = {key_of(cell): word for cell, word in said.items()}
    spoken = {answer: words.get(key_of(answer), answer) for answer in answers}
    scales = [*read_scales(), *BUILT_IN]
    scale = find_scale(scales, slug) if slug else guess_scale(scales, set(spoken.values()))
    known = scale.labels
    labels = {answer: known[key_of(word)] for answer, word in spoken.items() if key_of(word) in known}
    blanks = {a: reason for a, word in spoken.items() if a not in labels and (reason := find_blank(word)) is not None}
    unknown = tuple(answer for answer in answers if answer not in labels and answer not in blanks)
    return Meaning(scale, labels, blanks, unknown)


def find_blank(word: str) -> str | None:
    return BLANK_WORDS.get(key_of(word))


def read_scales() -> list[KnownScale]:
    """All scales on record. Two queries."""
    answers: dict[int, dict[str, tuple[int | None, int]]] = {}
    for scale_id, label, value, pk in Answer.objects.order_by("order", "id").values_list(
        "scale_id", "label", "value", "id"
    ):
        answers.setdefault(scale_id, {})[label] = (value, pk)
    return [
        KnownScale(
            slug,
            name,
            {label: value for label, (value, _) in answers.get(pk, {}).items()},
            pk,
            {label: answer_pk for label, (_, answer_pk) in answers.get(pk, {}).items()},
        )
        for pk, slug, name in Scale.objects.order_by("slug").values_list("id", "slug", "name")
    ]


def find_scale(scales: Sequence[KnownScale], slug: str) -> KnownScale:
    """One on record comes before a built-in one of the same slug."""
    found = next((scale for scale in scales if scale.slug == slug), None)
    if found is None:
        known = ", ".join(dict.fromkeys(scale.slug for scale in scales))
        raise ScaleUnclear(f"There is no scale “{slug[:100]}”; there are: {known}. Others are made in the admin.")
    return found


def guess_scale(scales: Sequence[KnownScale], words: Collection[str]) -> KnownScale:
    """The only one that has all the answers; what means a blank on that scale does not count."""
    by_slug = {scale.slug: scale for scale in reversed(scales)}
    answers = {word for word in words if find_blank(word) is None}
    keys = {key_of(word) for word in answers}
    fitting = [scale for scale in by_slug.values() if keys and keys <= scale.labels.keys()]
    if len(fitting) != 1:
        several = ", ".join(scale.slug for scale in fitting)
        why = f"several scales have all of them ({several})" if fitting else "no scale has all of them"
        shown = ", ".join(f"“{word[:60]}”" for word in sorted(answers)[:20]) or "all blank"
        raise ScaleUnclear(
            f"Which scale are the answers on ({shown})? {why.capitalize()}. Give --scale agreement or such."
        )
    return fitting[0]


def store_scale(scale: KnownScale, journal: Journal) -> KnownScale:
    """The scale with its ids, created first where it was only built in."""
    if scale.pk:
        return scale
    stored = Scale.objects.create(slug=scale.slug, name=scale.name, entered_by_id=journal.by_id)
    answers = [
        Answer(scale=stored, label=label, value=value, order=order)
        for order, (label, value) in enumerate(scale.answers.items(), start=1)
    ]
    ids = {answer.label: answer.pk for answer in Answer.objects.bulk_create(answers)}
    journal.note_created([stored], [0], {stored.pk: answers})
    return KnownScale(scale.slug, scale.name, scale.answers, stored.pk, ids)
