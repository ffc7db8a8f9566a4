"""The cast: five invented experts on six questions about night trains, with every number worked out by hand.

Nobody here exists. The table (a number after an answer is the confidence, `–` none given):

              trains           tickets       sleepers      gap               ferries              borders
    day       Jan 24           Jan 24        Jan 24        Jan 24            Jan 24               Jun 24
    Ada       Very likely 9    Likely 6      Yes 8         Under a year –    Unlikely 5           Yes 4
                                                                             → Likely 7 (Jan 25)
    Bo        Very likely 5    Even 3        Yes 6         One to five 7     Likely 2             No 10
    Cato      Very unlikely 10 V. unlikely 8 No 9          More than five 8  Rejects –            No –
    Dara      Likely – (Jun)   no answer 2   No opinion 3  silent            declined             (nothing)
                                                           → One to five 5 (Jan 25)
    Elm       Even 4 (Jun 25)  (nothing)     Yes – (Jan 25) (nothing)        It depends –         (nothing)
                                                                             → Even 6 (Jun 24)
                                                                             → Rejects – (Jun 25)

Steps: trains, tickets, ferries 0–4 (Very unlikely … Very likely); sleepers, borders 0–1 (No, Yes); gap 0–2.
"""

from dataclasses import dataclass
from datetime import date

from experts.comparison import Blank, Comparison, ExpertRow, PositionRow, QuestionRow, compare
from experts.models import Expert, Position, Question
from tests import make

JAN_24, JUN_24, JAN_25, JUN_25 = date(2024, 1, 10), date(2024, 6, 20), date(2025, 1, 15), date(2025, 6, 30)
END_OF_24 = date(2024, 12, 31)
BEFORE_ALL = date(2023, 12, 31)

NAMES = {
    "ada": "Ada Fernwick",
    "bo": "Bo Quillane",
    "cato": "Cato Mirrenby",
    "dara": "Dara Ostlund-Pike",
    "elm": "Elm Street Railway Institute",
}
SCALES: dict[str, make.Labels] = {
    "likely": make.LIKELY,
    "yes": (("No", 0), ("Yes", 1), ("No opinion", None)),
    "years": (("Under a year", 1), ("One to five", 5), ("More than five", 9)),
}
QUESTIONS = {
    "trains": ("likely", "Will night trains carry more people than planes by 2040?"),
    "tickets": ("likely", "Will one ticket be valid on every railway?"),
    "sleepers": ("yes", "Are sleeping cars worth their weight?"),
    "gap": ("years", "How many years is the north ahead?"),
    "ferries": ("likely", "Will ferries take trains again?"),
    "borders": ("yes", "Should locomotives change at borders?"),
}
# Expert, question, day, answer or reason for none, confidence.
TABLE: list[tuple[str, str, date, str | Blank, int | None]] = [
    ("ada", "trains", JAN_24, "Very likely", 9),
    ("ada", "tickets", JAN_24, "Likely", 6),
    ("ada", "sleepers", JAN_24, "Yes", 8),
    ("ada", "gap", JAN_24, "Under a year", None),
    ("ada", "ferries", JAN_24, "Unlikely", 5),
    ("ada", "ferries", JAN_25, "Likely", 7),
    ("ada", "borders", JUN_24, "Yes", 4),
    ("bo", "trains", JAN_24, "Very likely", 5),
    ("bo", "tickets", JAN_24, "Even", 3),
    ("bo", "sleepers", JAN_24, "Yes", 6),
    ("bo", "gap", JAN_24, "One to five", 7),
    ("bo", "ferries", JAN_24, "Likely", 2),
    ("bo", "borders", JUN_24, "No", 10),
    ("cato", "trains", JAN_24, "Very unlikely", 10),
    ("cato", "tickets", JAN_24, "Very unlikely", 8),
    ("cato", "sleepers", JAN_24, "No", 9),
    ("cato", "gap", JAN_24, "More than five", 8),
    ("cato", "ferries", JAN_24, "Rejects the question", None),
    ("cato", "borders", JUN_24, "No", None),
    ("dara", "trains", JUN_24, "Likely", None),
    ("dara", "tickets", JAN_24, Blank.NO_ANSWER, 2),
    ("dara", "sleepers", JAN_24, "No opinion", 3),
    ("dara", "gap", JAN_24, Blank.SILENT, None),
    ("dara", "gap", JAN_25, "One to five", 5),
    ("dara", "ferries", JAN_24, Blank.DECLINED, None),
    ("elm", "trains", JUN_25, "Even", 4),
    ("elm", "sleepers", JAN_25, "Yes", None),
    ("elm", "ferries", JAN_24, "It depends", None),
    ("elm", "ferries", JUN_24, "Even", 6),
    ("elm", "ferries", JUN_25, "Rejects the question", None),
]

