"""Working copies as programs of the desk begin, read and change them. Nothing here publishes."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from aisrace.api.contract import reads_by_key, writes
from aisrace.api.links import find_links
from aisrace.api.models import ApiKey
from aisrace.api.parameters import read_parameters
from aisrace.api.problems import Problem
from aisrace.api.writing import Written, answer, permit, read_versions, take, translate, write
from articles.api.entries import EXAMPLE, DraftEntrySerializer, DraftSerializer, tell_draft
from articles.api.published import Articles
from articles.composing import begin_article, change_article
from articles.models import Article

SCOPE = ApiKey.Scope.ARTICLES


class WrittenArticles(Articles):
    """What readers read of articles, and the way to begin one."""

    @writes(
        "articles_draft",
        "Begin an article: a working copy that readers see nothing of until somebody publishes it in the desk.",
        DraftEntrySerializer,
        {201: (DraftSerializer, "It is begun.")},
        example=EXAMPLE,
        scope=SCOPE,
    )
    def create(self, request: Request) -> HttpResponse:
        key, said = take(request, SCOPE, DraftEntrySerializer)

        def deed(now: datetime) -> Written:
            return tell(request, begin_article(said, by=key.person, now=now, api_key=key.pk), 201)

        return write(request, key, said, deed)


class Draft(ViewSet):
    """A working copy, for those who may work on it."""

    serializer_class = DraftSerializer

    @reads_by_key("drafts_read", "A working copy, for those who may work on it in the desk.", DraftSerializer, SCOPE)
    def retrieve(self, request: Request, key: int) -> HttpResponse:
        who = permit(request, SCOPE)
        read_parameters(request._request.GET, ())
        return answer(translate(lambda now: tell(request, find_row(who, key)), timezone.now()))

    @writes(
        "drafts_change",
        "Change what is sent of a working copy; the rest stays. Lists are whole lists, in their order.",
        DraftEntrySerializer,
        {200: (DraftSerializer, "It is changed, or was so already.")},
        example={"headline": "Who still believes in night trains"},
        scope=SCOPE,
        begins_from_version=True,
    )
    def partial_update(self, request: Request, key: int) -> HttpResponse:
        who, said = take(request, SCOPE, DraftEntrySerializer, partial=True)
        tags = read_versions(request)
        row = find_row(who, key)
        expected = row.version if str(row.version) in tags else 0

        def deed(now: datetime) -> Written:
            change_article(row, said, by=who.person, now=now, expected=expected, api_key=who.pk)
            return tell(request, find_row(who, key))

        return write(request, who, said, deed)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)


def find_row(key: ApiKey, pk: int) -> Any:
    row = Article.objects.editable_by(key.person).filter(pk=pk).first()
    if row is None:
        raise Problem(404, f"There is no draft {pk} that you may work on.")
    return row


def tell(request: Request, row: Article, status: int = 200) -> Written:
    data = tell_draft(row, find_links(request._request))
    return Written(data, status, row.version, data["url"] if status == 201 else "")
