"""Texts in which words are as unevenly common as in real ones, the same at every run, for the imported panel."""

import random
from itertools import accumulate, product

from aisrace.lib.watching import together
from benchmarks.panel import SYLLABLES
from experts.models import Position, Question, Quote

# The commonest first; behind them follow invented ones, each rarer than the one before (Zipf).
COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "is",
    "for",
    "it",
    "as",
    "with",
    "be",
    "on",
    "by",
    "policy",
    "trade",
    "rates",
    "prices",
    "growth",
    "wages",
    "market",
    "workers",
    "government",
    "costs",
    "taxes",
    "evidence",
    "economy",
    "because",
    "although",
    "likely",
    "effects",
    "public",
    "firms",
    "energy",
    "carbon",
    "investment",
    "research",
    "training",
    "models",
    "systems",
    "safety",
    "risk",
    "years",
    "people",
    "countries",
    "nuclear",
    "climate",
    "housing",
    "schools",
    "health",
    "tariffs",
    "imports",
    "inflation",
    "unemployment",
    "employment",
    "regulation",
    "innovation",
    "competition",
    "electricity",
    "pensions",
    "migration",
    "automation",
]
ENDINGS = ("", "s", "ing", "ed", "ation", "ment", "al", "ity")
VOCABULARY = 4_000
SUMMARY, WORDING, BACKGROUND = (25, 70), (10, 28), (40, 160)  # words, at least and at most
PORTION = 500  # rows a statement


class Speaker:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        invented = ("".join(parts) for parts in product(SYLLABLES, SYLLABLES, ENDINGS))
        self.words = [*COMMON, *self.chance.sample(list(invented), VOCABULARY)]
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(self.words))))

    def say(self, least: int, most: int) -> str:
        size = self.chance.randint(least, most)
        return f"{' '.join(self.chance.choices(self.words, cum_weights=self.weights, k=size)).capitalize()}."


def speak_anew() -> Speaker:
    """Every position, question and quote of the panel says something else; the index follows."""
    speaker = Speaker(5)
    questions = list(Question.objects.order_by("pk"))
    for question in questions:
        question.wording, question.background = speaker.say(*WORDING), speaker.say(*BACKGROUND)
    positions = list(Position.objects.order_by("pk"))
    for position in positions:
        position.summary = speaker.say(*SUMMARY)
    quotes = list(Quote.objects.order_by("pk"))
    for quote in quotes:
        quote.words = speaker.say(*SUMMARY)
    with together():
        Question.objects.bulk_update(questions, ["wording", "background"], batch_size=PORTION)
        Position.objects.bulk_update(positions, ["summary"], batch_size=PORTION)
        Quote.objects.bulk_update(quotes, ["words"], batch_size=PORTION)
    return speaker
