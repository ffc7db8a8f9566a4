"""Two editors at one row: the second save shows both texts and overwrites nothing, whichever way it comes."""

from typing import Any

import lxml.html
import pytest
import reversion
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from reversion.models import Version

from aisrace.keeping.models import Deed
from aisrace.keeping.saving import Overtaken, keeping
from articles.models import Article, Section
from experts.models import Expert, Position, Question, Source
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

type Form = dict[str, list[str]]


def address(row: Model | type[Model], page: str, *args: Any) -> str:
    keys = [row.pk] if isinstance(row, Model) else []
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[*keys, *args])


def read_form(page: HttpResponse) -> Form:
    """What a browser would send from the page."""
    [form] = lxml.html.fromstring(page.content).xpath("//div[@id='content']//form[.//input[@name='version']]")
    values: Form = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value.removeprefix("\n"))  # the one that a textarea begins with
    empty = form.xpath(".//input[@name and not(@value) and not(@type='checkbox' or @type='radio' or @type='file')]")
    return {field.name: [""] for field in empty} | values


def open_form(client: Client, row: Model) -> Form:
    page = client.get(address(row, "change"))
    assert page.status_code == 200
    return read_form(page)


def save(client: Client, row: Model, form: Form, **changes: str) -> Any:
    return client.post(address(row, "change"), form | {name: [value] for name, value in changes.items()})


def is_saved(page: HttpResponse) -> bool:
    return page.status_code == 302


def sign_in(name: str, **values: Any) -> Client:
    client = Client()
    client.force_login(make.user(name, **{"is_staff": True, "is_superuser": True} | values))
    return client


@pytest.fixture
def ada() -> Client:
    return sign_in("ada", first_name="Ada", last_name="Fernwick")


@pytest.fixture
def grace() -> Client:
    return sign_in("grace", first_name="Grace", last_name="Hollis")


@pytest.fixture
def article() -> Article:
    return make.article(
        "Who believes in night trains",
        standfirst="Two who know the tracks.",
        body="<p>It begins at the old station.</p>",
        method="<p>We asked.</p>",
    )


# --- One after the other ---------------------------------------------------------------------------------------------


def test_a_save_raises_the_version_and_keeps_both(ada: Client, article: Article) -> None:
    assert is_saved(save(ada, article, open_form(ada, article), headline="Who doubts night trains"))
    article.refresh_from_db()
    assert (article.headline, article.version) == ("Who doubts night trains", 2)
    kept = [version.field_dict["version"] for version in Version.objects.get_for_object(article)]
    assert kept == [2, 1], "the first was kept before it was changed"
    deed = Deed.objects.about(article).get()
    assert (deed.verb, deed.by_name, deed.detail["saved_version"]) == ("changed", "Ada Fernwick", 2)


def test_a_save_that_changes_nothing_leaves_no_trace(ada: Client, article: Article) -> None:
    article.standfirst = "Two lines,\none below the other."
    article.save()
    before = Article.objects.get().changed_at
    form = open_form(ada, article)
    # As browsers send line ends.
    form = {name: [value.replace("\n", "\r\n") for value in values] for name, values in form.items()}
    assert is_saved(save(ada, article, form))
    after = Article.objects.get()
    assert after.version == 1
    assert abs((after.changed_at - before).total_seconds()) < 0.01
    assert not Deed.objects.exists()


def test_a_new_row_has_its_first_version(ada: Client) -> None:
    form = read_form(ada.get(address(Source, "add")))
    assert is_saved(ada.post(address(Source, "add"), form | {"title": ["Notes"]}))
    source = Source.objects.get()
    assert (source.version, source.entered_by.username) == (1, "ada")
    assert [version.field_dict["title"] for version in Version.objects.get_for_object(source)] == ["Notes"]


def test_a_change_in_a_part_alone_raises_the_version(ada: Client, article: Article) -> None:
    form = open_form(ada, article)
    assert is_saved(save(ada, article, form, **{"sections-0-body": "<p>Other words.</p>"}))
    article.refresh_from_db()
    assert article.version == 2


# --- Two at once -----------------------------------------------------------------------------------------------------


