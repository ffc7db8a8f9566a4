"""The store around the whole site: fresh after every commit by whichever way, and nothing in it that is not for all."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from aisrace.pagestore import hearing, wrapping
from aisrace.pagestore.bells import Bell, SqliteBell, find_bell
from aisrace.pagestore.store import PageStore
from articles.models import Edition
from articles.publishing import publish, withdraw
from comments.moderating import approve, reject
from comments.remembering import COOKIE
from experts.models import Expert
from tests import make, site, talk
from tests.stored import Answered, Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> site.Site:
    return site.build()


@pytest.fixture
def bell() -> Iterator[Bell]:
    found = find_bell()
    assert found
    yield found
    found.drop()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, bell: Bell) -> PageStore:
    """The bell is asked every time."""
    monkeypatch.setattr(hearing, "EVERY", 0)
    monkeypatch.setattr(wrapping, "find_bell", lambda: bell)
    wrapped = wrapping.wrap(Site())
    assert isinstance(wrapped, PageStore)
    return wrapped


def ask(made: PageStore, path: str, **headers: str) -> Answered:
    return Answered(made, path, **({"HTTP_HOST": "testserver"} | headers))


# --- The bell --------------------------------------------------------------------------------------------------------


def in_another_process(statement: str) -> None:
    """By somebody who has never heard of us."""
    code = (
        "import sys, django; django.setup()\n"
        "from django.db import connection\n"
        "connection.settings_dict['NAME'] = sys.argv[1]\n"
        "connection.cursor().execute(sys.argv[2])"
    )
    name = str(connection.settings_dict["NAME"])
    subprocess.run([sys.executable, "-c", code, name, statement], check=True, cwd=settings.BASE_DIR)


def test_every_commit_rings(bell: Bell) -> None:
    expert = make.expert()
    before = bell.ask()
    with transaction.atomic():
        Expert.objects.filter(pk=expert.pk).update(bio="Not yet.")
        during = bell.ask()
    assert bell.ask() not in (before, during)


@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="others write there, too")
def test_reading_does_not(bell: Bell) -> None:
    make.expert()
    before = bell.ask()
    list(Expert.objects.all())
    assert bell.ask() == before


@pytest.mark.parametrize("write", ["orm", "sql", "process"])
def test_whoever_commits(bell: Bell, write: str) -> None:
    make.expert()
    before = bell.ask()
    statement = "UPDATE experts_expert SET bio = 'Changed past everybody.'"
    if write == "orm":
        Expert.objects.update(bio="Changed in bulk.")
    elif write == "sql":
        with connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        in_another_process(statement)
    assert bell.ask() != before


def test_a_file_put_in_place_of_the_other_rings(tmp_path: Path) -> None:
    for name in ("site", "backup"):
        with sqlite3.connect(tmp_path / name) as database:
            database.execute("CREATE TABLE rows (n)")
        database.close()
    bell = SqliteBell(tmp_path / "site")
    before = bell.ask()
    (tmp_path / "backup").replace(tmp_path / "site")
    assert bell.ask() != before
    (tmp_path / "site").unlink()
    with pytest.raises(OSError, match="No such file"):
        bell.ask()
    bell.drop()


def test_a_connection_that_is_lost_is_made_anew(bell: Bell) -> None:
    before = bell.ask()
    bell.drop()
    make.expert()
    assert bell.ask() != before


# --- Fresh -----------------------------------------------------------------------------------------------------------

ARTICLE = site.PAGES["article"]


def correct(built: site.Site) -> None:
    built.article.refresh_from_db()
    built.article.headline = "Night trains, corrected"
    built.article.save()
    publish(built.article, by=None, now=timezone.now(), kind=Edition.Kind.CORRECTION, note="The headline was wrong.")


def say(built: site.Site) -> None:
    edition = Edition.objects.get(article=built.article, number=2)
    talk.comment(edition, "Said just now.", at=timezone.now())


DEEDS: dict[str, tuple[Callable[[site.Site], Any], str, str]] = {
    "a correction": (correct, ARTICLE, "Night trains, corrected"),
    "a comment": (say, ARTICLE, "Said just now."),
    "a bulk update": (lambda _: Expert.objects.filter(slug="ada").update(name="Ada Anders"), "/experts/", "Ada Anders"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_was_committed_is_on_the_next_page(made: PageStore, built: site.Site, deed: str) -> None:
    do, address, words = DEEDS[deed]
    assert words not in ask(made, address).text
    do(built)
    assert words in ask(made, address).text
    assert words in ask(made, address, HTTP_ACCEPT_ENCODING="gzip").text


def test_a_moderator_decides(made: PageStore, built: site.Site) -> None:
    by, now = talk.moderator(), timezone.now()
    edition = Edition.objects.get(article=built.article, number=2)
    comment = talk.held(edition, "Waiting to be seen.", at=now)
    assert "Waiting to be seen." not in ask(made, ARTICLE).text
    approve(comment.pk, by=by, now=now)
    assert "Waiting to be seen." in ask(made, ARTICLE).text
    reject(comment.pk, "other", by=by, now=now)
    assert "Waiting to be seen." not in ask(made, ARTICLE).text


def test_what_is_withdrawn_is_gone_at_once(made: PageStore, built: site.Site) -> None:
    tag = ask(made, ARTICLE).headers["ETag"]
    withdraw(built.article, by=None, now=timezone.now(), reason="It was wrong.")
    for known in ({}, {"HTTP_IF_NONE_MATCH": tag}):
        assert ask(made, ARTICLE, **known).status.startswith("410 ")
    assert all(key[0] != ARTICLE or page.generation < made.hearing.generation for key, page in made.shelf.pages.items())


def test_what_was_to_appear_appears(made: PageStore, built: site.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody writing anything at that moment."""
    now = timezone.now()
    monkeypatch.setattr(made.hearing._bell, "ask", lambda: "nothing new")
    Expert.objects.filter(slug="ada").update(public_at=now + timedelta(hours=1))
    assert ask(made, "/experts/ada/").status.startswith("404 ")
    assert "/experts/ada/" not in ask(made, "/experts/").text
    assert 0 < wrapping.find_change() <= 3600
    later = made.hearing._changes_at
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=1, seconds=1))
    assert "/experts/ada/" not in ask(made, "/experts/").text  # our clock has not come there
    monkeypatch.setattr("aisrace.pagestore.hearing.time.monotonic", lambda: later)
    assert "/experts/ada/" in ask(made, "/experts/").text


