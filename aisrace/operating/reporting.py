"""Errors told to Sentry, or to what speaks like it, where SENTRY_DSN names one. Imported only then.

What is told is what would help to mend it: where it happened and how it came to that. Of who asked, nothing.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from structlog.contextvars import get_contextvars

from aisrace.operating.scrubbing import scrub_path, scrub_text

type Event = Any


def start_reporting(dsn: str, environment: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        send_client_reports=False,
        auto_session_tracking=False,
        max_breadcrumbs=0,  # what else was logged and asked of the database
        # Only these: others would look into whatever is installed.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(), CeleryIntegration(), LoggingIntegration(level=None)],
        before_send=clean,
    )


def clean(event: Event, hint: Any) -> Event:
    """An allow-list for the request, and the rules of the log for every word."""
    if request := event.get("request"):
        told = {"method": request.get("method"), "url": scrub_path(request.get("url") or "")}
        event["request"] = {name: value for name, value in told.items() if value}
    for part in ("user", "breadcrumbs", "extra", "modules"):
        event.pop(part, None)
    if request_id := get_contextvars().get("request_id"):
        event.setdefault("tags", {})["request_id"] = request_id
    return scrub_all(event)


def scrub_all(value: Any) -> Any:
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, dict):
        return {key: scrub_all(part) for key, part in value.items()}
    return [scrub_all(part) for part in value] if isinstance(value, (list, tuple)) else value
