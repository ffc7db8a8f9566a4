"""The search as programs ask it, in process: what matches, facets, passages, and the JSON of the answer.

CPU time is this process's own, in which SQLite works and PostgreSQL does not; time by the clock has both, and whatever
else the machine does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from time import perf_counter_ns, process_time_ns
from urllib.parse import urlencode

from django.core.cache import cache

from aisrace.search.models import Document
from benchmarks.intake import analyse
from benchmarks.pages import Address, request
from benchmarks.texts import COMMON, Speaker, speak_anew
from experts.models import Expert, Topic

LIMIT_MS = 30  # of 95 in 100 answers
CALLS, QUICK_CALLS, WARM = 8, 2, 1  # of each question, by turns


@dataclass(frozen=True)
class SearchFigure:
    """Milliseconds of every call of these questions, and how many results the widest of them has."""

    key: str
    title: str
    questions: int
    most: int
    cpu: Sequence[float]
    wall: Sequence[float]
    limit_ms: float | None = None


type Times = list[tuple[float, float]]


def measure_search(is_quick: bool) -> list[SearchFigure]:
    """Kind by kind, and all of them last. Whatever the panel said it says in other words from here on."""
    kinds = choose_questions(speak_anew())
    analyse()
    most = {kind: max(map(count, addresses)) for kind, addresses in kinds.items()}
    found: dict[str, Times] = {kind: [] for kind in kinds}
    for turn in range(WARM + (QUICK_CALLS if is_quick else CALLS)):
        for kind, addresses in kinds.items():
            times = list(map(clock, addresses))
            found[kind] += times if turn >= WARM else []
    figures = [_sum_up(kind, kind, len(kinds[kind]), most[kind], times) for kind, times in found.items()]
    everything = [each for times in found.values() for each in times]
    title = f"all, of {Document.objects.count():,} documents"
    return [*figures, _sum_up("all", title, sum(map(len, kinds.values())), max(most.values()), everything, LIMIT_MS)]


def choose_questions(speaker: Speaker) -> dict[str, list[Address]]:
    rare = speaker.words[-6:]
    names = list(Expert.objects.order_by("-pk").values_list("name", flat=True)[:4])
    slug = Expert.objects.order_by("-pk").values_list("slug", flat=True)[0]
    topic = Topic.objects.order_by("-pk").values_list("slug", flat=True)[0]
    some = COMMON[20:40]
    return {
        "rare word": list(map(ask, rare)),
        "common word": list(map(ask, ("policy", "trade", "rates", "prices"))),
        "two common words": [ask(f"{one} {other}") for one, other in zip(COMMON[10:14], COMMON[14:18], strict=True)],
        "five common words": [ask(" ".join(COMMON[10:15]))],
        "either of two": [ask(f"{some[0]} OR {some[1]}"), ask("policy OR trade")],
        "phrase": [ask(f'"{one} {other}"') for one, other in pairwise(COMMON[12:16])],
        "without": [ask("policy -trade"), ask(f"{some[2]} -{some[3]}"), ask('rates -"of rates"')],
        "name": list(map(ask, names)),
        "words too common": [ask("the of and"), ask("to be or not to be")],
        "narrowed": [
            ask("policy", kind="quote"),
            ask("policy", expert=slug, year="2014"),
            ask("policy", topic=topic),
        ],
        "further page": [ask("policy", page="50"), ask("policy", page_size="100")],
        "none found": list(map(ask, ("zyzzyva", "policy zyzzyva"))),
        "hostile": list(map(ask, ("\" AND ('; DROP", "%_*" * 40, '"' * 99 + "夜行", " OR ".join(COMMON[9:19])))),
        "beginning of a name": list(map(suggest, (names[0][:1], names[1][:3], "statement policy ra"))),
    }


def ask(text: str, **narrowing: str) -> Address:
    return Address("search", text, "/api/v1/search/", urlencode({"q": text} | narrowing))


def suggest(text: str) -> Address:
    return Address("search", text, "/search/suggest/", urlencode({"q": text}))


def count(address: Address) -> int:
    answer = json.loads(request(address))
    return len(answer["suggestions"]) if "suggestions" in answer else int(answer["count"])


def clock(address: Address) -> tuple[float, float]:
    """(CPU, wall) in milliseconds, with nothing kept from before."""
    cache.clear()
    cpu, wall = process_time_ns(), perf_counter_ns()
    request(address)
    return (process_time_ns() - cpu) / 1e6, (perf_counter_ns() - wall) / 1e6


def _sum_up(key: str, title: str, questions: int, most: int, times: Times, limit: float | None = None) -> SearchFigure:
    cpu, wall = zip(*times, strict=True)
    return SearchFigure(key, title, questions, most, cpu, wall, limit)


def middle(times: Sequence[float]) -> float:
    return median(times)


def nearly_worst(times: Sequence[float]) -> float:
    """What 95 of 100 keep within."""
    return quantiles(times, n=20, method="inclusive")[-1]