def test_another_day_is_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: midnight - timedelta(seconds=9))
    assert wrapping.find_change() == 9


# --- For all ---------------------------------------------------------------------------------------------------------


def test_who_is_somebody_is_answered_by_the_site(made: PageStore, built: site.Site) -> None:
    ask(made, ARTICLE)
    for cookie in ("sessionid=x", f"a=b; {COOKIE}=x", "messages=x"):
        ask(made, ARTICLE, HTTP_COOKIE=cookie)
    assert made.counts.passed == 3
    assert set(settings.PAGE_STORE_COOKIES) >= {settings.SESSION_COOKIE_NAME, COOKIE}


def test_nothing_of_those_who_ask_is_kept(made: PageStore, built: site.Site) -> None:
    mine = {
        "HTTP_COOKIE": "theme=quagga; csrftoken=quagga",
        "HTTP_REFERER": "https://quagga.example/",
        "HTTP_USER_AGENT": "quagga",
        "HTTP_X_FORWARDED_FOR": "203.0.113.77",
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_ACCEPT_LANGUAGE": "quagga",
    }
    for address in site.PAGES.values():
        mark = "&" if "?" in address else "?"
        assert ask(made, f"{address}{mark}utm_source=quagga", **mine).status.startswith("200 "), address
    assert len(made.shelf) == len(set(site.PAGES.values()))
    for key, page in made.shelf.pages.items():
        everything = repr((key, page.headers, page.body)).lower()
        assert not [
            word for word in ("quagga", "203.0.113", "csrfmiddlewaretoken", "set-cookie") if word in everything
        ], key


@pytest.mark.parametrize("value", ["off", "on"])
def test_it_can_be_left_out(settings: Any, value: str) -> None:
    settings.PAGE_STORE = value == "on"
    inner = Site()
    assert (wrapping.wrap(inner) is inner) == (value == "off")


def test_every_page_is_the_one_that_the_site_makes(made: PageStore, built: site.Site) -> None:
    for address in site.PAGES.values():
        plain, kept = ask(made, address, HTTP_AUTHORIZATION="Basic x"), ask(made, address)
        assert plain.body == kept.body == ask(made, address).body, address
        differ = {name for name, value in plain.headers.items() if kept.headers.get(name) != value}
        assert differ <= {"Vary", "X-Request-Id"}, address


def test_what_was_left_to_the_first_is_told_to_nobody_else(made: PageStore, built: site.Site, settings: Any) -> None:
    settings.API_LIMITS = True
    for address in ("/search/?q=train", "/feed.atom"):
        first, second = ask(made, address, REMOTE_ADDR="203.0.113.7"), ask(made, address, REMOTE_ADDR="203.0.113.8")
        assert first.status == second.status == "200 OK"
        assert not [name for name in second.headers if name.lower().startswith(("ratelimit", "x-request"))]


@pytest.mark.parametrize(
    ("address", "browsers"),
    [
        ("/", "public, max-age=0"),
        ("/embed/articles/night-trains/", "public, max-age=300"),
        ("/embed/articles/forged/", "public, max-age=300"),
        ("/share.png", "public, max-age=3600"),
        ("/articles/night-trains/editions/2/share.png", "public, max-age=31536000, immutable"),
        ("/feed.atom", "public, no-cache"),
        ("/articles/forged/", ""),
        ("/comments/mine/", "no-store, private"),
    ],
)
def test_a_cache_for_many_keeps_nothing_for_long(
    made: PageStore, built: site.Site, address: str, browsers: str
) -> None:
    told = ask(made, address).headers.get("Cache-Control", "")
    is_kept = "public" in browsers and "no-cache" not in browsers
    assert told == browsers + (", s-maxage=1, stale-while-revalidate=1" if is_kept else "")