def test_the_second_save_is_shown_both_texts(ada: Client, grace: Client, article: Article) -> None:
    hers, mine = open_form(ada, article), open_form(grace, article)
    assert is_saved(save(ada, article, hers, headline="Ada doubts trains", method="<p>Ada asked.</p>"))
    page = save(grace, article, mine, headline="Grace doubts trains", standfirst="Grace knows the tracks.")
    assert page.status_code == 200
    article.refresh_from_db()
    assert (article.headline, article.standfirst) == ("Ada doubts trains", "Two who know the tracks.")

    form = read_form(page)
    assert form["version"] == ["2"]
    assert form["headline"] == ["Grace doubts trains"], "mine stays where both changed"
    assert form["standfirst"] == ["Grace knows the tracks."], "mine alone"
    assert form["method"] == ["<p>Ada asked.</p>"], "theirs alone"
    text = page.content.decode()
    assert "Ada Fernwick saved a newer version on" in text
    assert "<ins>Ada doubts</ins>" in text
    assert "<ins>Grace doubts</ins>" in text
    assert text.count("Ada Fernwick saved a newer version on") == 1, "once, in the panel"
    assert "errornote" not in text
    merge = page.context["merge"]
    assert [one.place for one in merge.conflicts] == ["Headline"]
    assert [one.place for one in merge.taken] == ["How this was made"]
    assert [one.place for one in merge.own] == ["Standfirst"]

    assert is_saved(save(grace, article, form)), "saving again is deliberate"
    article.refresh_from_db()
    assert (article.headline, article.standfirst, article.method, article.version) == (
        "Grace doubts trains",
        "Grace knows the tracks.",
        "<p>Ada asked.</p>",
        3,
    )


def test_what_else_is_wrong_is_told_beside_the_panel(ada: Client, grace: Client, article: Article) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), standfirst="Ada's.")
    page = save(grace, article, mine, slug="no slug!")
    text = page.content.decode()
    assert "errornote" in text
    assert "Enter a valid “slug”" in text
    assert text.count("Ada Fernwick saved a newer version on") == 1


def test_saving_again_is_checked_again(ada: Client, grace: Client, article: Article) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), headline="First")
    again = read_form(save(grace, article, mine, headline="Mine"))
    save(ada, article, open_form(ada, article), headline="Second")
    page = save(grace, article, again)
    assert page.status_code == 200
    assert Article.objects.get().headline == "Second"
    assert read_form(page)["headline"] == ["Mine"]


@pytest.mark.parametrize("version", ["", "0", "7", "x", "²", "99999999999999999999"])
def test_a_version_that_cannot_be_saves_nothing(grace: Client, article: Article, version: str) -> None:
    page = save(grace, article, open_form(grace, article), headline="BAIT", version=version)
    assert page.status_code == 200
    assert Article.objects.get().headline == "Who believes in night trains"
    text = page.content.decode()
    assert "was not kept" in text
    assert "saved a newer version" in text or "which version you began from" in text
    assert [one.place for one in page.context["merge"].conflicts] == ["Headline"]


def test_without_a_version_nothing_is_saved(grace: Client, article: Article) -> None:
    form = open_form(grace, article)
    del form["version"]
    assert save(grace, article, form, headline="BAIT").status_code == 200
    assert Article.objects.get().headline == "Who believes in night trains"


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother", "_popup"])
def test_every_way_of_saving_is_checked(ada: Client, grace: Client, article: Article, button: str) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), headline="Theirs")
    assert save(grace, article, mine, headline="BAIT", **{button: "1"}).status_code == 200
    assert Article.objects.get().headline == "Theirs"


def test_every_kind_of_row_is_checked(ada: Client, grace: Client) -> None:
    source, question = make.source(), make.question()
    rows: list[tuple[Any, str]] = [
        (source, "title"),
        (question, "background"),
        (question.scale, "name"),
        (make.topic(), "name"),
        (make.author(), "bio"),
        (make.expert(), "bio"),
        (make.position(make.expert(), question), "summary"),
    ]
    for row, field in rows:
        mine = open_form(grace, row)
        assert is_saved(save(ada, row, open_form(ada, row), **{field: "Theirs"})), row
        page = save(grace, row, mine, **{field: "Mine"})
        assert page.status_code == 200, row
        row.refresh_from_db()
        assert getattr(row, field) == "Theirs"
        assert is_saved(save(grace, row, read_form(page)))
        row.refresh_from_db()
        assert (getattr(row, field), row.version) == ("Mine", 3)


