"""Comments as programs send them in: the same way, past the same rules, as by the form."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from aisrace.api.asking import Ask
from aisrace.api.contract import tell_answers, writes
from aisrace.api.fields import make_picker
from aisrace.api.models import ApiKey
from aisrace.api.parameters import read_parameters
from aisrace.api.problems import Problem, Reason, miss_all
from aisrace.api.writing import Written, answer, permit, read_body, refuse_body, translate, write
from aisrace.lib.text import clean_line
from aisrace.lib.visitors import client_ip
from articles.models import Edition
from articles.reading import find_newest
from comments.api.entries import EXAMPLE, ChallengeSerializer, CommentEntrySerializer, WaitingSerializer
from comments.api.talk import Comments, CommentSerializer
from comments.drafts import NotUnderstood, make_draft
from comments.limits import TEN_MINUTES
from comments.models import Comment, Commenter
from comments.proof import ALGORITHM, make_challenge
from comments.rulebook import REFUSALS
from comments.showing import name_subject
from comments.submitting import NoConversation, Refused, Submission, submit
from comments.visitors import Visitor

State = Comment.State
NAMED = {"parent", "position", "quote"}  # what a comment hangs on; that one of them is gone is no fault of its words
WAITING = {
    "status": "waiting",
    "detail": "A letter is on its way to the address. The comment is sent on when the link in it is opened.",
}
HELD = {"status": "held", "detail": "A moderator looks at it before it is shown."}
SENT_BEFORE = {"status": "held", "detail": "The same was sent before, and is not shown yet, or not any more."}


class SentComments(Comments):
    """What readers see of comments, and the way to send one in: without a key as anybody may, with one for its person.

    No cookie is looked at, so that no page can make a browser speak in its reader's name.
    """

    @writes(
        "comments_send",
        "Send in a comment, as by the form. With a key that has the scope `write:comments` no proof of work is needed.",
        CommentEntrySerializer,
        {
            200: (CommentSerializer, "The same was sent before, and readers see it."),
            201: (CommentSerializer, "Readers see it."),
            202: (WaitingSerializer, "It is taken in and not shown yet."),
        },
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        has_key = getattr(request._request, "api_key", None) is not None
        key = permit(request, ApiKey.Scope.COMMENTS) if has_key else None
        ask = self.ask(request, ())
        said = read_body(request, CommentEntrySerializer)

        def deed(now: datetime) -> Written:
            newest = find_article(said["article"], now)
            return self.tell(send(newest, said, find_visitor(request, said, key), now), ask)

        return write(request, key, said, deed)

    def tell(self, sent: Submission, ask: Ask) -> Written:
        """Of what is not shown yet nothing is told, not even a number: the address may be anybody's."""
        comment, subject = sent.comment, name_subject(sent.comment.pk)
        if sent.waits_for_mail:
            return Written(WAITING, 202, subject=subject)
        if comment.state != State.VISIBLE:
            told = HELD if sent.is_new or comment.state == State.HELD else SENT_BEFORE
            return Written(told, 202, subject=subject)
        row = self.read([comment.pk], ask)[comment.pk]
        location = ask.links.api(self.place, comment.pk)
        status = 201 if sent.is_new else 200
        return Written(make_picker(ask.fields)(row), status, location=location, subject=subject)


class Challenges(ViewSet):
    """Work for a moment, which costs a reader nothing and a flood a lot."""

    serializer_class = ChallengeSerializer

    @extend_schema(
        operation_id="comments_challenge",
        description="A challenge that a comment without a key brings the solution of. It is good for one.",
        responses=tell_answers({200: (ChallengeSerializer, "A new one each time.")}, (400, 404, 406, 429)),
    )
    def retrieve(self, request: Request) -> HttpResponse:
        read_parameters(request._request.GET, ())
        made = make_challenge(timezone.now())
        empty = {"challenge": "", "salt": "", "signature": "", "most": 0}
        told = {"is_required": made is not None, "algorithm": ALGORITHM} | (asdict(made) if made else empty)
        return answer(translate(lambda now: Written(told), timezone.now()))

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)


def find_article(slug: str, now: datetime) -> Edition:
    """404 where there is no conversation to take part in."""
    newest = find_newest(slug, now)
    if newest is None:
        raise no_conversation(f"There is no article “{slug}”.")
    return newest


def no_conversation(told: str) -> Problem:
    return Problem(404, told, reasons=[Reason("/article", told, where="pointer")])


def find_visitor(request: Request, said: Mapping[str, Any], key: ApiKey | None) -> Visitor:
    """A key speaks for its person under an address that is known to be theirs; under any other it is anybody."""
    asked = request._request
    agent = clean_line(asked.META.get("HTTP_USER_AGENT", ""))[:300]
    reader = None
    if key:
        own = Commenter.objects.filter(user=key.person_id, confirmed_at__isnull=False)
        reader = own.filter(address=said["email"].strip().lower()).select_related("user", "expert").first()
    return Visitor(client_ip(asked), agent, reader, needs_no_proof=key is not None)


def send(newest: Edition, said: Mapping[str, Any], visitor: Visitor, now: datetime) -> Submission:
    try:
        draft = make_draft(lambda field: str(said.get(field) or ""), wants_replies=bool(said.get("replies")))
        return submit(newest, draft, visitor, now=now)
    except NotUnderstood as error:
        reasons = [Reason(f"/{field}", words, where="pointer") for field, words in error.problems.items()]
        if set(error.problems) <= NAMED:
            raise miss_all(*reasons) from error
        raise refuse_body(reasons) from error
    except NoConversation as error:
        raise no_conversation("The article was withdrawn.") from error
    except Refused as refusal:
        status = REFUSALS.get(refusal.rule.key, 400)
        headers = {"Retry-After": str(TEN_MINUTES)} if status == 429 else {}
        raise Problem(status, str(refusal), "refused", headers=headers, rule=refusal.rule.key) from refusal
