"""Logs: one JSON object a line in production, plain lines at home. Neither tells who somebody is.

No line holds an address of a network or a browser's name, for nothing puts them there; what else could tell of a person
or open a door is masked on the way out (aisrace/operating/scrubbing.py), whichever library has written it.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
from structlog.contextvars import merge_contextvars
from structlog.processors import TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

from aisrace.operating.scrubbing import scrub_text

# What may be told besides a message, so that no library adds what it likes.
FIELDS = ["request_id", "method", "path", "status", "bytes", "ms", "sweep", "rows", "task"]
ALWAYS = ("timestamp", "level", "logger", "event")
TEXTS = ("event", "exception", "stack")
REQUESTS = "aisrace.requests"
# Some end a line where others do not, some move what a terminal shows.
UNSHOWABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

type Event = MutableMapping[str, Any]


def build_logging(*, as_json: bool, level: str, with_requests: bool) -> dict[str, Any]:
    """For `settings.LOGGING`. `with_requests`: a line for every request that reaches Django."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": make_formatter, "as_json": as_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Emptied so that Django's messages reach the handler above, once and in every environment.
            "django": {"handlers": [], "propagate": True},
            # A page that is not there and a forged host name are the visitor's news, not the operator's.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            REQUESTS: {"level": level if with_requests else "WARNING"},
        },
    }


def make_formatter(as_json: bool) -> logging.Formatter:
    before: list[Processor] = [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        ExtraAdder(FIELDS),
        TimeStamper(utc=True, fmt="iso"),
    ]
    show = show_json if as_json else show_line
    remove = ProcessorFormatter.remove_processors_meta
    return ProcessorFormatter(foreign_pre_chain=before, processors=[remove, format_exc_info, scrub, show])


def scrub(logger: Any, name: str, event: Event) -> Event:
    for field in TEXTS:
        if field in event:
            event[field] = scrub_text(str(event[field]))
    return event


def show_json(logger: Any, name: str, event: Event) -> str:
    """Half characters, which no encoding has, and all that some take for the end of a line, are written as escapes."""
    try:
        return escape(orjson.dumps(event, default=str).decode())
    except TypeError:
        return json.dumps(event, default=str)


def show_line(logger: Any, name: str, event: Event) -> str:
    """Nothing that was sent in can begin a line that looks like another, nor colour it."""
    first = f"{event['timestamp'][:19]}Z {event['level'].upper()} {event['logger']}: {event['event']}"
    told = [f"{key}={show(value)}" for key, value in rest(event).items()]
    parts = [" ".join([first, *told]), *(event[field] for field in TEXTS[1:] if event.get(field))]
    return escape("\n".join(parts)).replace("\n", "\n  ")


def rest(event: Event) -> Mapping[str, Any]:
    return {key: value for key, value in event.items() if key not in (*ALWAYS, *TEXTS)}


def show(value: object) -> str:
    return str(value).replace("\n", "\\n")


def escape(text: str) -> str:
    """As JSON writes them."""
    return UNSHOWABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
