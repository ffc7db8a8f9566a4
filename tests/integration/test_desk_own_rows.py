"""What contributors enter is theirs and private; what is not theirs they reach by no form."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from articles.checklist import list_blockers
from articles.models import Article, Edition, Section
from articles.previewing import address_of, make_link
from articles.publishing import publish
from experts.models import Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from tests import make
from tests.desk import (
    MINE,
    World,
    address,
    article_form,
    bait,
    client_of,
    desk_addresses,
    make_world,
    position_form,
    refuses,
    shows_bait,
    staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# What differs from page to page whoever looks.
SEALS = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|datetime="[^"]*"|"csrf[^"]*": ?"[^"]*"')


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def contributor() -> User:
    return staff("contributor", "contributor")


@pytest.fixture
def desk(contributor: User) -> Client:
    return client_of(contributor)


# --- A contributor reaches for what is not theirs --------------------------------------------------------------------


def test_a_position_is_recorded_privately_and_can_be_changed(desk: Client, contributor: User, world: World) -> None:
    form = position_form(world.public.expert, world.public.question, public_at_0="2020-01-01", public_at_1="00:00")
    assert desk.post(address(Position, "add"), form).status_code == 302
    mine = Position.objects.get(summary=MINE)
    assert (mine.entered_by, mine.public_at) == (contributor, None)
    place = address(mine, "change", mine.pk)
    assert desk.get(place).status_code == 200
    assert desk.post(place, form | {"summary": "changed", "version": mine.version}).status_code == 302
    mine.refresh_from_db()
    assert (mine.summary, mine.public_at) == ("changed", None)


@pytest.mark.parametrize("name", ["expert", "question", "source"])
def test_a_position_does_not_point_to_what_one_cannot_see(desk: Client, world: World, name: str) -> None:
    form = position_form(world.public.expert, world.public.question)
    answer = desk.post(address(Position, "add"), form | {name: getattr(world, name).pk})
    assert answer.status_code == 200
    assert not shows_bait(answer)
    assert not Position.objects.filter(summary=MINE).exists()


def test_a_quote_is_not_put_under_somebody_elses_source_or_position(desk: Client, world: World) -> None:
    inline = {"quotes-TOTAL_FORMS": 1, "quotes-0-kind": "verbatim", "quotes-0-words": MINE}
    form = position_form(world.public.expert, world.public.question) | inline
    answer = desk.post(address(Position, "add"), form | {"quotes-0-source": world.source.pk})
    assert answer.status_code == 200
    taken = {"quotes-INITIAL_FORMS": 1, "quotes-0-id": world.quote.pk, "quotes-0-source": world.public.source_id}
    desk.post(address(Position, "add"), form | taken)
    assert not Quote.objects.filter(words=MINE).exists()
    world.quote.refresh_from_db()
    assert world.quote.words == bait("quote")


def test_what_is_public_is_read_and_not_changed(desk: Client, contributor: User, world: World) -> None:
    """Also by who entered it: readers would see the change."""
    row = world.public
    for owner in (world.other, contributor):
        for mine in (row, row.expert, row.question, row.source):
            type(mine)._default_manager.filter(pk=mine.pk).update(entered_by=owner)
            place = address(mine, "change", mine.pk)
            assert desk.get(place).status_code == 200
            assert desk.post(place, {"summary": MINE, "name": MINE}).status_code == 403
    assert not Position.objects.filter(summary=MINE).exists()


def test_own_experts_questions_and_sources_stay_private(desk: Client, contributor: User) -> None:
    scale = make.scale()
    nothing = {"affiliations-TOTAL_FORMS": 0, "affiliations-INITIAL_FORMS": 0}
    dated = {"public_at_0": "2020-01-01", "public_at_1": "00:00:00"}
    focus = {"portrait_focus_x": 50, "portrait_focus_y": 50}
    expert = {"kind": "person", "name": MINE, "slug": "mine", **focus, **dated, **nothing}
    assert desk.post(address(Expert, "add"), expert).status_code == 302
    question = {"wording": MINE, "slug": "mine", "scale": scale.pk, **dated}
    assert desk.post(address(Question, "add"), question).status_code == 302
    assert desk.post(address(Source, "add"), {"kind": "primary", "title": MINE}).status_code == 302
    rows = [Expert.objects.get(), Question.objects.get(), Source.objects.get()]
    assert [row.entered_by for row in rows] == [contributor] * 3
    assert [row.public_at for row in rows[:2]] == [None, None]
    for row in rows:
        assert desk.get(address(row, "change", row.pk)).status_code == 200
        assert desk.post(address(row, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", [Scale, Topic], ids=lambda model: model.__name__)
def test_scales_and_topics_are_for_editors(desk: Client, world: World, model: type[Model]) -> None:
    assert desk.get(address(model, "changelist")).status_code == 200
    assert desk.get(address(model, "add")).status_code == 403
    assert Answer.objects.count() == Answer.objects.filter(scale__in=Scale.objects.all()).count()


# --- Articles --------------------------------------------------------------------------------------------------------


def begin(desk: Client, **values: Any) -> Article:
    answer = desk.post(address(Article, "add"), article_form(**values))
    assert answer.status_code == 302, answer.context["errors"]
    return Article.objects.get(slug="mine")


def test_a_contributor_begins_an_article_and_fills_it(desk: Client, contributor: User, world: World) -> None:
    article = begin(desk)
    assert article.entered_by == contributor
    parts = {
        "sections-TOTAL_FORMS": 1,
        "sections-0-expert": world.public.expert_id,
        "sections-0-order": 0,
        "sections-0-article": article.pk,
        "articlequestion_set-TOTAL_FORMS": 1,
        "articlequestion_set-0-question": world.public.question_id,
        "articlequestion_set-0-order": 0,
        "byline_set-TOTAL_FORMS": 1,
        "byline_set-0-author": world.article.authors.all()[0].pk,
        "byline_set-0-order": 0,
    }
    answer = desk.post(address(article, "change", article.pk), article_form(**parts))
    assert answer.status_code == 302, answer.context["errors"]
    assert (article.sections.count(), article.questions.count(), article.authors.count()) == (1, 1, 1)


def test_sections_of_others_are_not_taken(desk: Client, world: World) -> None:
    article = begin(desk)
    section = world.article.sections.all()[0]
    stolen = {
        "sections-TOTAL_FORMS": 1,
        "sections-INITIAL_FORMS": 1,
        "sections-0-id": section.pk,
        "sections-0-article": article.pk,
        "sections-0-heading": MINE,
        "sections-0-order": 0,
    }
    for values in (stolen, stolen | {"sections-0-DELETE": "on"}):
        desk.post(address(article, "change", article.pk), article_form(**values))
        section.refresh_from_db()
        assert (section.article, section.heading) == (world.article, bait("section"))


@pytest.mark.parametrize(
    ("inline", "field", "name"),
    [("sections", "expert", "expert"), ("articlequestion_set", "question", "question")],
)
def test_an_article_does_not_point_to_what_one_cannot_see(
    desk: Client, world: World, inline: str, field: str, name: str
) -> None:
    article = begin(desk)
    values = {f"{inline}-TOTAL_FORMS": 1, f"{inline}-0-{field}": getattr(world, name).pk, f"{inline}-0-order": 0}
    answer = desk.post(address(article, "change", article.pk), article_form(**values))
    assert answer.status_code == 200
    assert not shows_bait(answer)
    assert (article.sections.count(), article.questions.count()) == (0, 0)


def test_a_verdict_does_not_rest_on_what_one_cannot_see(desk: Client, world: World) -> None:
    article = begin(desk)
    answer = desk.post(address(article, "change", article.pk), article_form(verdict_positions=[world.position.pk]))
    assert not article.verdict_positions.exists()
    assert not shows_bait(answer)


def test_what_an_editor_put_in_does_not_keep_the_owner_from_saving(desk: Client, world: World) -> None:
    article = begin(desk)
    section = make_section(article, world.expert)
    kept = {
        "sections-TOTAL_FORMS": 1,
        "sections-INITIAL_FORMS": 1,
        "sections-0-id": section.pk,
        "sections-0-article": article.pk,
        "sections-0-expert": world.expert.pk,
        "sections-0-heading": MINE,
        "sections-0-order": 0,
    }
    answer = desk.post(address(article, "change", article.pk), article_form(**kept))
    assert answer.status_code == 302, answer.context["errors"]
    section.refresh_from_db()
    assert section.heading == MINE


def make_section(article: Article, expert: Expert) -> Section:
    return Section.objects.create(article=article, expert=expert)


def actions_of(client: Client) -> list[str]:
    answer = client.get(address(Article, "changelist"))
    form = answer.context["action_form"] if answer.context else None
    return [name for name, _ in form.fields["action"].choices if name] if form else []


def fill(article: Article, expert: Expert, question: Question) -> dict[str, Any]:
    """What the form posts of an article with one section and one question, which it has already."""
    section, asked = article.sections.get(), article.articlequestion_set.get()
    counts = {
        f"{name}-{count}_FORMS": 1 for name in ("sections", "articlequestion_set") for count in ("TOTAL", "INITIAL")
    }
    first, second = "sections-0-", "articlequestion_set-0-"
    rows = {f"{first}id": section.pk, f"{first}expert": expert.pk, f"{first}heading": MINE, f"{first}order": 0}
    rows |= {f"{second}id": asked.pk, f"{second}question": question.pk, f"{second}order": 0}
    rows |= {f"{first}article": article.pk, f"{second}article": article.pk}
    return article_form(slug=article.slug, **counts, **rows)


def test_an_article_shows_no_position_that_one_cannot_read(desk: Client, contributor: User, world: World) -> None:
    """Expert and question are public, what an editor has recorded of them is not."""
    expert, question = make.expert("Public person"), make.question("Public question?")
    mine = make.article("Mine", slug="mine", experts=[expert], questions=[question], entered_by=contributor)
    mine.sections.update(body="<p>Words.</p>")
    link = make_link(mine, by=contributor, now=timezone.now(), lasts=timedelta(days=1))
    places = [address(mine, page, mine.pk) for page in ("change", "preview", "review")] + [address_of(link)]

    def look() -> list[str]:
        answers = [desk.get(place) for place in places]
        answers.append(desk.post(address(mine, "panel", mine.pk), fill(mine, expert, question)))
        assert {answer.status_code for answer in answers} == {200}
        return [SEALS.sub("", answer.content.decode()) for answer in answers]

    before = look()
    hidden = make.position(
        expert, question, public_at=None, source=None, summary=bait("summary"), entered_by=world.other
    )
    make.quote(hidden, bait("quote"))
    assert look() == before, "not even that there is one"
    editors = client_of(world.other)
    assert all(shows_bait(editors.get(place)) for place in places[1:2])
    hidden.entered_by = contributor
    hidden.save()
    assert all(now != then for now, then in zip(look(), before, strict=True)), "one's own is shown everywhere"


def test_a_link_shows_what_its_maker_may_read_when_it_is_opened(contributor: User, world: World) -> None:
    expert, question = make.expert("Public person"), make.question("Public question?")
    mine = make.article("Mine", experts=[expert], questions=[question], entered_by=contributor)
    make.position(expert, question, public_at=None, entered_by=world.other, summary=bait("summary"))
    now = timezone.now()

    def shows(by: User | None) -> bool:
        link = make_link(mine, by=by, now=now, lasts=timedelta(days=1))
        answer = Client().get(address_of(link))
        assert answer.status_code == 200
        return shows_bait(answer)

    assert [shows(by) for by in (world.other, contributor, None)] == [True, False, False]
    User.objects.filter(pk=world.other.pk).update(is_active=False)
    assert shows(world.other) is False
    Position.objects.filter(expert=expert).update(public_at=now)
    assert shows(None) is True


def test_a_verdict_that_rests_on_what_one_cannot_read_is_no_point_of_the_checklist(contributor: User) -> None:
    article, now = make.article("Mine", experts=[], questions=[], verdict="<p>So.</p>"), timezone.now()
    article.verdict_positions.add(make.position(make.expert(), make.question(), public_at=None))
    told = [blocker.reason for blocker in list_blockers(article, now, Position.objects.readable_by(contributor, now))]
    assert not [reason for reason in told if "verdict" in reason]
    assert [blocker.reason for blocker in list_blockers(article, now) if "verdict" in blocker.reason]


def test_what_an_editor_put_in_does_not_keep_the_owner_from_the_panel(
    desk: Client, contributor: User, world: World
) -> None:
    mine = make.article("Mine", experts=[world.expert], questions=[world.question], entered_by=contributor)
    answer = desk.post(address(mine, "panel", mine.pk), fill(mine, world.expert, world.question))
    assert "Cannot be saved yet" not in answer.content.decode()
    other = make.expert(bait("another"), public_at=None, entered_by=world.other)
    answer = desk.post(address(mine, "panel", mine.pk), fill(mine, other, world.question))
    assert "Cannot be saved yet" in answer.content.decode()


ODD_KEYS = ["abc", "-1", "²", "٣", "1e9", "9" * 20, "9" * 5000, "\0"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_what_cannot_be_a_key_is_refused_with_the_form(desk: Client, world: World, key: str) -> None:
    article = begin(desk)
    rows: dict[str, Any] = {"topics": [key, key], "verdict_positions": [key]}
    for inline, field in (("sections", "expert"), ("articlequestion_set", "question"), ("byline_set", "author")):
        rows |= {f"{inline}-TOTAL_FORMS": 1, f"{inline}-0-{field}": key, f"{inline}-0-order": 0}
    for page in ("change", "panel"):
        answer = desk.post(address(article, page, article.pk), article_form(**rows))
        assert answer.status_code == 200, page
    answer = desk.post(
        address(Position, "add"), position_form(world.public.expert, world.public.question) | {"expert": key}
    )
    assert answer.status_code == 200
    assert (article.sections.count(), article.topics.count()) == (0, 0)


@pytest.mark.parametrize("role", ["contributor", "moderator"])
def test_only_editors_publish(world: World, role: str) -> None:
    user = staff("limited", role)
    mine = make.article("Ready", entered_by=user)
    client = client_of(user)
    before = Edition.objects.count()
    for article in (mine, world.article):
        for action in ("publish_now", "publish", "delete_selected", "withdraw"):
            bulk = {"action": action, "_selected_action": [article.pk], "post": "yes", "select_across": 1}
            client.post(address(Article, "changelist"), bulk)
        for _, place in desk_addresses({"object_id": article.pk, "articles.article": article.pk}):
            if "/article/" in place and "publish" in place:
                assert refuses(client.post(place, {"post": "yes"})), place
    assert Edition.objects.count() == before
    assert Article.objects.filter(pk__in=[mine.pk, world.article.pk]).count() == 2
    assert "publish_now" not in actions_of(client)


def test_an_editor_publishes(world: World) -> None:
    article = make.article("Ready")
    publish(article, by=world.other, now=timezone.now())
    assert world.other.has_perm("articles.publish_article")
    assert client_of(world.other).get(address(article, "change", article.pk)).status_code == 200


def test_a_moderator_changes_nothing(world: World) -> None:
    client = client_of(staff("moderator", "moderator"))
    assert client.get(address(world.public, "change", world.public.pk)).status_code == 200
    for row in (world.public, world.public.expert, world.public.question, world.public.source, world.edition):
        assert client.post(address(row, "change", row.pk), {"name": MINE}).status_code in (403, 404), row
        assert client.post(address(row, "delete", row.pk), {"post": "yes"}).status_code in (403, 404), row
        assert client.get(address(row, "add")).status_code == 403, row
