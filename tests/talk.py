"""Builders for conversations: an article before readers, people with an address, and what they say."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.core import signing
from django.test import Client

from articles.models import Edition
from articles.publishing import publish
from comments.drafts import Draft
from comments.models import Comment, Commenter
from comments.paths import place
from comments.remembering import COOKIE, SALT
from comments.submitting import Submission, submit, write
from comments.visitors import Visitor
from tests import make
from tests.make import NOW

# Everybody may write, as often as they like and without work.
OPEN = {"COMMENTS_MODE": "open", "COMMENTS_PROOF_OF_WORK": False, "COMMENTS_LIMITS": False}

_number = count(1)


def live(**values: Any) -> Edition:
    """The newest edition of an article that readers read, published at `NOW`."""
    return publish(make.article(**values), by=None, now=NOW)


def person(name: str = "Rosa Lindqvist", address: str = "", **values: Any) -> Commenter:
    """Somebody who has confirmed their address."""
    address = address or f"reader-{next(_number)}@example.org"
    return Commenter.objects.create(
        **{"name": name, "address": address, "first_seen_at": NOW, "confirmed_at": NOW} | values
    )


def remembered(reader: Commenter, ip: str = "192.0.2.7") -> Visitor:
    return Visitor(ip, "A browser", reader)


def browser_of(reader: Commenter, **settings: Any) -> Client:
    """One in which the reader is remembered."""
    client = Client(**settings)
    client.cookies[COOKIE] = signing.dumps({"reader": [reader.pk, reader.generation]}, salt=SALT)
    return client


def draft(text: str = "The timetable says otherwise.", **values: Any) -> Draft:
    return Draft(**{"name": "Rosa Lindqvist", "address": "rosa@example.org", "text": text} | values)


def say(edition: Edition, text: str = "The timetable says otherwise.", **values: Any) -> Submission:
    """Through `submit`, as a visitor whom nobody knows, unless told otherwise. `now` is in the article's first hour."""
    visitor = values.pop("visitor", Visitor("192.0.2.7", "A browser"))
    now = values.pop("now", NOW + timedelta(minutes=next(_number) % 60))
    if visitor.reader:
        values = {"name": visitor.reader.name or "Rosa Lindqvist", "address": visitor.reader.address} | values
    return submit(edition, draft(text, **values), visitor, now=now)


def comment(edition: Edition, text: str = "The timetable says otherwise.", **values: Any) -> Comment:
    """A row as it is, without asking any rule; visible unless told otherwise."""
    parent, at = values.pop("parent", None), values.pop("at", NOW + timedelta(seconds=next(_number)))
    made = Comment(article_id=edition.article_id, edition=edition.number, created_at=at, state="visible")
    place(made, parent, at)
    write(made, text)
    for name, value in ({"name": "Rosa Lindqvist", "shown_at": at} | values).items():
        setattr(made, name, value)
    made.save()
    return made


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


# --- Deciding --------------------------------------------------------------------------------------------------------


def moderator(name: str = "mo") -> Any:
    """Of the desk, with the rights of the group."""
    user = make.user(name, is_staff=True, first_name="Mo", last_name="Derrick")
    user.groups.set(Group.objects.filter(name="moderator"))
    return user


def held(edition: Edition, text: str = "The timetable says otherwise.", **values: Any) -> Comment:
    """By the rule about links, which caught the first four letters."""
    caught = {"rule": "many_links", "caught": "4 links.", "caught_from": 0, "caught_to": 4}
    return comment(edition, text, **{"state": "held", "shown_at": None} | caught | values)