# --- The numbers, by hand --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """`counts` and `weights` along the axis; `off` and `blanks` beside it."""

    counts: list[int]
    shares: list[float]
    weights: list[int]
    weighted_shares: list[float]
    n: int
    weighted_n: int
    off: dict[str, int]
    blanks: dict[Blank, int]
    median: float | None
    spread: float


NOW_DISTRIBUTED = {
    # Ada 4, Bo 4, Cato 0, Dara 3, Elm 2. Weights: Cato 10; Elm 4; Ada 9 + Bo 5 = 14; Dara gave none; 28 in all.
    # In order 0 2 3 4 4: the middle one is 3. From end to end: 4/4.
    "trains": Expected(
        [1, 0, 1, 1, 2], [1 / 5, 0, 1 / 5, 1 / 5, 2 / 5], [10, 0, 4, 0, 14], [5 / 14, 0, 1 / 7, 0, 1 / 2],
        n=5, weighted_n=4, off={}, blanks={}, median=3, spread=1,
    ),
    # Ada 3, Bo 2, Cato 0; Dara's 2 belongs to no answer. Weights 8 + 3 + 6 = 17. In order 0 2 3. From 0 to 3 of 4.
    "tickets": Expected(
        [1, 0, 1, 1, 0], [1 / 3, 0, 1 / 3, 1 / 3, 0], [8, 0, 3, 6, 0], [8 / 17, 0, 3 / 17, 6 / 17, 0],
        n=3, weighted_n=3, off={}, blanks={Blank.NO_ANSWER: 1, Blank.NOTHING: 1}, median=2, spread=3 / 4,
    ),
    # No: Cato 9. Yes: Ada 8 + Bo 6 = 14, Elm gave none; 23 in all. Dara's 3 is for an answer off the axis: a full
    # difference, and in no share. In order 0 1 1 1.
    "sleepers": Expected(
        [1, 3], [1 / 4, 3 / 4], [9, 14], [9 / 23, 14 / 23],
        n=4, weighted_n=3, off={"No opinion": 1}, blanks={}, median=1, spread=1,
    ),
    # Ada 0 (no weight), Bo 1 (7), Dara 1 (5), Cato 2 (8): 20 in all. In order 0 1 1 2.
    "gap": Expected(
        [1, 2, 1], [1 / 4, 1 / 2, 1 / 4], [0, 12, 8], [0, 3 / 5, 2 / 5],
        n=4, weighted_n=3, off={}, blanks={Blank.NOTHING: 1}, median=1, spread=1,
    ),
    # Ada and Bo 3 (7 + 2); Cato and now Elm reject; Dara declines. Two on the axis make no median.
    "ferries": Expected(
        [0, 0, 0, 2, 0], [0, 0, 0, 1, 0], [0, 0, 0, 9, 0], [0, 0, 0, 1, 0],
        n=2, weighted_n=2, off={"Rejects the question": 2}, blanks={Blank.DECLINED: 1}, median=None, spread=1,
    ),
    # Ada 1 (4), Bo 0 (10), Cato 0 (no weight): 14 in all. In order 0 0 1.
    "borders": Expected(
        [2, 1], [2 / 3, 1 / 3], [10, 4], [5 / 7, 2 / 7],
        n=3, weighted_n=2, off={}, blanks={Blank.NOTHING: 2}, median=0, spread=1,
    ),
}  # fmt: skip