def test_dates_and_choices_are_told_by_name(ada: Client, grace: Client) -> None:
    question = make.question()
    position = make.position(make.expert(), question, "Likely")
    answers = {answer.label: str(answer.pk) for answer in question.scale.answers.all()}
    mine = open_form(grace, position)
    save(ada, position, open_form(ada, position), answer=answers["Even"], stated_on="2024-02-01")
    page = save(grace, position, mine, answer=answers["Unlikely"], stated_on="01/02/2024")
    [conflict] = page.context["merge"].conflicts
    assert conflict.place == "Answer"
    assert conflict.their_words == "Even"
    assert {part.text for part in conflict.mine} == {"Likely", "Unlikely"}


def test_only_markup_differs(ada: Client, grace: Client, article: Article) -> None:
    """An editor that writes markup its own way makes no conflict."""
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), body="<p>It begins at the new station.</p>")
    page = save(grace, article, mine, body="<p>It begins at the <strong>old</strong> station.</p>", headline="Mine")
    assert page.context["merge"].conflicts == []
    assert read_form(page)["body"] == ["<p>It begins at the new station.</p>"]


def test_many_to_many_is_merged_whole(ada: Client, grace: Client, article: Article) -> None:
    rails, ferries = make.topic("Rails"), make.topic("Ferries")
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), topics=str(rails.pk))
    page = save(grace, article, mine, topics=str(ferries.pk))
    [conflict] = page.context["merge"].conflicts
    assert (conflict.place, conflict.their_words) == ("Topics", "Rails")
    assert conflict.offer == {"values": {"topics": [str(rails.pk)]}, "labels": {str(rails.pk): "Rails"}}
    assert read_form(page)["topics"] == [str(ferries.pk)]


def test_files_have_to_be_chosen_again(ada: Client, grace: Client, article: Article) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), headline="Theirs")
    form: dict[str, Any] = mine | {"picture": make.picture()}
    page = grace.post(address(article, "change"), form)
    assert "choose yours again" in page.content.decode()
    assert not Article.objects.get().picture


# --- Rows of inlines -------------------------------------------------------------------------------------------------


def sections(form: Form) -> list[dict[str, str]]:
    total = int(form["sections-TOTAL_FORMS"][0])
    return [
        {name.split("-", 2)[2]: v[0] for name, v in form.items() if name.startswith(f"sections-{n}-")}
        for n in range(total)
    ]


def test_sections_are_known_by_their_key(ada: Client, grace: Client, article: Article) -> None:
    """Theirs goes from the first place, so every number behind it is another's."""
    first, second = article.sections.all()
    mine, hers = open_form(grace, article), open_form(ada, article)
    save(ada, article, hers, **{"sections-0-DELETE": "on"})
    page = save(grace, article, mine, **{"sections-1-body": "<p>Mine on the second.</p>"})
    assert page.status_code == 200
    [row] = sections(read_form(page))
    assert (row["id"], row["body"]) == (str(second.pk), "<p>Mine on the second.</p>")
    assert f"They removed: Section “{first}”. You had not changed it." in page.context["merge"].sentences
    assert is_saved(save(grace, article, read_form(page)))
    assert [section.body for section in article.sections.all()] == ["<p>Mine on the second.</p>"]


def test_a_section_they_removed_and_i_changed_is_kept(ada: Client, grace: Client, article: Article) -> None:
    first, second = article.sections.all()
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), **{"sections-0-DELETE": "on"})
    page = save(grace, article, mine, **{"sections-0-body": "<p>Words of mine.</p>"})
    there, new = sections(read_form(page))
    assert (there["id"], new["id"], new["body"]) == (str(second.pk), "", "<p>Words of mine.</p>")
    assert any("your text is kept as a new one" in said for said in page.context["merge"].sentences)
    assert is_saved(save(grace, article, read_form(page)))
    assert [section.body for section in article.sections.order_by("pk")][1] == "<p>Words of mine.</p>"
    assert not Section.objects.filter(pk=first.pk).exists()


def test_a_section_they_changed_and_i_removed_stays(ada: Client, grace: Client, article: Article) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), **{"sections-0-body": "<p>Theirs.</p>"})
    page = save(grace, article, mine, **{"sections-0-DELETE": "on", "sections-1-DELETE": "on"})
    first, second = sections(read_form(page))
    assert ("DELETE" in first, first["body"], "DELETE" in second) == (False, "<p>Theirs.</p>", True)


