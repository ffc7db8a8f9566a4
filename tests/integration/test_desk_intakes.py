"""Bringing documents in through the desk: who sees what of them, and what a document may not do."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.test import Client
from django.utils import timezone

from aisrace.keeping.models import Deed
from articles.importing.documents import understand_pasted
from articles.importing.drafting import draft_article
from articles.models import Article, Intake
from experts.models import Expert
from tests import make
from tests.desk import World, address, bait, client_of, make_world, shows_bait, staff

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TEXT = "A plain headline about trains\n\n" + "Some text that is long enough to be read. " * 20
SPOKEN = "# Who is right\n\n## 1. Mara Lindqvist (CEO, Ostrom Labs)\n\nShe said: “We will do this by next year.”\n"
ADD = "/admin/articles/intake/add/"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def contributor() -> User:
    return staff("contributor", "contributor")


@pytest.fixture
def desk(contributor: User) -> Client:
    return client_of(contributor)


def waiting(by: User | None, **values: object) -> Intake:
    return Intake.objects.create(
        **{"name": "x", "text": "abc", "reading": {}, "brought_by": by, "brought_at": timezone.now()} | values
    )


def paste(desk: Client, text: str) -> str:
    answer = desk.post(ADD, {"pasted": text})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_document_becomes_a_draft(desk: Client, contributor: User) -> None:
    review = paste(desk, SPOKEN)
    assert "New expert: Mara Lindqvist" in desk.get(review).content.decode()
    assert desk.post(review, {"headline": "Who is right", "standfirst": "", "expert_0": "new"}).status_code == 302
    assert Article.objects.get().entered_by == contributor
    assert Expert.objects.get().entered_by == contributor


def test_what_somebody_else_made_of_the_document_is_not_told(desk: Client, world: World) -> None:
    reading = understand_pasted(TEXT)
    theirs = draft_article(reading, name="Pasted text", by=world.other, now=timezone.now()).article
    Article.objects.filter(pk=theirs.pk).update(headline=bait("headline"))
    assert shows_bait(client_of(world.other).get(paste(client_of(world.other), TEXT)))
    review = paste(desk, TEXT)
    page = desk.get(review)
    assert not shows_bait(page)
    assert "brought in before" not in page.content.decode()
    answer = desk.post(review, {"headline": "Mine", "standfirst": ""})
    assert not shows_bait(answer)
    assert Article.objects.filter(headline="Mine").exists()
    assert Article.objects.filter(headline=bait("headline")).exists()


def test_who_may_not_add_experts_is_not_offered_to(world: World) -> None:
    user = make.user("limited", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_article"))
    desk = client_of(user)
    review = paste(desk, SPOKEN)
    assert "New expert" not in desk.get(review).content.decode()
    posted = {"headline": "Who is right", "standfirst": ""}
    assert desk.post(review, posted | {"expert_0": "new"}).status_code == 200
    assert desk.post(review, posted | {"expert_0": str(world.expert.pk)}).status_code == 200
    assert not Article.objects.filter(headline="Who is right").exists()
    desk.post(review, posted | {"expert_0": "nobody"})
    assert Article.objects.filter(headline="Who is right").exists()
    assert not Expert.objects.filter(name="Mara Lindqvist").exists()


def test_documents_are_seen_by_those_who_may_work_on_their_article(contributor: User, world: World) -> None:
    mine = make.article("mine", entered_by=contributor)
    own, of_mine = waiting(contributor), waiting(world.other, article=mine, key="a")
    theirs, given_away, nobodys = waiting(world.other), world.document, waiting(None)
    Intake.objects.filter(pk=given_away.pk).update(brought_by=contributor)
    now = timezone.now()
    assert {*Intake.objects.readable_by(contributor, now)} == {own, of_mine}
    assert {*Intake.objects.readable_by(world.other, now)} == {own, of_mine, theirs, given_away, nobodys}
    assert not Intake.objects.readable_by(AnonymousUser(), now).exists()


def test_who_lost_every_right_sees_no_document(desk: Client, contributor: User) -> None:
    page = address(Intake, "change", waiting(contributor, text=bait("text"), reading=understand_data()).pk)
    assert shows_bait(desk.get(page))
    contributor.groups.clear()
    answer = client_of(User.objects.get(pk=contributor.pk)).get(page)
    assert answer.status_code == 403
    assert not shows_bait(answer)


def understand_data() -> dict[str, object]:
    span = {"start": 0, "end": 12, "part": "body", "section": None, "detail": ""}
    nothing: dict[str, object] = {name: [] for name in ("sections", "people", "figures", "leftovers")}
    return nothing | {"text": bait("text"), "date": "", "spans": [span]}


def test_throwing_a_document_away_leaves_a_deed(desk: Client, contributor: User) -> None:
    intake = waiting(contributor)
    assert desk.post(address(intake, "delete", intake.pk), {"post": "yes"}).status_code == 302
    assert not Intake.objects.exists()
    deed = Deed.objects.get(kind="articles.intake")
    assert (deed.verb, deed.by, deed.row_id) == ("deleted", contributor, str(intake.pk))


def test_what_takes_too_long_is_an_error_of_the_form(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.importing.documents.WALL_SECONDS", 0.01)
    answer = desk.post(ADD, {"pasted": TEXT})
    assert answer.status_code == 200
    assert "takes too long to understand; paste a part of it." in answer.content.decode()
    assert not Intake.objects.exists()
