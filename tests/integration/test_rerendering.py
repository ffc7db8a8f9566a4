"""Comments are rendered anew where the renderer or the key is another, and only there."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from comments.bodies import RENDERER
from comments.models import Comment
from tests.talk import comment, live

pytestmark = pytest.mark.django_db


def run() -> str:
    out = io.StringIO()
    call_command("render_comments", stdout=out)
    return out.getvalue().strip()


def test_only_what_is_old_or_not_ours_is_rendered() -> None:
    edition = live()
    fresh, old, foreign, gone = (comment(edition, f"*{n}*") for n in range(4))
    Comment.objects.filter(pk=old.pk).update(renderer=RENDERER - 1, html="<p>old</p>")
    Comment.objects.filter(pk=foreign.pk).update(html="<script>alert(1)</script>")
    Comment.objects.filter(pk=gone.pk).update(state="deleted", text="", html="", seal="")
    assert run() == "2 of 4 comments rendered anew."
    assert run() == "0 of 4 comments rendered anew."
    html = dict(Comment.objects.values_list("pk", "html"))
    assert html[old.pk] == "<p><em>1</em></p>"
    assert html[foreign.pk] == "<p><em>2</em></p>"
    assert html[fresh.pk] == fresh.html
    assert html[gone.pk] == ""


def test_a_new_key_seals_anew(settings: Any) -> None:
    comment(live(), "*One*")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of some length", []
    assert run() == "1 of 1 comments rendered anew."
    assert run() == "0 of 1 comments rendered anew."
