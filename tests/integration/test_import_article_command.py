"""`manage.py import_article --dry-run`: exactly one object on stdout, or one clear message."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article

pytestmark = pytest.mark.one_database

SHAPES = Path(__file__).resolve().parents[1] / "data" / "articles"


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_article", str(path), *options, stdout=out)
    return out.getvalue()


def test_the_keys_are_those_that_others_rely_on() -> None:
    said = json.loads(run(SHAPES / "numbered.txt", "--dry-run", "--json"))
    assert said.keys() >= {"headline", "standfirst", "authors", "date", "sections", "verdict", "leftovers"}
    assert (said["headline"], said["date"]) == ("Will Harbour Towns Keep Their Ferries?", "2025-03-14")
    assert said["standfirst"] == ""
    section = said["sections"][2]
    assert section.keys() >= {"heading", "expert", "text", "quotes", "links"}
    assert (section["heading"], section["expert"]) == ("3. Jean Pierre Aubert", "Jean-Pierre Aubert")
    assert section["quotes"][0]["verbatim"] is True
    assert {"text", "speaker"} < section["quotes"][0].keys()
    assert all(left.keys() == {"text", "why"} for left in said["leftovers"])
    assert said["sections"][1]["source_hints"] == ["Find the full study here."]


def test_links_carry_their_address() -> None:
    said = json.loads(run(SHAPES / "brackets.md", "--dry-run", "--json"))
    assert said["sections"][0]["links"] == [{"text": "annual report", "url": "https://example.org/tidewater"}]


def test_people_are_told_what_became_of_it() -> None:
    said = run(SHAPES / "blockquotes.html", "--dry-run")
    assert "Headline    Three readings of the bee count" in said
    assert "1. Greta Anselm: Greta Anselm (ecologist, Field Station); 1 quotes, 0 links" in said
    assert "cookie notice: We and our partners use cookies. Accept all" in said


def test_what_cannot_be_read_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text('<div id="root"></div><noscript>Please enable JavaScript.</noscript>')
    with pytest.raises(CommandError, match="drawn by a script") as caught:
        run(path, "--dry-run", "--json")
    assert caught.value.returncode == 1


@pytest.mark.django_db
def test_a_dry_run_makes_nothing() -> None:
    run(SHAPES / "roll.txt", "--dry-run")
    assert not Article.objects.exists()
