"""The working copy shown as readers would see it: to those who may edit it, and by link; to nobody else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.models import Deed
from articles.models import Article, PreviewLink, Section
from articles.previewing import SIGNER, address_of, find_link, make_link, open_preview, revoke_link
from articles.publishing import publish
from experts.models import Expert
from tests import cast, make
from tests.make import NOW
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HOUR = timedelta(hours=1)
UNKEPT = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


def link_to(article: Article, lasts: timedelta = HOUR, **values: Any) -> PreviewLink:
    return make_link(article, **({"by": None, "now": timezone.now(), "lasts": lasts} | values))


def editor() -> User:
    user: User = make.user("reads-everything", is_superuser=True)
    return user


def body_of(source: str) -> list[str]:
    """What stands below the bar of the preview; without pictures to share, which are drawn of what is published."""
    body = source[source.index("<article") : source.index("</article>")]
    body = re.sub(r'<p class="meta"><a href="[^"]*">Picture to share</a></p>', "", body)
    return re.sub(r'datetime="([^"]*T[^"]*)"', "", body).split()


# --- What it shows ---------------------------------------------------------------------------------------------------


def test_it_is_what_readers_get_after_publishing(client: Client) -> None:
    record = cast.record()
    article = make.article(experts=record.experts.values(), questions=record.questions.values())
    article.topics.add(make.topic())
    article.verdict_positions.set(record.positions[:3])
    Article.objects.filter(pk=article.pk).update(verdict="<p>So.</p>", method="<p>Asked.</p>")
    preview = client.get(address_of(link_to(article, by=editor()))).text
    publish(article, by=None, now=timezone.now())
    live = client.get(reverse("article", args=[article.slug])).text
    assert body_of(preview) == body_of(without_what_begins(live))
    assert len(body_of(live)) > 1000


def without_what_begins(page: str) -> str:
    """With publishing: where readers stand, what can be taken away, the conversation, and the ways to it."""
    page = re.sub(r'<p class="small"><a href="[^"]*/where-do-you-stand/">.*?</p>', "", page, flags=re.DOTALL)
    page = re.sub(r'<section class="takes".*?</section>', "", page, flags=re.DOTALL)
    page = page.replace('<li><a href="#comments">The conversation</a></li>', "")
    page = re.sub(r'<section class="part" id="comments">.*(?=</article>)', "", page, flags=re.DOTALL)
    return re.sub(r'<p class="meta">(?:(?!</p>).)*?/comments/new/.*?</p>', "", page, flags=re.DOTALL)


def test_it_says_what_it_is_and_is_kept_nowhere(client: Client) -> None:
    response = client.get(address_of(link_to(make.article("Trains"))))
    page = Page(response.text)
    assert {name: response[name] for name in UNKEPT} == UNKEPT
    assert "Preview of the working copy, not published." in page.words
    assert [e["content"] for e in page.find("meta") if e["name"] == "robots"] == ["noindex, nofollow"]
    assert [e["content"] for e in page.find("meta") if e["name"] == "referrer"] == ["no-referrer"]
    assert not [e for e in page.find("link") if e["rel"] == "canonical"]
    assert not [e for e in page.find("meta") if e["property"]]
    assert page.find("title")[0].text.startswith("Preview: Trains")
    assert not response.cookies


def test_nothing_of_it_becomes_public(client: Client) -> None:
    article = make.article()
    client.get(address_of(link_to(article)))
    assert not article.editions.exists()
    assert not Expert.objects.exclude(public_at=None).exists()
    assert client.get(reverse("article", args=[article.slug])).status_code == 404


def test_it_shows_the_working_copy_as_it_is_now_not_as_it_was_published(client: Client) -> None:
    article = make.article()
    publish(article, by=None, now=NOW)
    address = address_of(link_to(article))
    Article.objects.update(headline="Rewritten")
    assert "Rewritten" in client.get(address).text
    opened = open_preview(Article.objects.get(), NOW + HOUR)
    assert (opened.edition.pk, opened.edition.number, opened.edition.first_live_at) == (None, 2, NOW)


def test_pictures_of_drafts_load(client: Client) -> None:
    article = make.article(picture=make.picture(), picture_alt="A grey rectangle.", picture_credit="Nobody")
    page = Page(client.get(address_of(link_to(article))).text)
    (shown,) = [e["src"] for e in page.find("img") if e["alt"] == "A grey rectangle."]
    response = client.get(shown)
    assert response.status_code == 200
    response.close()


def unfinished(**values: Any) -> Article:
    return Article.objects.create(slug="unfinished", **values)


def test_what_is_missing_is_named_in_its_place(client: Client) -> None:
    article = unfinished()
    Section.objects.create(article=article, heading="Begun")
    page = Page(client.get(address_of(link_to(article))).text)
    for words in ("[No headline yet]", "[No standfirst yet]", "No author yet", "[Nothing written yet]"):
        assert words in page.words


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"experts": ["Ada"]},
        {"experts": ["Ada", "Bo"]},
        {"questions": ["Trains?"]},
        {"experts": ["Ada"], "questions": ["Trains?", "Ferries?"]},
    ],
)
def test_an_unfinished_article_never_fails(client: Client, parts: dict[str, list[str]]) -> None:
    article = make.article(
        "",
        slug="unfinished",
        standfirst="",
        body="",
        experts=[make.expert(name, public_at=None) for name in parts.get("experts", [])],
        questions=[make.question(wording, public_at=None) for wording in parts.get("questions", [])],
        authors=[],
        picture="pictures/lost.jpg",
    )
    article.verdict_positions.add(make.position(make.expert("Elsewhere"), make.question()))
    article.picture = ""
    article.save()
    assert client.get(address_of(link_to(article))).status_code == 200


# --- Links -----------------------------------------------------------------------------------------------------------


def test_a_link_is_made_and_told() -> None:
    editor, article = make.user(), make.article()
    link = make_link(article, by=editor, now=NOW, lasts=7 * 24 * HOUR, made_for=" Kai ")
    assert (link.made_for, link.made_by, link.expires_at) == ("Kai", editor, datetime(2025, 7, 8, 12, tzinfo=UTC))
    deed = Deed.objects.about(article).get()
    assert (deed.verb, deed.note, deed.detail["link"], deed.by) == ("shared", "Kai", link.pk, editor)
    token = address_of(link).strip("/").split("/")[-1]
    assert find_link(token, NOW) == link
    assert find_link(token, link.expires_at - timedelta(microseconds=1)) == link
    assert find_link(token, link.expires_at) is None


def test_revoking() -> None:
    editor, article = make.user(), make.article()
    link = make_link(article, by=None, now=NOW, lasts=HOUR)
    token = SIGNER.sign(str(link.pk))
    assert revoke_link(link, by=editor, now=NOW) is True
    assert revoke_link(link, by=None, now=NOW + HOUR) is False
    assert find_link(token, NOW) is None
    assert list(Deed.objects.about(article).values_list("verb", flat=True)) == ["revoked", "shared"]
    assert PreviewLink.objects.get().revoked_at == NOW


def test_all_that_opens_nothing_is_answered_alike(client: Client) -> None:
    article, other = make.article(), make.article()
    expired, revoked = link_to(article, -HOUR), link_to(article)
    revoke_link(revoked, by=None, now=timezone.now())
    of_the_deleted = address_of(link_to(other))
    other.delete()
    good = address_of(link_to(article))
    token = good.strip("/").split("/")[-1]
    forged = [
        f"/preview/{made}/"
        for made in (
            "1",
            token[:-1],
            token.split(":")[0],
            token.swapcase(),
            "999:" + token.split(":")[1],
            Signer().sign("1"),
            Signer(salt="articles.preview").sign("9" * 30),
            Signer(salt="articles.preview").sign("x"),
            "%00",
            "é:é",
        )
    ]
    assert client.get(good).status_code == 200
    answers = set()
    for address in (address_of(expired), address_of(revoked), of_the_deleted, *forged):
        response = client.get(address)
        assert response.status_code == 404, address
        assert {name: response[name] for name in UNKEPT} == UNKEPT
        answers.add(response.text.replace(address, "").replace(response.request["PATH_INFO"], ""))
    assert len(answers) == 1


def test_a_link_opens_the_preview_and_nothing_else(client: Client) -> None:
    article = make.article()
    address = address_of(link_to(article))
    assert client.post(address).status_code == 405
    client.get(address)
    assert client.get(reverse("admin:articles_article_change", args=[article.pk])).status_code == 302


# --- In the desk -----------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_same(admin_client: Client) -> None:
    article = make.article("Trains")
    by_link = admin_client.get(address_of(link_to(article, by=editor()))).text
    response = admin_client.get(reverse("admin:articles_article_preview", args=[article.pk]))
    assert body_of(response.text) == body_of(by_link)
    assert "no-store" in response["Cache-Control"]
    assert admin_client.post(reverse("admin:articles_article_preview", args=[article.pk])).status_code == 405


def test_links_are_made_listed_and_revoked_there(admin_client: Client) -> None:
    article = make.article()
    address = reverse("admin:articles_article_links", args=[article.pk])
    page = admin_client.post(address, {"made_for": "Kai <b>", "lasts": "1 day"}, follow=True)
    link = PreviewLink.objects.get()
    assert (link.made_for, str(link.made_by)) == ("Kai <b>", "admin")
    assert link.expires_at - link.made_at == timedelta(days=1)
    (field,) = [e for e in Page(page.text).find("input") if "data-copy" in e.attributes]
    assert field["value"].endswith(address_of(link))
    assert admin_client.get(address_of(link)).status_code == 200
    revoke = reverse("admin:articles_article_links_revoke", args=[article.pk])
    assert "opens nothing any more" in admin_client.post(revoke, {"link": link.pk}, follow=True).text
    assert "closed already" in admin_client.post(revoke, {"link": link.pk}, follow=True).text
    assert admin_client.get(address_of(link)).status_code == 404
    assert address_of(link) not in admin_client.get(address).text


@pytest.mark.parametrize("link", ["", "x", "0", "9" * 18, "9" * 5000, "²"])
def test_revoking_nonsense(admin_client: Client, link: str) -> None:
    revoke = reverse("admin:articles_article_links_revoke", args=[make.article().pk])
    assert "closed already" in admin_client.post(revoke, {"link": link}, follow=True).text


def test_the_link_of_another_article_is_not_revoked(admin_client: Client) -> None:
    link = link_to(make.article())
    revoke = reverse("admin:articles_article_links_revoke", args=[make.article().pk])
    admin_client.post(revoke, {"link": link.pk})
    assert PreviewLink.objects.get().revoked_at is None


@pytest.mark.parametrize("lasts", ["", "1 year", "7"])
def test_no_other_times(admin_client: Client, lasts: str) -> None:
    address = reverse("admin:articles_article_links", args=[make.article().pk])
    assert admin_client.post(address, {"lasts": lasts}).status_code == 200
    assert not PreviewLink.objects.exists()
