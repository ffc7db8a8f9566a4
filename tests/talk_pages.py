"""The conversation's pages as programs use them: where they are, how their form is sent, what they say."""

from typing import Any

from django.test import Client

from comments.models import Comment
from tests.pages import Page

ARTICLE = "/articles/night-trains/"
TALK = f"{ARTICLE}comments/"
NEW = f"{TALK}new/"
TEXT = "The timetable says otherwise, on every page of it and in both directions."
OWN_PAGES = ("yours", "edit", "delete", "vote", "report")


def send(client: Client, address: str = NEW, **fields: Any) -> Any:
    """As the form does; a field that is None is left out."""
    typed = {"name": "Rosa Lindqvist", "email": "rosa@example.org", "body": TEXT} | fields
    return client.post(address, {name: value for name, value in typed.items() if value is not None})


def page_of(response: Any, status: int = 200) -> Page:
    assert response.status_code == status
    return Page(response.content.decode())


def said(page: Page) -> list[str]:
    """The texts of the comments on a page, picks left out."""
    return [e.texts("div", "comment-body")[0] for e in page.find("article", "comment") if e["id"].startswith("c")]


def own(client: Client, made: Comment, page: str) -> str:
    return f"{TALK}{made.pk}/{page}/"
