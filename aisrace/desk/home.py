"""The start page: what needs this person, one click each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from aisrace.desk.machines import broken_endpoints
from aisrace.desk.navigation import DEEDS, Place, open_places
from aisrace.desk.scheduler import Scheduler, read_scheduler
from aisrace.desk.sections import (
    Part,
    awaiting_review,
    corrections,
    drafts,
    held_comments,
    newest_deeds,
    reported_errors,
    scheduled,
    without_evidence,
)
from aisrace.desk.when import ago
from aisrace.keeping.trail import name_of
from articles.models import Article
from experts.models import Expert, Position, Question

type Reading = Callable[[User, datetime], Part | None]

# What asks for something on the left, what one may want to know on the right.
TO_DO: tuple[Reading, ...] = (
    broken_endpoints,
    awaiting_review,
    held_comments,
    reported_errors,
    drafts,
    scheduled,
    without_evidence,
)
TO_KNOW: tuple[Reading, ...] = (corrections, newest_deeds)
BUTTONS = 4


@dataclass(frozen=True)
class Step:
    """One of the first things to do in an empty house."""

    title: str
    about: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Home:
    name: str
    now: datetime
    buttons: tuple[tuple[Place, str], ...]
    to_do: tuple[Part, ...]
    to_know: tuple[Part, ...]
    first_steps: tuple[Step, ...]
    scheduler: Scheduler | None
    swept: str


def read_home(request: HttpRequest, person: User, now: datetime) -> Home:
    """At most fourteen queries, however much there is."""
    to_do = tuple(part for read in TO_DO if (part := read(person, now)))
    buttons = tuple(open_places(DEEDS[:BUTTONS], request))
    may_publish, may_mend = person.has_perm("articles.publish_article"), person.has_perm("sweeps.view_sweep")
    scheduler = read_scheduler(now, is_for_administrator=may_mend) if may_publish else None
    return Home(
        name=name_of(person),
        now=timezone.localtime(now),
        buttons=buttons,
        to_do=to_do,
        to_know=tuple(part for read in TO_KNOW if (part := read(person, now))),
        first_steps=read_first_steps(request) if not to_do else (),
        scheduler=scheduler,
        swept=ago(scheduler.ran_at, now) if scheduler and scheduler.ran_at else "",
    )


FIRST = {
    "New question": ("Ask a question", "One neutral wording, the same for every expert.", Question),
    "New expert": ("Name the experts", "A person or an organisation, with the roles they held and when.", Expert),
    "Record a position": ("Record what they said", "One expert's answer, with its source and their words.", Position),
    "New article": ("Write the comparison", "Choose experts and questions; the matrix draws itself.", Article),
}


def read_first_steps(request: HttpRequest) -> tuple[Step, ...]:
    """What is still to do before there is anything to publish; nothing once each was done. Four queries."""
    urls = {place.title: url for place, url in open_places(DEEDS, request)}
    steps = tuple(
        Step(title, about, urls[deed], model._default_manager.exists())
        for deed, (title, about, model) in FIRST.items()
        if deed in urls
    )
    return () if all(step.is_done for step in steps) else steps
