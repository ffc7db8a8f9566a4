"""The record: who said what, on which question, where and when."""

import reversion

from aisrace.lib.watching import watch
from experts.models.addresses import FormerAddress
from experts.models.imports import ImportChange, ImportRun
from experts.models.people import Affiliation, Expert
from experts.models.positions import Position, Quote, Source
from experts.models.questions import Answer, Question, Scale, Topic

__all__ = [
    "Affiliation",
    "Answer",
    "Expert",
    "FormerAddress",
    "ImportChange",
    "ImportRun",
    "Position",
    "Question",
    "Quote",
    "Scale",
    "Source",
    "Topic",
]

# Every save in the desk keeps these as they were, together with what belongs to them.
reversion.register(Expert, follow=["affiliations"], ignore_duplicates=True)
reversion.register(Scale, follow=["answers"], ignore_duplicates=True)
reversion.register(Position, follow=["quotes"], ignore_duplicates=True)
for part in (Affiliation, Answer, Question, Quote, Source, Topic):
    reversion.register(part, ignore_duplicates=True)

# Every write to what readers may see is told to those who keep something derived from it.
for row in (Expert, Position, Question, Scale, Source, Topic):
    watch(row)
watch(Affiliation, part_of=["expert"])
watch(Answer, part_of=["scale"])
watch(Quote, part_of=["position"])
