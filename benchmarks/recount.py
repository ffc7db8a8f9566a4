"""Recount a table of positions apart from the code, and compare with what the site would show.

    python benchmarks/recount.py FILE      (FILE has been imported; headings as in the US Economic Experts Panel)

The table is read and counted with the standard library alone: answers, confidences and blanks by statement. The other
side is `distribute` over the database. Prints how many questions it compared and every difference; exit code 1 if any.
"""

import csv
import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

AXIS = ("strongly disagree", "disagree", "uncertain", "agree", "strongly agree")
type Numbers = dict[str, int | Fraction]


@dataclass
class Votes:
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    weights: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def recount(path: Path) -> dict[str, Numbers]:
    """By statement, white space evened out."""
    votes: dict[str, Votes] = defaultdict(Votes)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            of = votes[" ".join(row["statement"].split())]
            answer = row["vote"].strip().lower()
            of.counts[answer] += 1
            if answer in AXIS and row["confidence"]:
                of.weights[answer] += int(row["confidence"])
                of.counts["with confidence"] += 1
    return {statement: add_up(of) for statement, of in votes.items()}


def add_up(of: Votes) -> Numbers:
    numbers: Numbers = {"n": sum(of.counts[answer] for answer in AXIS), "blank": of.counts[""]}
    numbers |= {"weighted n": of.counts["with confidence"], "off axis": of.counts["no opinion"]}
    total, heavy = numbers["n"], sum(of.weights.values())
    for answer in AXIS:
        numbers[f"{answer}: count"] = of.counts[answer]
        numbers[f"{answer}: share"] = Fraction(of.counts[answer], int(total)) if total else Fraction(0)
        numbers[f"{answer}: confidence"] = of.weights[answer]
        numbers[f"{answer}: weighted share"] = Fraction(of.weights[answer], heavy) if heavy else Fraction(0)
    return numbers


def read_distributions() -> dict[str, Numbers]:
    """What readers are shown today, by wording."""
    from django.utils import timezone  # noqa: PLC0415  # Django stands only once main() has set it up

    from experts.measures import distribute  # noqa: PLC0415
    from experts.models import Expert, Position, Question  # noqa: PLC0415
    from experts.record import read_comparison  # noqa: PLC0415

    now = timezone.now()
    experts, questions = Expert.objects.public(now), Question.objects.public(now)
    comparison = read_comparison(list(experts), list(questions), Position.objects.public(now), None, now.date())
    found = {}
    for row in comparison.questions:
        distribution = distribute(row, comparison.column(row))
        numbers: Numbers = {"n": distribution.n, "blank": distribution.blank_n}
        numbers |= {"weighted n": distribution.weighted_n, "off axis": distribution.off_axis_n}
        for share in distribution.shares:
            answer = share.answer.label.lower()
            numbers[f"{answer}: count"] = share.count
            numbers[f"{answer}: share"] = Fraction(share.share)
            numbers[f"{answer}: confidence"] = share.weight
            numbers[f"{answer}: weighted share"] = Fraction(share.weighted_share)
        found[" ".join(row.wording.split())] = numbers
    return found


def compare(table: dict[str, Numbers], site: dict[str, Numbers]) -> list[str]:
    """A line for every number that differs; floats may be off by rounding."""
    differences = []
    for statement, numbers in table.items():
        if statement not in site:
            differences.append(f"{statement[:60]}: not in the database")
            continue
        shown = site[statement]
        differences += [
            f"{statement[:60]}: {name}: {float(number)} in the table, {float(shown.get(name, -1))} on the site"
            for name, number in numbers.items()
            if abs(float(number) - float(shown.get(name, -1))) > 1e-12
        ]
    return differences


def main(path: Path) -> int:
    table = recount(path)
    differences = compare(table, read_distributions())
    print(f"{len(table)} questions compared, {len(differences)} differences")
    print("\n".join(differences), end="\n" if differences else "")
    return 1 if differences else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisrace.settings")
    import django

    django.setup()
    sys.exit(main(Path(sys.argv[1])))