END_OF_24_DISTRIBUTED = {
    # Elm speaks only in 2025. Weights 10 + 14 = 24. In order 0 3 4 4: between 3 and 4.
    "trains": Expected(
        [1, 0, 0, 1, 2], [1 / 4, 0, 0, 1 / 4, 1 / 2], [10, 0, 0, 0, 14], [5 / 12, 0, 0, 0, 7 / 12],
        n=4, weighted_n=3, off={}, blanks={Blank.LATER: 1}, median=3.5, spread=1,
    ),
    # The source was still silent on Dara: Ada 0, Bo 1 (7), Cato 2 (8), 15 in all.
    "gap": Expected(
        [1, 1, 1], [1 / 3, 1 / 3, 1 / 3], [0, 7, 8], [0, 7 / 15, 8 / 15],
        n=3, weighted_n=2, off={}, blanks={Blank.SILENT: 1, Blank.NOTHING: 1}, median=1, spread=1,
    ),
    # Ada was at 1 (5), Bo 3 (2), Elm at 2 (6) between its two refusals: 13 in all; Cato rejects. In order 1 2 3.
    "ferries": Expected(
        [0, 1, 1, 1, 0], [0, 1 / 3, 1 / 3, 1 / 3, 0], [0, 5, 6, 2, 0], [0, 5 / 13, 6 / 13, 2 / 13, 0],
        n=3, weighted_n=3, off={"Rejects the question": 1}, blanks={Blank.DECLINED: 1}, median=2, spread=1,
    ),
}  # fmt: skip

# n, exact, near, near_n; the steps behind them in the order of the questions, those with three steps or more in [].
AGREEMENTS = {
    ("ada", "bo"): (6, 3, 4, 4),  # [4/4] [3/2] 1/1 [0/1] [3/3] 1/0
    ("ada", "cato"): (5, 0, 0, 3),  # [4/0] [3/0] 1/0 [0/2] 1/0; Cato rejects ferries
    ("bo", "cato"): (5, 1, 1, 3),  # [4/0] [2/0] 1/0 [1/2] 0/0
    ("ada", "dara"): (2, 0, 2, 2),  # [4/3] [0/1]; Dara has no opinion on sleepers
    ("bo", "dara"): (2, 1, 2, 2),  # [4/3] [1/1]
    ("cato", "dara"): (2, 0, 1, 2),  # [0/3] [2/1]
    ("ada", "elm"): (2, 1, 0, 1),  # [4/2] 1/1
    ("bo", "elm"): (2, 1, 0, 1),  # [4/2] 1/1
    ("cato", "elm"): (2, 0, 0, 1),  # [0/2] 0/1
    ("dara", "elm"): (1, 0, 1, 1),  # [3/2]
}
# Only these have the five common questions that a claim needs; nobody has five with three steps or more.
CLAIMED = {("ada", "bo"): 3 / 6, ("ada", "cato"): 0.0, ("bo", "cato"): 1 / 5}

# n, with_median, distance. Medians: trains 3, tickets 2, sleepers 1, gap 1, ferries none, borders 0.
BESIDE_MEDIAN = {
    "ada": (5, 1, 4 / 5),  # 1 + 1 + 0 + 1 + 1
    "bo": (5, 4, 1 / 5),  # 1 + 0 + 0 + 0 + 0
    "cato": (5, 1, 7 / 5),  # 3 + 2 + 1 + 1 + 0
    "dara": (2, 2, 0.0),  # trains 0, gap 0
    "elm": (2, 1, 1 / 2),  # trains 1, sleepers 0
}
MEDIAN_SHARES = {"ada": 1 / 5, "bo": 4 / 5, "cato": 1 / 5, "dara": None, "elm": None}