def test_sections_that_both_added_are_all_there(ada: Client, grace: Client, article: Article) -> None:
    def added(form: Form, heading: str) -> Form:
        return form | {
            "sections-TOTAL_FORMS": ["3"],
            "sections-2-heading": [heading],
            "sections-2-expert": [""],
            "sections-2-body": [f"<p>{heading}.</p>"],
            "sections-2-order": ["2"],
        }

    mine, hers = open_form(grace, article), open_form(ada, article)
    assert is_saved(save(ada, article, added(hers, "Hers")))
    page = save(grace, article, added(mine, "Mine"))
    assert [row["heading"] for row in sections(read_form(page))][2:] == ["Hers", "Mine"]
    assert "They added: Section “Hers”." in page.context["merge"].sentences
    assert is_saved(save(grace, article, read_form(page)))
    assert {section.heading for section in article.sections.all()} >= {"Hers", "Mine"}


def test_both_changed_one_section(ada: Client, grace: Client, article: Article) -> None:
    mine = open_form(grace, article)
    save(ada, article, open_form(ada, article), **{"sections-1-body": "<p>Ada wrote this.</p>"})
    page = save(grace, article, mine, **{"sections-1-body": "<p>Grace wrote this.</p>"})
    [conflict] = page.context["merge"].conflicts
    assert conflict.place == "Section “Bo Quillane” · Body"
    assert conflict.offer == {"values": {"sections-1-body": ["<p>Ada wrote this.</p>"]}, "labels": {}}
    assert conflict.their_words == "Ada wrote this."


# --- Gone and going --------------------------------------------------------------------------------------------------


def test_what_was_written_for_a_deleted_row_is_shown(ada: Client, grace: Client) -> None:
    source = make.source()
    mine = open_form(grace, source)
    assert is_saved(ada.post(address(source, "delete"), read_form(ada.get(address(source, "delete")))))
    page = save(grace, source, mine, seen="Words that took an hour")
    assert page.status_code == 410
    text = page.content.decode()
    assert "was deleted by Ada Fernwick" in text
    assert "Words that took an hour" in text


def test_whose_row_was_deleted_is_not_told_to_outsiders(ada: Client) -> None:
    source = make.source("BAIT")
    ada.post(address(source, "delete"), read_form(ada.get(address(source, "delete"))))
    outsider = Client()
    user = make.user("outsider", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="change_source"))
    outsider.force_login(user)
    where = reverse("admin:experts_source_change", args=[Deed.objects.get(verb="deleted").row_id])
    page = outsider.post(where, {"version": "1", "title": "Words of mine"}).content.decode()
    assert "Words of mine" in page
    assert "BAIT" not in page


def test_a_stale_deletion_is_refused(ada: Client, grace: Client) -> None:
    source = make.source()
    asked = read_form(grace.get(address(source, "delete")))
    save(ada, source, open_form(ada, source), title="Newer")
    page = grace.post(address(source, "delete"), asked, follow=True)
    assert Source.objects.filter(pk=source.pk).exists()
    assert "Ada Fernwick saved a newer version" in page.content.decode()
    assert "Nothing was deleted." in page.content.decode()
    assert is_saved(grace.post(address(source, "delete"), read_form(page)))
    assert not Source.objects.filter(pk=source.pk).exists()
    deed = Deed.objects.get(verb="deleted")
    assert (deed.by_name, deed.kind) == ("Grace Hollis", "experts.source")


def test_a_deletion_without_a_version_is_refused(ada: Client) -> None:
    source = make.source()
    ada.post(address(source, "delete"), {"post": "yes"})
    assert Source.objects.exists()


def test_deleting_many_is_told_and_kept(ada: Client) -> None:
    rows = [make.source("One"), make.source("Two"), make.source("Three")]
    form = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    ada.post(address(Source, "changelist"), form)
    assert [source.title for source in Source.objects.all()] == ["Three"]
    assert Deed.objects.filter(verb="deleted").count() == 2
    assert {version.object_repr for version in Version.objects.get_deleted(Source)} == {
        "One, The Timetable",
        "Two, The Timetable",
    }


def test_who_may_not_change_it_is_refused_as_ever(article: Article, ada: Client) -> None:
    outsider = sign_in("outsider", is_superuser=False)
    form = open_form(ada, article)
    assert save(outsider, article, form | {"version": ["0"]}, headline="BAIT").status_code in (302, 403)
    assert outsider.post(address(article, "delete"), {"post": "yes", "version": "0"}).status_code in (302, 403)
    assert Article.objects.get().headline == "Who believes in night trains"


