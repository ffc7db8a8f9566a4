"""Recompute the tally of each question from positions.csv: python recompute_tally.py positions.csv [question_slug ...]"""
import csv, re, sys
from collections import Counter, defaultdict

def recompute(path):
    tallies = defaultdict(lambda: defaultdict(Counter))  # question -> where it stands -> answer -> experts
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["is_current"] == "true":  # the one position of each expert that counts
                where = "on the scale" if row["answer_step"] else "off the scale" if row["answer"] else "no answer"
                answer = re.sub(r"""^'(?=[\s"'“”‘’]*[-=+@＝＋－＠]|'*[\t\r\n])""", "", row["answer"] or row["blank"])
                tallies[row["question_slug"]][where][answer] += 1
    return tallies

if __name__ == "__main__":
    for question, places in recompute(sys.argv[1] if sys.argv[1:] else sys.exit(__doc__)).items():
        for where, answers in places.items() if question in (sys.argv[2:] or [question]) else ():
            for answer, count in answers.most_common():
                print(question, where, answer, count, f"{count / answers.total():.1%} of {answers.total()}", sep="\t")
