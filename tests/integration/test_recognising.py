"""An expert's badge comes from an address that somebody has made sure of, and from nothing else."""

import pytest
from django.test import Client

from aisrace.keeping.models import Deed
from comments.models import Commenter
from comments.recognising import NotConfirmed, recognise
from tests import make
from tests.desk import client_of, staff
from tests.make import NOW
from tests.talk import live, person, remembered, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_conversation")]


def test_from_then_on_there_is_a_badge_and_the_trail_says_who_gave_it() -> None:
    edition, reader, ada = live(), person(), make.expert("Ada Fernwick")
    before = say(edition, visitor=remembered(reader)).comment
    assert recognise(reader.pk, ada, by=make.user(), now=NOW)
    assert not recognise(reader.pk, ada, by=make.user("other"), now=NOW)
    reader.refresh_from_db()
    after = say(edition, "More.", visitor=remembered(reader), name="Ada Fernwick").comment
    assert (before.badge, after.badge, after.state) == ("", "expert", "visible")
    deed = Deed.objects.get(verb="recognised")
    assert (deed.by_name, deed.note) == ("editor", "Writes as Ada Fernwick.")
    assert reader.address not in f"{deed.label} {deed.note} {deed.detail}"
    assert recognise(reader.pk, None, by=make.user("third"), now=NOW)
    reader.refresh_from_db()
    assert say(edition, "Last.", visitor=remembered(reader)).comment.badge == ""


def test_an_address_that_may_be_anybodys_is_not_recognised() -> None:
    stranger = person(confirmed_at=None)
    with pytest.raises(NotConfirmed):
        recognise(stranger.pk, make.expert(), by=make.user(), now=NOW)
    assert Deed.objects.count() == 0


def form_of(reader: Commenter) -> str:
    return f"/admin/comments/commenter/{reader.pk}/change/"


def test_a_moderator_recognises_somebody_in_the_desk() -> None:
    desk, reader, ada = client_of(staff("mo", "moderator")), person(address="ada@example.org"), make.expert("Ada")
    assert "ada@example.org" in desk.get("/admin/comments/commenter/?q=ada@").text
    assert desk.post(form_of(reader), {"expert": ada.pk}).status_code == 302
    reader.refresh_from_db()
    assert reader.expert == ada
    assert desk.post(form_of(reader), {"expert": "", "address": "other@example.org"}).status_code == 302
    reader.refresh_from_db()
    assert (reader.expert, reader.address) == (None, "ada@example.org")


def test_the_desk_says_why_it_does_not() -> None:
    desk, stranger = client_of(staff("mo", "moderator")), person(confirmed_at=None)
    answer = desk.post(form_of(stranger), {"expert": make.expert().pk})
    assert answer.status_code == 200
    assert "has not been confirmed yet" in answer.text


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_addresses_are_for_moderators(role: str) -> None:
    reader = person(address="hidden@example.org")
    desk: Client = client_of(staff("somebody", role))
    for place in ("/admin/comments/commenter/", form_of(reader), "/admin/"):
        assert "hidden@example.org" not in desk.get(place).text
    assert desk.get("/admin/comments/commenter/").status_code == 403
    assert desk.post(form_of(reader), {"expert": make.expert().pk}).status_code == 403


def test_the_badge_stands_beside_the_experts_name_alone() -> None:
    edition, reader = live(), person(expert=make.expert("Ada Fernwick"))
    comment = say(edition, visitor=remembered(reader), name="Donald Duck").comment
    assert (comment.state, comment.badge) == ("visible", "")
    assert say(edition, "More.", visitor=remembered(reader), name="Prof. Ada Fernwick").comment.badge == "expert"
