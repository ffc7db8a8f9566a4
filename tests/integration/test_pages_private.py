"""What is not public leaks nowhere. Every private thing carries bait: a word that no public page may hold.

Each bait hangs where it would show if the page forgot to look: private positions of public experts on public questions,
drafts with public authors and topics, an edition that waits for tomorrow.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aisrace.keeping.trail import record
from articles.models import Article, Edition, Excerpt, Intake, Presence, PreviewLink
from articles.publishing import publish, withdraw
from experts.models import Affiliation, Expert
from tests import make, site
from tests.pages import crawl, visit

pytestmark = [pytest.mark.django_db, pytest.mark.searching]

BAIT = "zorkmid"
TOMORROW = timedelta(days=1)
CONTROLS = [
    "The engine hums loudly in the dark",
    "“They will, and on time.”",
    "A speech on platform nine",
    "Cato Mirrenby",
    "Should locomotives change at borders?",
    "Night trains",
    "Nell Upham",
    "Engineer, Signal Works",
    "Rejects the question",
    "Declined to answer",
]


def bait(where: str) -> str:
    return f"{BAIT} {where}"


def stands_on() -> site.Site:
    made = site.build()
    hide_in_drafts(made)
    hide_in_editions(made)
    hide_in_the_record(made)
    return made


@pytest.fixture(autouse=True)
def built(standing: site.Site) -> site.Site:
    return standing


def hide_in_the_record(made: site.Site) -> None:
    ada, trains = made.record.experts["ada"], made.record.questions["trains"]
    tomorrow = timezone.now() + TOMORROW
    words = {"summary": bait("summary"), "source": make.source(bait("source"))}
    hidden = [
        make.expert(bait("expert"), public_at=None, bio=bait("bio")),
        make.expert(bait("expert of tomorrow"), public_at=tomorrow),
    ]
    for expert in hidden:
        make.position(expert, trains, **words)
        make.affiliation(expert, bait("organisation"))
    asked = make.question(bait("question"), public_at=None, label=bait("label"), background=bait("background"))
    later = make.question(bait("question of tomorrow"), public_at=tomorrow)
    for question in (asked, later):
        question.topics.add(made.topic)
        make.position(ada, question, **words)
    # The answers alone would show: these would be the newest positions of all.
    today = timezone.localdate()
    make.quote(make.position(ada, trains, "It depends", public_at=None, stated_on=today, **words), bait("quote"))
    make.quote(
        make.position(ada, made.record.questions["gap"], public_at=tomorrow, stated_on=today, **words), bait("quote")
    )


def hide_in_drafts(made: site.Site) -> None:
    draft = make.article(
        bait("draft"),
        standfirst=bait("standfirst"),
        body=f"<p>{bait('body')}</p>",
        experts=list(made.record.experts.values()),
        questions=[made.record.questions["trains"]],
        authors=[make.author(bait("author"), bio=bait("bio")), *made.article.authors.all()],
    )
    draft.topics.add(made.topic)
    site.rewrite(
        made.article,
        headline=bait("headline"),
        standfirst=bait("standfirst"),
        body=f"<p>{bait('body')}</p>",
        verdict=f"<p>{bait('verdict')}</p>",
        method=f"<p>{bait('method')}</p>",
    )
    made.article.sections.update(body=f"<p>{bait('section')}</p>")
    for article in (draft, made.article):
        hide_around(article)


def hide_around(article: Article) -> None:
    """Who works on it, who may look at it, where it came from, what was done to it."""
    now = timezone.now()
    who, name = make.user(bait(f"person {article.pk}")), bait("document")
    Presence.objects.create(article=article, user=who, seen_at=now)
    PreviewLink.objects.create(
        article=article, made_for=bait("guest"), made_by=who, made_at=now, expires_at=now + TOMORROW
    )
    Intake.objects.create(article=article, key=f"{name} {article.pk}", name=name, text=bait("text"), brought_at=now)
    expert = article.sections.all()[0].expert
    Excerpt.objects.create(article=article, expert=expert, speaker=bait("speaker"), words=bait("words"))
    record("changed", article, by=who, now=now, note=bait("note of a deed"), changes=bait("detail"))


def hide_in_editions(made: site.Site) -> None:
    now = timezone.now()
    scheduled = make.article(
        bait("scheduled"),
        experts=[make.expert(bait(f"scheduled expert {n}"), public_at=None) for n in range(2)],
        questions=[],
    )
    question = make.question(bait("scheduled question"), public_at=None)
    scheduled.questions.add(question)
    for section in scheduled.sections.all():
        make.position(section.expert, question, public_at=None, summary=bait("scheduled position"))
    scheduled.topics.add(made.topic)
    publish(scheduled, by=None, now=now, at=now + TOMORROW)
    publish(made.article, by=None, now=now, at=now + TOMORROW, kind=Edition.Kind.CLARIFICATION, note=bait("note"))

    gone = make.article("Taken back", slug="taken-back", standfirst=bait("standfirst"), body=f"<p>{bait('body')}</p>")
    publish(gone, by=None, now=now)
    withdraw(gone, by=None, now=now, reason="It was wrong.")


def private_addresses() -> Iterator[str]:
    now = timezone.now()
    for expert in Expert.objects.exclude(public_at__lte=now):
        yield f"/experts/{expert.slug}/"
    for edition in Edition.objects.scheduled(now):
        yield f"/articles/{edition.slug}/editions/{edition.number}/"


def test_the_bait_is_out(client: Client, built: site.Site) -> None:
    """Without this the other tests could pass because nothing was hidden."""
    hidden = list(private_addresses())
    assert len(hidden) == 6
    assert Excerpt.objects.count() == Intake.objects.count() == PreviewLink.objects.count() == 2
    assert Affiliation.objects.filter(organisation__startswith=BAIT).count() == 2
    assert Edition.objects.scheduled(timezone.now()).count() == 2
    built.article.refresh_from_db()
    assert built.article.headline.startswith(BAIT)


def test_no_page_that_can_be_reached_holds_bait_and_together_they_hold_all_that_is_public(client: Client) -> None:
    pages = crawl(client)
    assert len(pages) > 25
    assert [address for address, page in pages.items() if BAIT in page.source.lower()] == []
    everything = " ".join(page.words for page in pages.values())
    assert [control for control in CONTROLS if control not in everything] == []


def test_no_list_comparison_or_search_holds_bait(client: Client) -> None:
    experts = "&".join(f"expert={slug}" for slug in ("ada", "bo", "cato", "dara", "elm"))
    addresses = [
        *("/experts/", "/questions/", "/articles/", "/compare/", "/compare/?expert=ada", f"/compare/?{experts}"),
        *(f"/experts/ada/?show={show}" for show in ("answered", "quoted", "blank")),
        *(f"/questions/trains/?show={show}" for show in ("quoted", "blank")),
        *(f"{place}as_of=9999-12-31" for place in ("/experts/ada/?", "/questions/trains/?", "/questions/gap/?")),
        *("/questions/?topic=night-trains", f"/compare/?{experts}&as_of=9999-12-31"),
    ]
    for address in addresses:
        assert BAIT not in visit(client, address).source.lower(), address


def test_looking_for_bait_finds_nothing(client: Client) -> None:
    for place in ("/experts/", "/questions/", "/experts/ada/"):
        page = visit(client, f"{place}?q={BAIT}")
        assert BAIT not in page.words.lower()
        assert page.find("div", "empty"), place


def test_private_answers_are_in_no_number(client: Client) -> None:
    # As in tests/cast.py: five on the axis of trains, none of them off it.
    table = visit(client, "/questions/trains/").find("table", "distribution")[0]
    assert table.find("tbody")[0].rows[-1][0] == "Very likely"
    assert "5 experts on the scale." in table.texts("caption")[0]
    assert "7 answers on record" in visit(client, "/experts/ada/").words
    assert "Engineer, Signal Works · 7 answers" in visit(client, "/experts/").texts("span", "meta")
    assert [e["aria-label"] for e in visit(client, "/questions/?q=2040").find("svg", "stack")] == [
        "Very unlikely 1, Even 1, Likely 1, Very likely 2"
    ]


def test_guessing_an_address_finds_nothing(client: Client) -> None:
    for address in private_addresses():
        assert BAIT not in visit(client, address, 404).words.lower()
    for slug in (f"{BAIT}-draft", f"{BAIT}-scheduled"):
        assert client.get(f"/articles/{slug}/").status_code == 404


def test_an_author_without_a_live_article_is_unknown(client: Client) -> None:
    author = make.author(bait("second author"))
    assert client.get(author.get_absolute_url()).status_code == 404


def test_a_withdrawn_article_shows_its_reason_and_nothing_else(client: Client) -> None:
    for place in ("", "editions/", "editions/1/"):
        page = visit(client, f"/articles/taken-back/{place}", 410)
        assert BAIT not in page.source.lower()
        assert "It was wrong." in page.words


def test_signing_in_shows_no_more(client: Client) -> None:
    client.force_login(make.user(is_staff=True, is_superuser=True))
    for address in site.PAGES.values():
        assert BAIT not in visit(client, address).source.lower()
