"""Other servers that the site relies on."""

from collections.abc import Iterator
from datetime import datetime
from smtplib import SMTPException
from time import perf_counter

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend
from redis import Redis
from redis.exceptions import RedisError

from aisrace.operating.doctor.findings import Finding, broken, warning, well

SLOW = 100  # milliseconds
WITHOUT = "Pages are served and nothing is lost; limits are counted by each process for itself, letters leave later."


def examine_redis(now: datetime) -> Iterator[Finding]:
    if not settings.REDIS_URL:
        told = "None is set: each process counts limits for itself."
        remedy = "With more than one process, set REDIS_URL."
        yield warning("Redis", told, remedy) if settings.PRODUCTION else well("Redis", "None is set, nor needed here.")
        return
    limits = {"socket_connect_timeout": settings.REDIS_TIMEOUT, "socket_timeout": settings.REDIS_TIMEOUT}
    began = perf_counter()
    try:
        with Redis.from_url(settings.REDIS_URL, **limits) as server:
            server.ping()
    except RedisError as error:
        told = f"It does not answer ({type(error).__name__}). {WITHOUT}"
        yield broken("Redis", told, "Start it, or correct REDIS_URL.")
        return
    took = (perf_counter() - began) * 1000
    if took > SLOW:
        yield warning("Redis", f"It takes {took:.0f} ms to answer.", "Look at its load, and at the way to it.")
    else:
        yield well("Redis", "It answers.")


def examine_mail(now: datetime) -> Iterator[Finding]:
    """Signs in and sends nothing."""
    mailer = mailers.default
    if not isinstance(mailer, EmailBackend):
        yield well("Mail", "Letters are not sent by a server here.")
        return
    where = f"{mailer.host}:{mailer.port}"
    try:
        mailer.open()
        mailer.close()
    except (OSError, SMTPException) as error:
        # What a server says may hold the name that was used.
        told = f"{where} takes no letters ({type(error).__name__})."
        yield broken("Mail", told, "Check EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY, EMAIL_USER and EMAIL_PASSWORD.")
    else:
        yield well("Mail", f"{where} takes letters.")