# Expert, question, day, from, to; newest first, two of them on one day.
CHANGES = [
    ("elm", "ferries", JUN_25, "Even", "Rejects the question"),
    ("ada", "ferries", JAN_25, "Unlikely", "Likely"),
    ("elm", "ferries", JUN_24, "It depends", "Even"),
]

# --- The cast on stage -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """The cast as plain rows, without a database."""

    experts: dict[str, ExpertRow]
    questions: dict[str, QuestionRow]
    positions: list[PositionRow]

    def compare(self, as_of: date | None = None) -> Comparison:
        return compare([*self.experts.values()], [*self.questions.values()], self.positions, as_of)


def rows() -> Rows:
    scales = {key: make.scale_row(pk, labels, key) for pk, (key, labels) in enumerate(SCALES.items(), 1)}
    experts = {key: make.expert_row(pk, name, slug=key) for pk, (key, name) in enumerate(NAMES.items(), 1)}
    questions = {
        key: make.question_row(pk, scales[scale], wording, slug=key, label=key)
        for pk, (key, (scale, wording)) in enumerate(QUESTIONS.items(), 1)
    }
    positions = [
        make.position_row(experts[who], questions[on], None, day, pk=pk, confidence=confidence, blank=said)
        if isinstance(said, Blank)
        else make.position_row(experts[who], questions[on], said, day, pk=pk, confidence=confidence)
        for pk, (who, on, day, said, confidence) in enumerate(TABLE, 1)
    ]
    return Rows(experts, questions, positions)


@dataclass(frozen=True)
class Record:
    """The cast in the database, public."""

    experts: dict[str, Expert]
    questions: dict[str, Question]
    positions: list[Position]

    def find(self, who: str, on: str, day: date) -> Position:
        expert, question = self.experts[who], self.questions[on]
        return next(p for p in self.positions if (p.expert, p.question, p.stated_on) == (expert, question, day))


def record() -> Record:
    scales = {key: make.scale(key, labels, slug=key) for key, labels in SCALES.items()}
    experts = {key: make.expert(name, slug=key, sort_name=key) for key, name in NAMES.items()}
    Expert.objects.filter(slug="elm").update(kind=Expert.Kind.ORGANISATION)
    topic = make.topic("Night trains", slug="night-trains")
    questions = {
        key: make.question(wording, slug=key, label=key, scale=scales[scale])
        for key, (scale, wording) in QUESTIONS.items()
    }
    for question in questions.values():
        question.topics.add(topic)
    report = make.source("The night train survey", kind="secondary", published_on=JAN_24)
    positions = []
    for who, on, day, said, confidence in TABLE:
        said_so = {"blank": said} if isinstance(said, Blank) else {"answer": said}
        positions.append(
            make.position(experts[who], questions[on], stated_on=day, confidence=confidence, source=report, **said_so)
        )
    add_evidence(experts, positions)
    return Record(experts, questions, positions)


def add_evidence(experts: dict[str, Expert], positions: list[Position]) -> None:
    """Ada's two roles, one after the other, and three kinds of quote on the first three positions (hers)."""
    make.affiliation(experts["ada"], "Harbour College", role="Lecturer", ends_on=JUN_24)
    make.affiliation(experts["ada"], "Signal Works", role="Engineer", starts_on=JUN_24, interests="Holds shares.")
    speech = make.source("A speech on platform nine", author="Ada Fernwick", published_on=JAN_24)
    make.quote(positions[0], "They will, and on time.", source=speech, locator="minute 3")
    make.quote(positions[1], "One ticket.", source=speech, kind="translated", language="de", original="Ein Schein.")
    make.quote(positions[2], "She holds that they pay for themselves.", source=speech, kind="paraphrase")
