"""The record: who said what, on which question, where and when."""

from experts.models.people import Affiliation, Expert
from experts.models.positions import Position, Quote, Source
from experts.models.questions import Answer, Question, Scale, Topic

__all__ = [
    "Affiliation",
    "Answer",
    "Expert",
    "Position",
    "Question",
    "Quote",
    "Scale",
    "Source",
    "Topic",
]
