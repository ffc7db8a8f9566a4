"""What there is to be found, as the rooms have handed it in; see SEARCH in the settings."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string

from aisrace.search.entries import Facet, Source, Touch

sources: list[Source] = []
touches: dict[type[Model], list[Touch]] = defaultdict(list)
facets: dict[str, Facet] = {}


def gather() -> None:
    """Once, when all models are there. Each name in the settings is that of a tuple."""
    for name in settings.SEARCH:
        take(import_string(name))


def take(parts: Iterable[Any]) -> None:
    for part in parts:
        match part:
            case Source():
                sources.append(part)
            case Touch():
                touches[part.model].append(part)
            case Facet():
                facets[part.name] = part
