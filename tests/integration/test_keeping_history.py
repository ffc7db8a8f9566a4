"""The history of a row: readable, complete, and a way back that loses nothing either."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reversion.models import Version

from aisrace.keeping.history import Entry
from aisrace.keeping.models import Deed, Kept
from aisrace.keeping.saving import keep_new, keeping
from aisrace.lib.figures import minute
from articles.models import Article, ArticleQuestion, Edition, Section
from articles.previewing import make_link, revoke_link
from articles.publishing import publish
from experts.models import Affiliation, Answer, Expert, Position, Source
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def address(row: Model | type[Model], page: str, *args: Any) -> str:
    keys = [row.pk] if isinstance(row, Model) else []
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[*keys, *args])


def read(client: Client, row: Model, query: str = "") -> tuple[list[Entry], str]:
    page = client.get(address(row, "history") + query)
    assert page.status_code == 200
    return [*page.context["entries"]], page.content.decode()


def change(row: Kept, by: Any = None, **values: Any) -> None:
    with keeping(row, by=by, now=NOW) as fresh:
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save()


def places(entry: Entry) -> list[str]:
    return [one.place for one in entry.changes]


def said(entry: Entry, place: str, op: str) -> str:
    [found] = [one for one in entry.changes if one.place == place]
    return " ".join(part.text for part in found.parts if part.op == op)


def restore(client: Client, row: Kept, number: int, **form: Any) -> Any:
    """Go back to the version of that number."""
    entries, _ = read(client, row)
    [revision] = [entry.revision for entry in entries if entry.version == number]
    row.refresh_from_db()
    where = address(row, "restoration", revision)
    assert client.get(where).status_code == 200
    return client.post(where, {"version": row.version} | form, follow=True)


@pytest.fixture
def article() -> Article:
    return make.article("Who believes in night trains", body="<p>It begins at the old station.</p>")


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_a_row_without_a_history_says_so(admin_client: Client, article: Article) -> None:
    entries, text = read(admin_client, article)
    assert entries == []
    assert "Nothing has been kept yet" in text


def test_what_changed_is_told_word_by_word(admin_client: Client, article: Article) -> None:
    ada = make.user("ada", first_name="Ada", last_name="Fernwick")
    change(article, ada, body="<p>It begins at the <em>new</em> station.</p>", headline="Who doubts night trains")
    entries, text = read(admin_client, article)
    assert [(entry.verb, entry.who, entry.version) for entry in entries] == [
        ("changed", "Ada Fernwick", 2),
        ("found", "", 1),
    ]
    assert places(entries[0]) == ["Headline", "Introduction"]
    assert (said(entries[0], "Introduction", "removed"), said(entries[0], "Introduction", "added")) == ("old", "new")
    assert "<del>believes in</del>" in text
    assert "<ins>doubts</ins>" in text
    assert "&lt;em&gt;" not in text


def test_parts_are_told_by_name_and_other_rows_by_theirs(admin_client: Client, article: Article) -> None:
    topic, cato = make.topic("Rails"), make.expert("Cato Lund")
    with keeping(article, by=None, now=NOW) as row:
        first, second = row.sections.all()
        first.body = "<p>What Ada now holds.</p>"
        first.save()
        second.delete()
        Section.objects.create(article=row, expert=cato, body="<p>New.</p>", order=7)
        row.topics.add(topic)
    [entry, _], text = read(admin_client, article)
    assert places(entry) == [
        "Topics",
        "Section “Ada Fernwick” · Body",
        "Section “Cato Lund” · Order",
        "Section “Cato Lund” · Expert",
        "Section “Cato Lund” · Body",
        "Section “Bo Quillane” (removed) · Order",
        "Section “Bo Quillane” (removed) · Expert",
        "Section “Bo Quillane” (removed) · Body",
    ]
    assert said(entry, "Topics", "added") == "Rails"
    assert said(entry, "Section “Cato Lund” · Expert", "added") == "Cato Lund"
    assert said(entry, "Section “Bo Quillane” (removed) · Body", "removed") == "What Bo Quillane holds."
    assert "Section “Ada Fernwick” · Body" in text


def test_deeds_stand_in_the_same_timeline(admin_client: Client, article: Article) -> None:
    change(article, headline="Newer")
    publish(article, by=make.user("ada"), now=NOW, note="")
    entries, _ = read(admin_client, article)
    assert [entry.verb for entry in entries].count("published") == 1
    assert len(entries) == 3


def test_deeds_name_what_they_were_done_to(admin_client: Client, article: Article) -> None:
    ada = make.user("ada")
    publish(article, by=ada, now=NOW, note="")
    Article.objects.update(headline="Newer")
    article.refresh_from_db()
    publish(article, by=ada, now=NOW, at=NOW + timedelta(days=3), note="", kind=Edition.Kind.UPDATE)
    link = make_link(article, by=ada, now=NOW, lasts=timedelta(days=1), made_for="Bo <b>")
    revoke_link(link, by=ada, now=NOW)
    entries, text = read(admin_client, article)
    assert [entry.sentence for entry in entries if entry.who] == [
        "ada revoked the preview link for Bo <b>",
        "ada made a preview link for Bo <b>",
        f"ada scheduled edition 2 for {minute(NOW + timedelta(days=3))}",
        "ada published edition 1",
    ]
    assert text.count("Bo &lt;b&gt;") == 2, "once each, not again as a note"


def test_names_of_rows_that_are_gone_are_told_as_gone(admin_client: Client, article: Article) -> None:
    topic = make.topic("Rails")
    with keeping(article, by=None, now=NOW) as row:
        row.topics.add(topic)
    key = topic.pk
    topic.delete()
    [entry, _], _ = read(admin_client, article)
    assert said(entry, "Topics", "added") == f"(topic {key}, deleted)"


def test_hostile_text_is_text(admin_client: Client) -> None:
    source = make.source()
    change(source, title="<script>alert(1)</script>")
    _, text = read(admin_client, source)
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_two_versions_can_be_compared(admin_client: Client, article: Article) -> None:
    for headline in ("Two", "Three", "Four"):
        change(article, headline=headline)
    entries, _ = read(admin_client, article)
    revision = {entry.version: entry.revision for entry in entries}
    page = admin_client.get(address(article, "history"), {"from": revision[2], "to": revision[4]})
    [compared] = page.context["compared"].changes
    assert [(part.op, part.text) for part in compared.parts] == [("removed", "Two"), ("added", "Four")]
    text = page.content.decode()
    assert "From version 2 to version 4" in text
    assert f'name="from" value="{revision[2]}" checked' in text
    assert f'name="to" value="{revision[4]}" checked' in text
    assert text.count(" checked>") == 2


@pytest.mark.parametrize("query", ["?from=1&to=999999", "?from=x&to=1", "?from=1", "?page=77", "?page=x&from=²&to=1"])
def test_what_cannot_be_compared_is_no_error(admin_client: Client, article: Article, query: str) -> None:
    change(article, headline="Two")
    read(admin_client, article, query)


def test_a_revision_of_another_row_is_not_shown(admin_client: Client, article: Article) -> None:
    other = make.article("Other")
    change(other, standfirst="BAIT")
    change(article, headline="Two")
    [entry, _], _ = read(admin_client, other)
    _, text = read(admin_client, article, f"?from={entry.revision}&to={entry.revision}")
    assert "BAIT" not in text
    assert "not a version of this article" in text
    assert admin_client.get(address(article, "restoration", entry.revision)).status_code == 404


def test_the_page_costs_the_same_at_any_length(admin_client: Client, article: Article) -> None:
    def cost(query: str = "") -> int:
        with CaptureQueriesContext(connection) as queries:
            read(admin_client, article, query)
        return len(queries)

    people = [make.user(f"editor-{n}") for n in range(5)]

    def work(n: int) -> None:
        topic, expert = make.topic(f"Topic {n}"), make.expert(f"Expert {n}")
        with keeping(article, by=people[n % 5], now=NOW) as row:
            row.headline = f"Headline {n}"
            row.save()
            row.topics.add(topic)
            Section.objects.create(article=row, expert=expert, body=f"<p>{n}</p>")
            row.verdict_positions.add(make.position(expert, make.question(f"Question {n}?")))

    work(0)
    cost()
    before = cost()
    for n in range(1, 26):
        work(n)
    entries, _ = read(admin_client, article)
    assert len(entries) == 20
    assert cost() == cost("?page=2") == before <= 15


def test_who_may_not_see_it_sees_no_history(client: Client, article: Article) -> None:
    change(article, headline="BAIT")
    user = make.user("contributor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_article", "change_article"]))
    client.force_login(user)
    [newest, *_] = Version.objects.get_for_object(article)
    for where in (address(article, "history"), address(article, "restoration", newest.revision_id)):
        page = client.get(where)
        assert page.status_code in (403, 404)
        assert "BAIT" not in page.content.decode()


# --- Rows beside it --------------------------------------------------------------------------------------------------


def test_related_rows_tell_their_changes_since_it_began(
    admin_client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = Position.objects.all()[0]
    from articles.admin.articles import ArticleAdmin

    related = [Position.objects.filter(expert=position.expert)]
    monkeypatch.setattr(ArticleAdmin, "related_history", lambda self, request, row: related)
    change(article, headline="Begun")
    change(position, summary="In other words.", source=make.source("Another"))
    read(admin_client, article)
    with CaptureQueriesContext(connection) as queries:
        entries, _ = read(admin_client, article)
    assert len(queries) <= 16
    told = [entry for entry in entries if any(one.place.endswith("· Summary") for one in entry.changes)]
    assert any(said(entry, f"{position} · Summary", "added") == "other words." for entry in told)
    assert all(entry.revision is None for entry in told), "the article cannot be taken back to it"


def test_a_position_recorded_later_is_told_with_its_article(admin_client: Client, article: Article) -> None:
    """As the article's own page knows what belongs to it, for a question that came later too; and no other's."""
    change(article, headline="Begun")
    bo, question = Expert.objects.get(name="Bo Quillane"), make.question("Do trains pay?")
    ArticleQuestion.objects.create(article=article, question=question)
    for expert in (bo, make.expert("Nobody Here")):
        position = make.position(expert, question, summary=f"{expert} has counted.")
        keep_new(position, by=make.user(expert.name.split()[0]), now=NOW + timedelta(hours=1))
    entries, text = read(admin_client, article)
    assert (entries[0].sentence, entries[0].revision) == ("Bo added a position", None)
    assert any(one.place.endswith("· Summary") for one in entries[0].changes)
    assert "Bo Quillane has counted." in text
    assert "Nobody Here has counted." not in text


# --- Going back ------------------------------------------------------------------------------------------------------


def test_an_old_version_becomes_the_newest(admin_client: Client, article: Article) -> None:
    first, second = article.sections.all()
    topic = make.topic("Rails")
    article.topics.add(topic)
    with keeping(article, by=None, now=NOW) as row:
        row.headline = "Newer"
        row.save()
        row.topics.clear()
        row.sections.filter(pk=first.pk).update(body="<p>Newer.</p>")
        row.sections.filter(pk=second.pk).delete()
        Section.objects.create(article=row, heading="Newest", body="<p>Newest.</p>")
    restore(admin_client, article, 1)
    article.refresh_from_db()
    assert (article.headline, article.version) == ("Who believes in night trains", 3)
    assert [*article.topics.all()] == [topic]
    assert [(s.pk, s.body) for s in article.sections.order_by("pk")] == [
        (first.pk, "<p>What Ada Fernwick holds.</p>"),
        (second.pk, "<p>What Bo Quillane holds.</p>"),
    ]
    deed = Deed.objects.about(article)[0]
    assert (deed.verb, deed.note) == ("restored", "As it was in version 1.")
    entries, _ = read(admin_client, article)
    assert [entry.version for entry in entries] == [3, 2, 1], "what was restored over is still there"
    restore(admin_client, article, 2)
    assert {section.heading for section in article.sections.all()} == {"", "Newest"}


def test_what_readers_read_stays(admin_client: Client, article: Article) -> None:
    publish(article, by=make.user("ada"), now=NOW)
    before = Edition.objects.values().get()
    change(article, headline="Newer")
    restore(admin_client, article, 1)
    assert Edition.objects.values().get() == before


def test_the_page_shows_what_will_change_and_changes_nothing(admin_client: Client, article: Article) -> None:
    change(article, headline="Newer")
    entries, _ = read(admin_client, article)
    page = admin_client.get(address(article, "restoration", entries[1].revision)).content.decode()
    assert "<del>Newer</del>" in page
    article.refresh_from_db()
    assert article.headline == "Newer"


def test_a_restoration_that_was_overtaken_is_refused(admin_client: Client, article: Article) -> None:
    change(article, headline="Newer")
    page = restore(admin_client, article, 1, version=1)
    article.refresh_from_db()
    assert article.headline == "Newer"
    assert "saved a newer version" in page.content.decode()
    restore(admin_client, article, 1, version="")
    article.refresh_from_db()
    assert article.headline == "Newer"


def test_parts_that_changed_places_come_back(admin_client: Client, article: Article) -> None:
    first, second = article.sections.all()
    with keeping(article, by=None, now=NOW) as row:
        row.sections.filter(pk=first.pk).update(expert=None, heading="x")
        row.sections.filter(pk=second.pk).update(expert=first.expert)
        row.sections.filter(pk=first.pk).update(expert=second.expert, heading="")
    restore(admin_client, article, 1)
    assert [s.expert for s in article.sections.order_by("pk")] == [first.expert, second.expert]


def test_what_is_gone_is_said(admin_client: Client, article: Article) -> None:
    topic = make.topic("Rails")
    article.topics.add(topic)
    [asked] = article.articlequestion_set.all()
    other = make.question("Another?")
    with keeping(article, by=None, now=NOW) as row:
        row.topics.clear()
        row.articlequestion_set.update(question=other)
    topic.delete()
    Position.objects.all().delete()
    asked.question.delete()
    page = restore(admin_client, article, 1).content.decode()
    assert "Topics: 1 of 1 are no longer there." in page
    assert "cannot come back: its question is gone." in page
    assert not ArticleQuestion.objects.filter(article=article).exists()


def test_an_address_that_another_has_by_now_stays(admin_client: Client, article: Article) -> None:
    old = article.slug
    change(article, slug="new-address", headline="Newer")
    make.article("Other", slug=old)
    page = restore(admin_client, article, 1).content.decode()
    article.refresh_from_db()
    assert (article.slug, article.headline) == ("new-address", "Who believes in night trains")
    assert "Slug stays as it is" in page


def test_answers_that_positions_rest_on_stay(admin_client: Client) -> None:
    question = make.question()
    scale = question.scale
    with keeping(scale, by=None, now=NOW) as row:
        newer = Answer.objects.create(scale=row, label="Newer", value=9)
        row.description = "Newer"
        row.save()
    make.position(make.expert(), question, "Newer")
    page = restore(admin_client, scale, 1).content.decode()
    assert Answer.objects.filter(pk=newer.pk).exists()
    assert "stays: other rows rest on it" in page


def test_dates_from_which_readers_see_a_row_stay(admin_client: Client) -> None:
    expert = make.expert(public_at=None, bio="Old")
    change(expert, bio="New", public_at=NOW)
    restore(admin_client, expert, 1)
    expert.refresh_from_db()
    assert (expert.bio, expert.public_at) == ("Old", NOW)


def test_restoring_needs_the_right_to_change(client: Client, article: Article) -> None:
    change(article, headline="Newer")
    user = make.user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_article", "edit_any_article"]))
    client.force_login(user)
    entries, text = read(client, article)
    assert "Restore as a new draft" not in text
    where = address(article, "restoration", entries[1].revision)
    assert client.get(where).status_code == 403
    assert client.post(where, {"version": 2}).status_code == 403
    article.refresh_from_db()
    assert article.headline == "Newer"


# --- What was deleted ------------------------------------------------------------------------------------------------


def delete(client: Client, row: Kept) -> None:
    row.refresh_from_db()
    assert client.post(address(row, "delete"), {"post": "yes", "version": row.version}).status_code == 302


def bring_back(client: Client, model: type[Model]) -> str:
    [(version, _)] = client.get(address(model, "deleted")).context["rows"]
    return client.post(address(model, "return", version.pk), follow=True).content.decode()


def test_a_deleted_row_comes_back_with_its_parts(admin_client: Client) -> None:
    expert = make.expert("Cato Lund", bio="Knows the tracks.")
    make.affiliation(expert, "Signal Works")
    delete(admin_client, expert)
    assert not Affiliation.objects.exists()
    assert "Cato Lund" in admin_client.get(address(Expert, "deleted")).content.decode()
    assert "is back" in bring_back(admin_client, Expert)
    back = Expert.objects.get()
    assert (back.pk, back.bio, back.version, back.public_at) == (expert.pk, "Knows the tracks.", 2, None)
    assert [str(role) for role in back.affiliations.all()] == ["Signal Works"]
    assert [deed.verb for deed in Deed.objects.about(back)] == ["brought back", "deleted"]
    assert admin_client.get(address(Expert, "deleted")).context["rows"] == []


def test_what_cannot_come_back_is_said(admin_client: Client) -> None:
    expert = make.expert("Cato Lund", slug="cato")
    delete(admin_client, expert)
    make.expert("Another", slug="cato")
    assert "cannot come back" in bring_back(admin_client, Expert)
    assert Expert.objects.count() == 1


def test_an_article_comes_back(admin_client: Client, article: Article) -> None:
    writer = make.user("writer")
    Article.objects.update(entered_by=writer)
    delete(admin_client, article)
    writer.delete()
    bring_back(admin_client, Article)
    back = Article.objects.get()
    assert (back.sections.count(), back.authors.count(), back.questions.count()) == (2, 1, 1)
    assert back.entered_by is None


def test_contributors_bring_back_their_own_only(client: Client, admin_client: Client) -> None:
    user = make.user("contributor", is_staff=True)
    wanted = ["view_source", "add_source", "change_source"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    own, other = make.source("Own", entered_by=user), make.source("BAIT")
    for source in (own, other):
        delete(admin_client, source)
    client.force_login(user)
    page = client.get(address(Source, "deleted"))
    assert [str(version) for version, _ in page.context["rows"]] == ["Own, The Timetable"]
    assert "BAIT" not in page.content.decode()
    versions = {str(v): v.pk for v, _ in admin_client.get(address(Source, "deleted")).context["rows"]}
    assert client.post(address(Source, "return", versions["BAIT, The Timetable"])).status_code == 404
    assert client.get(address(Source, "return", versions["Own, The Timetable"])).status_code == 405
    client.post(address(Source, "return", versions["Own, The Timetable"]))
    assert [source.title for source in Source.objects.all()] == ["Own"]


def test_without_permission_nothing_comes_back(client: Client, admin_client: Client) -> None:
    delete(admin_client, make.source("BAIT"))
    client.force_login(make.user("nobody", is_staff=True))
    assert client.get(address(Source, "deleted")).status_code == 403
    [(version, _)] = admin_client.get(address(Source, "deleted")).context["rows"]
    assert client.post(address(Source, "return", version.pk)).status_code == 403
    assert not Source.objects.exists()
