"""Writing in the desk: the article's form and its panel, and a position recorded with its evidence in one go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from reversion.models import Version

from articles.admin.articles import ArticleForm
from articles.admin.states import LABELS, find_state, name_state
from articles.drafting import choose_slug, save_at_free_address
from articles.models import Article, Excerpt
from articles.panel import read_panel
from articles.publishing import publish, withdraw
from experts.models import Expert, Position, Quote, Source
from tests import cast, make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def empty(prefix: str, **rows: Any) -> dict[str, Any]:
    """The management form of an inline, with no rows but those given."""
    total = rows.pop("total", 0)
    counts = {"TOTAL_FORMS": total, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return {f"{prefix}-{name}": value for name, value in (counts | rows).items()}


def article_form(**values: Any) -> dict[str, Any]:
    parts = empty("byline_set") | empty("articlequestion_set") | empty("sections")
    focus = {"picture_focus_x": 50, "picture_focus_y": 50}
    return (
        parts | focus | {"headline": "", "slug": "", "standfirst": "", "body": "", "verdict": "", "method": ""} | values
    )


def position_form(expert: Expert, question: Any, **values: Any) -> dict[str, Any]:
    base = {"expert": expert.pk, "question": question.pk, "stated_on": "2024-01-10", "dating": "stated", "blank": ""}
    return empty("quotes") | base | values


# --- The article's form ----------------------------------------------------------------------------------------------


def test_nothing_is_required_to_save(admin_client: Client) -> None:
    response = admin_client.post(reverse("admin:articles_article_add"), article_form())
    article = Article.objects.get()
    assert response.status_code == 302, response.content.decode()
    assert (article.slug, article.headline) == ("untitled", "")
    assert article.entered_by.username == "admin"
    assert Version.objects.get_for_object(article).count() == 1


def test_the_address_comes_from_the_headline_and_is_never_one_that_was_used() -> None:
    make.article("Night trains", slug="night-trains")
    gone = make.edition(make.article("Other", slug="other"), slug="night-trains-2")
    assert gone.slug == "night-trains-2"
    assert choose_slug("Night trains!") == "night-trains-3"
    assert choose_slug("夜行列车") == "untitled"


@pytest.mark.django_db(transaction=True)
def test_of_those_who_begin_with_one_headline_in_one_instant_each_gets_an_address() -> None:
    def open_form(number: int) -> Client:
        client = Client()
        client.force_login(make.user(f"editor-{number}", is_staff=True, is_superuser=True))
        return client

    def add(client: Client) -> int:
        try:
            form = article_form(headline="Night trains", slug="night-trains")
            return client.post(reverse("admin:articles_article_add"), form).status_code
        finally:
            connection.close()

    clients = [open_form(number) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(add, clients))
    assert set(statuses) <= {200, 302}, "one who came later is told that the address is taken"
    assert Article.objects.count() == statuses.count(302) > 0


def test_an_address_that_was_taken_meanwhile_is_chosen_anew() -> None:
    make.article("Night trains", slug="night-trains")
    article = Article(headline="Night trains", slug="night-trains")
    save_at_free_address(article, article.headline)
    assert Article.objects.get(pk=article.pk).slug == "night-trains-2"
    article.slug = "night-trains"
    save_at_free_address(article, "Day trains")
    assert Article.objects.get(pk=article.pk).slug == "day-trains"


def test_only_the_address_is_chosen_anew() -> None:
    article, saves = Article(slug="free"), []

    def refuse() -> None:
        saves.append(article.slug)
        raise IntegrityError("anything else")

    with pytest.raises(IntegrityError, match="anything else"):
        save_at_free_address(article, "Free", refuse)
    assert saves == ["free"]


def test_who_asked_for_an_address_is_told_of_another(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make.article("Night trains", slug="night-trains")
    monkeypatch.setattr(ArticleForm, "clean_slug", lambda form: "night-trains")
    monkeypatch.setattr(ArticleForm, "validate_unique", lambda form: None)  # as for one who was faster by an instant
    form = article_form(headline="Night trains", slug="night-trains")
    page = admin_client.post(reverse("admin:articles_article_add"), form, follow=True).text
    assert "took the address “night-trains” in the same moment: this article is at “night-trains-2”" in page


def test_a_very_long_article_is_saved(admin_client: Client) -> None:
    article = make.article("Long", experts=[], questions=[])
    rows: dict[str, Any] = {"sections-TOTAL_FORMS": 170}
    for n in range(170):
        rows |= {f"sections-{n}-{name}": "" for name in ("id", "expert")}
        rows |= {f"sections-{n}-article": article.pk, f"sections-{n}-heading": f"Part {n}", f"sections-{n}-order": n}
        rows[f"sections-{n}-body"] = "<p>Words.</p>"
    form = article_form(headline="Long", slug=article.slug, version=article.version, **rows)
    response = admin_client.post(reverse("admin:articles_article_change", args=[article.pk]), form)
    assert (response.status_code, article.sections.count()) == (302, 170)


@pytest.mark.parametrize("field", ["body", "verdict", "method"])
def test_rich_text_is_sanitised_on_the_way_in(admin_client: Client, field: str) -> None:
    hostile = "<p>ok<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>a</a></p>"
    admin_client.post(reverse("admin:articles_article_add"), article_form(**{field: hostile}))
    stored = getattr(Article.objects.get(), field)
    assert "ok" in stored
    assert not any(word in stored for word in ("script", "onerror", "img"))


# --- The panel -------------------------------------------------------------------------------------------------------


def test_the_panel_shows_what_is_typed_and_saves_nothing(admin_client: Client) -> None:
    record = cast.record()
    ada, gap = record.experts["ada"], record.questions["gap"]
    sections = empty("sections", total=1) | {"sections-0-expert": ada.pk, "sections-0-order": 0}
    questions = empty("articlequestion_set", total=1) | {
        "articlequestion_set-0-question": gap.pk,
        "articlequestion_set-0-order": 0,
    }
    form = article_form(headline="Typed, not saved") | sections | questions
    response = admin_client.post(reverse("admin:articles_article_add_panel"), form)
    page = response.content.decode()
    assert response.status_code == 200
    assert ada.name in page
    assert gap.label in page
    assert "Give it a headline." not in page
    assert "Compare at least two experts" in page
    assert not Article.objects.exists()
    assert not Version.objects.exists()


def test_the_panel_of_a_saved_article_leaves_it_as_it_is(admin_client: Client) -> None:
    article = make.article("Before")
    form = article_form(headline="", slug=article.slug)
    page = admin_client.post(reverse("admin:articles_article_panel", args=[article.pk]), form).content.decode()
    assert "Give it a headline." in page
    article.refresh_from_db()
    assert (article.headline, article.version) == ("Before", 1)


def test_what_cannot_be_saved_is_said(admin_client: Client) -> None:
    article = make.article("Before")
    form = article_form(headline="x" * 300, slug=article.slug)
    page = admin_client.post(reverse("admin:articles_article_panel", args=[article.pk]), form).content.decode()
    assert "Cannot be saved yet" in page
    assert "200 characters" in page


def test_an_empty_cell_leads_to_the_form_that_fills_it(admin_client: Client) -> None:
    ada, karl = make.expert("Ada Byron"), make.expert("Karl Babbage")
    question = make.question()
    make.position(ada, question)
    article = make.article(experts=[ada, karl], questions=[question])
    page = admin_client.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    assert f"?_popup=1&expert={karl.pk}&question={question.pk}" in page
    assert f"?_popup=1&expert={ada.pk}&question={question.pk}" not in page


def test_the_panel_is_not_for_others(client: Client) -> None:
    article = make.article()
    reporter = make.user("reporter", is_staff=True)
    client.force_login(reporter)
    for address in (
        reverse("admin:articles_article_panel", args=[article.pk]),
        reverse("admin:articles_article_add_panel"),
    ):
        assert client.post(address, article_form()).status_code in (403, 404)


def test_reading_the_panel_takes_a_post(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:articles_article_add_panel")).status_code == 405


def test_words_brought_in_wait_until_a_position_quotes_them() -> None:
    ada, question = make.expert("Ada Byron"), make.question()
    article = make.article(experts=[ada], questions=[question])
    Excerpt.objects.create(article=article, expert=ada, speaker="Ada Byron", words="Every sleeper was full,")
    everything = Position.objects.all()
    assert [excerpt.words for excerpt in read_panel(article, NOW, everything).excerpts] == ["Every sleeper was full,"]
    make.quote(make.position(ada, question), words="Every sleeper was full")
    assert [excerpt.words for excerpt in read_panel(article, NOW, Position.objects.none()).excerpts]
    assert read_panel(article, NOW, everything).excerpts == []


# --- A position in one form ------------------------------------------------------------------------------------------


def test_a_position_its_quote_and_its_source_are_recorded_together(admin_client: Client) -> None:
    ada, question = make.expert(), make.question()
    answer = question.scale.answers.all()[0]
    quotes = empty("quotes", total=1) | {"quotes-0-kind": "verbatim", "quotes-0-words": "It will."}
    citation = "Ada Byron, “On trains”, The Rail Review, 10 January 2024, https://rail.example/on-trains"
    form = position_form(ada, question, answer=answer.pk, citation=citation) | quotes
    response = admin_client.post(reverse("admin:experts_position_add"), form)
    assert response.status_code == 302, response.content.decode()
    position = Position.objects.get()
    assert (position.source.title, position.source.publisher) == ("On trains", "The Rail Review")
    assert position.source.entered_by.username == position.entered_by.username == "admin"
    assert position.quotes.get().source == position.source
    assert position.public_at is None


def test_a_pasted_reference_finds_the_source_that_is_there(admin_client: Client) -> None:
    source = make.source(title="On trains", url="http://rail.example/on-trains/")
    ada, question = make.expert(), make.question()
    form = position_form(
        ada, question, blank="silent", citation="“Something else”, https://rail.example/on-trains?utm_source=a"
    )
    admin_client.post(reverse("admin:experts_position_add"), form)
    assert Position.objects.get().source == source
    assert Source.objects.count() == 1


@pytest.mark.parametrize("citation", ["5 March 2024", "@misc{x, year = {2024}}"])
def test_a_reference_without_a_title_is_refused_and_nothing_is_made(admin_client: Client, citation: str) -> None:
    form = position_form(make.expert(), make.question(), blank="silent", citation=citation)
    page = admin_client.post(reverse("admin:experts_position_add"), form).content.decode()
    assert "No title can be made out" in page
    assert not Position.objects.exists()
    assert not Source.objects.exists()


def test_words_without_any_source_are_refused(admin_client: Client) -> None:
    quotes = empty("quotes", total=1) | {"quotes-0-kind": "verbatim", "quotes-0-words": "It will."}
    form = position_form(make.expert(), make.question(), blank="silent") | quotes
    page = admin_client.post(reverse("admin:experts_position_add"), form).content.decode()
    assert "Say where the words stand" in page
    assert not Quote.objects.exists()


def test_only_answers_of_the_questions_scale_are_offered_and_taken(admin_client: Client) -> None:
    question, other = make.question(), make.scale("Another", [("Never ever", 1)])
    page = admin_client.get(reverse("admin:experts_position_add"), {"question": question.pk}).content.decode()
    assert "Never ever" not in page
    assert str(question.scale.answers.all()[0]) in page
    form = position_form(make.expert(), question, answer=other.answers.get().pk)
    admin_client.post(reverse("admin:experts_position_add"), form)
    assert not Position.objects.exists()


def test_the_panel_hands_words_and_origin_to_the_form(admin_client: Client) -> None:
    question = {"words": "Every sleeper was full", "citation": "“Night trains”, 2024-03-05", "stated_on": "2024-03-05"}
    page = admin_client.get(reverse("admin:experts_position_add"), question).content.decode()
    assert page.count("Every sleeper was full") == 1
    assert "“Night trains”, 2024-03-05" in page


@pytest.mark.parametrize(
    "query", ["question=x", "question=99999999999999999999", "expert=%00", "words=%00\u202e", "question=-1"]
)
def test_a_strange_address_still_gives_the_form(admin_client: Client, query: str) -> None:
    assert admin_client.get(f"{reverse('admin:experts_position_add')}?{query}").status_code == 200


# --- The list --------------------------------------------------------------------------------------------------------


def test_every_article_is_in_one_state_and_the_filter_agrees() -> None:
    editor = make.user()
    published = ("live", "scheduled", "withdrawn", "submitted")
    articles = {state: make.article(state.title(), slug=state) for state in ("draft", *published)}
    for state in ("live", "withdrawn", "submitted"):
        publish(articles[state], by=editor, now=NOW)
    publish(articles["scheduled"], by=editor, now=NOW, at=NOW + timedelta(days=2))
    withdraw(articles["withdrawn"], by=editor, now=NOW, reason="It was wrong.")
    Article.objects.filter(slug="submitted").update(submitted_at=NOW)
    rows = Article.objects.with_newest()
    for state, article in articles.items():
        assert [row.slug for row in rows.filter(find_state(state, NOW))] == [article.slug]
        assert name_state(rows.get(pk=article.pk), NOW).startswith(LABELS[state])