# --- Text that a browser kept ----------------------------------------------------------------------------------------


def test_kept_text_is_shown_and_not_saved(grace: Client, article: Article) -> None:
    page = save(grace, article, open_form(grace, article), headline="From the browser", _restore="1")
    assert page.status_code == 200
    assert Article.objects.get().headline == "Who believes in night trains"
    assert read_form(page)["headline"] == ["From the browser"]
    assert [one.place for one in page.context["merge"].own] == ["Headline"]
    assert "your browser kept" in page.content.decode()
    assert is_saved(save(grace, article, read_form(page)))


def test_kept_text_of_an_older_version_is_merged(ada: Client, grace: Client, article: Article) -> None:
    kept = open_form(grace, article) | {"standfirst": ["Kept."]}
    save(ada, article, open_form(ada, article), headline="Theirs")
    form = read_form(save(grace, article, kept, _restore="1"))
    assert (form["headline"], form["standfirst"], form["version"]) == (["Theirs"], ["Kept."], ["2"])


def test_kept_text_of_a_new_row_is_shown_and_not_saved(grace: Client) -> None:
    form = read_form(grace.get(address(Source, "add")))
    page = grace.post(address(Source, "add"), form | {"title": ["Kept"], "_restore": ["1"]})
    assert (page.status_code, read_form(page)["title"], Source.objects.count()) == (200, ["Kept"], 0)


def test_kept_text_can_be_compared(grace: Client, article: Article) -> None:
    page = save(grace, article, open_form(grace, article), headline="From the browser", _compare="1")
    text = page.content.decode()
    assert "<ins>From the browser</ins>" in text
    assert "Changed by you alone: in your kept text" in text
    assert "<html" not in text
    assert Article.objects.get().headline == "Who believes in night trains"


def test_a_save_names_the_kept_text_that_is_done_with(grace: Client, article: Article) -> None:
    form = open_form(grace, article)
    assert "desk_saved" not in save(grace, article, form, version="0", _draft="1.a").cookies
    page = save(grace, article, form, _draft="1.articles.article.5")
    assert page.cookies["desk_saved"].value == "1.articles.article.5"
    assert "desk_saved" not in sign_in("other").post(address(article, "change"), form | {"_draft": ["<x>"]}).cookies


# --- Outside the forms -----------------------------------------------------------------------------------------------


def test_keeping_locks_checks_and_tells(article: Article) -> None:
    by = make.user("editor")
    with keeping(article, by=by, now=NOW, verb="restored", expected=1, note="Why.", rows=3) as row:
        row.headline = "By a command"
        row.save()
    assert article.version == Article.objects.get().version == 2
    deed = Deed.objects.get()
    assert (deed.verb, deed.note, deed.detail) == ("restored", "Why.", {"saved_version": 2, "rows": 3})
    assert Version.objects.get_for_object(article).count() == 2
    with pytest.raises(Overtaken, match="saved a newer version"), keeping(article, by=by, now=NOW, expected=1):
        pytest.fail("the block is not entered")


def test_keeping_writes_nothing_where_nothing_changes_or_it_fails(article: Article) -> None:
    with keeping(article, by=None, now=NOW) as row:
        row.save()
    assert (Article.objects.get().version, Deed.objects.count()) == (1, 0)
    with pytest.raises(ZeroDivisionError), keeping(article, by=None, now=NOW) as row:
        Article.objects.filter(pk=row.pk).update(headline="BAIT", as_of=1 / 0)
    assert Article.objects.get().headline == "Who believes in night trains"
    assert not reversion.is_active()


def test_what_was_changed_past_the_desk_is_kept_before_it_changes(ada: Client) -> None:
    expert = make.expert(public_at=None)
    save(ada, expert, open_form(ada, expert), bio="One")
    Expert.objects.update(bio="Two", version=3)
    save(ada, expert, open_form(ada, expert), bio="Three")
    bios = [version.field_dict["bio"] for version in Version.objects.get_for_object(expert)]
    assert bios == ["Three", "Two", "One", ""]


def test_models_in_this_file_are_what_they_seem() -> None:
    assert {Question, Position} <= set(reversion.get_registered_models())
