"""Tables of invented positions, the same at every run: one the size of a real panel, one to see growth."""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HEADINGS = ("id", "date", "topic", "panelist", "uni", "vote", "confidence", "comment", "statement")
AXIS = ("Strongly Disagree", "Disagree", "Uncertain", "Agree", "Strongly Agree")
UNIVERSITIES = ("Harbour College", "Northgate", "St. Aldwyn", "Lakeside Tech", "Old Mill", "Quarry Hill", "Westmere")
FIRST_POLL = date(2011, 9, 29)

# How many of the 235 statements each expert of the US Economic Experts Panel was asked, 2011–2017: 9,660 in all.
SEATS = (35, 57, 88, 107, 108, 119, *10 * [122], 130, 141, 155, 225, 231, 233, *4 * [234], *25 * [235])
STATEMENTS = 235
EVERYBODYS = 117  # the statement that all are asked and all answer

SYLLABLES = [
    "bar",
    "cor",
    "den",
    "el",
    "fen",
    "gar",
    "hol",
    "in",
    "jas",
    "kel",
    "lor",
    "mar",
    "nes",
    "ol",
    "per",
    "quin",
    "ros",
    "sel",
    "tor",
    "ul",
    "ven",
    "wil",
    "yar",
    "zan",
]
WORDS = [
    "the",
    "a",
    "of",
    "in",
    "on",
    "rates",
    "prices",
    "growth",
    "policy",
    "trade",
    "wages",
    "because",
    "although",
    "likely",
    "effect",
    "small",
    "large",
    "evidence",
    "would",
    "short",
    "long",
    "run",
    "depends",
    "taxes",
    "jobs",
    "firms",
    "workers",
    "but",
    "not",
    "more",
    "less",
    "than",
    "few",
    "many",
    "costs",
    "benefits",
]


@dataclass(frozen=True)
class Plan:
    """Which statements each expert is asked, by number; those in `complete` get an answer from everybody."""

    seats: Mapping[str, Sequence[int]]
    statements: int
    polls: int
    complete: frozenset[int] = frozenset()
    seed: int = 1

    @property
    def size(self) -> int:
        return sum(map(len, self.seats.values()))


def plan_panel() -> Plan:
    """51 experts × 235 statements in 157 polls: 9,660 rows, about a sixth blank, a third with a comment."""
    seats = dict(zip(name_people(len(SEATS), "a"), map(_sit, range(len(SEATS)), SEATS), strict=True))
    return Plan(seats, STATEMENTS, 157, frozenset({EVERYBODYS}))


def _sit(number: int, count: int) -> list[int]:
    """The first or the last so many statements, by turns, and the one that is put to everybody."""
    asked = list(range(count) if number % 2 else range(STATEMENTS - count, STATEMENTS))
    return asked if EVERYBODYS in asked else [*asked[1:], EVERYBODYS]


def plan_growth(statements: int, regulars: int, crowd: int) -> Plan:
    """The first regular is asked everything, the last statement alone; `crowd` people in all the first statement."""
    names = name_people(crowd, "b")
    seats: dict[str, Sequence[int]] = {names[0]: range(statements)}
    seats |= {name: range(statements - 1) for name in names[1:regulars]}
    seats |= {name: [0] for name in names[regulars:]}
    return Plan(seats, statements, statements, frozenset({0}), seed=2)


def name_people(count: int, seed: str) -> list[str]:
    """“Last, First”, each one once."""
    chance = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        last, first = ("".join(chance.choices(SYLLABLES, k=chance.choice([2, 3]))).title() for _ in range(2))
        names[f"{last}, {first}"] = None
    return list(names)


def write_table(plan: Plan, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(make_rows(plan))


def make_rows(plan: Plan) -> Iterator[tuple[object, ...]]:
    """Statement by statement. An expert's lean and a statement's pull decide the answers, and chance."""
    chance = random.Random(plan.seed)
    lean = {name: chance.gauss(0, 0.6) for name in plan.seats}
    asked: dict[int, list[str]] = {number: [] for number in range(plan.statements)}
    for name, numbers in plan.seats.items():
        for number in numbers:
            asked[number].append(name)
    for number, names in asked.items():
        poll = number * plan.polls // plan.statements
        when = FIRST_POLL + timedelta(weeks=2 * poll)
        about = (f"poll-{plan.seed}-{poll}", when.isoformat(), f"Topic {plan.seed}.{poll % (plan.polls - 1)}")
        wording = f"Statement {plan.seed}.{number}: {speak(chance, chance.randint(50, 330))}."
        pull = chance.gauss(2.4, 0.7)
        for name in names:
            vote, confidence = _vote(chance, pull + lean[name], number in plan.complete)
            comment = speak(chance, chance.choice([40, 80, 100, 130, 140])) if chance.random() < 0.335 else ""
            yield (*about, name, UNIVERSITIES[len(name) % 7], vote, confidence, comment, wording)


def _vote(chance: random.Random, middle: float, must_answer: bool) -> tuple[str, str]:
    if not must_answer and chance.random() < 0.171:
        return "", ""
    step = min(4, max(0, round(chance.gauss(middle, 0.8))))
    return AXIS[step], str(chance.randint(1, 10))


def speak(chance: random.Random, length: int) -> str:
    said = " ".join(chance.choices(WORDS, k=length // 4))[:length]
    return said.strip().capitalize()
