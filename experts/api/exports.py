"""The record to take away: positions as CSV, JSON Lines or an archive of both, streamed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from aisrace.api.answering import KEPT
from aisrace.api.describing import PROBLEMS, Describing, ProblemSerializer
from aisrace.api.parameters import Parameter, flag, read_parameters, slug
from aisrace.api.problems import MEDIA_TYPE, Reason, miss_all, refuse
from experts.api.finding import AS_OF
from experts.comparison import Comparison
from experts.exporting import Told, read_edition, read_record, write_archive, write_csv, write_json_lines
from experts.models import Expert, Position, Question

MOST = 200  # experts or questions named at once

type Reading = Callable[[], Iterator[Told]]
type Finding = Callable[[str, datetime], Comparison | None]

PARAMETERS: tuple[Parameter, ...] = (
    slug("expert", "Only positions of this expert; may be repeated.", most=MOST),
    slug("question", "Only positions on this question; may be repeated.", most=MOST),
    slug("article", "Only what this article's live edition shows, as it shows it. Not together with `as_of`."),
    AS_OF,
    flag("current", "`true`: only the one position of each expert on each question that counts."),
)
ABOUT = {
    "csv": "One row for each position; RFC 4180, UTF-8. Without parameters the whole record.",
    "jsonl": "The same, and every quote, as one JSON object a line.",
    "zip": "Both tables, what each column means, the licence and how to cite it.",
}
KINDS = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/jsonl", "zip": "application/zip"}


class WhateverIsAccepted(BaseContentNegotiation):
    """The address says what comes: a browser that would rather have a page gets the file, too."""

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: Any = None) -> Any:
        first = next(iter(renderers))
        return first, first.media_type


class DescribingExport(Describing):
    """A file instead of an object: what comes is told by its kind."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> dict[str, Any]:
        self.registry, self.path, self.path_regex = registry, path, path_regex
        self.path_prefix, self.method = path_prefix, "GET"
        view: Any = self.view
        problem = {MEDIA_TYPE: {"schema": self.resolve_serializer(ProblemSerializer, "response").ref}}
        file = {KINDS[view.form].split(";")[0]: {"schema": {"type": "string", "format": "binary"}}}
        return {
            "operationId": f"export_{view.form}",
            "summary": f"Download positions as {view.form}",
            "description": ABOUT[view.form],
            "tags": self.get_tags(),
            "parameters": [self.describe(view, parameter) for parameter in PARAMETERS],
            "responses": {
                "200": {"description": "The file, written while it is sent.", "content": file},
                "400": {"description": PROBLEMS[400], "content": problem},
                "404": {"description": PROBLEMS[404], "content": problem},
                "default": {"description": "Any other problem.", "content": problem},
            },
        }


class Export(APIView):
    """`find_article` is handed in by the site's routes: this room knows nothing of articles."""

    schema = DescribingExport()
    content_negotiation_class = WhateverIsAccepted
    form = "csv"
    find_article: Finding | None = None

    def get(self, request: Request) -> StreamingHttpResponse:
        now = timezone.now()
        values = read_parameters(request._request.GET, PARAMETERS)
        read = self.choose(values, now)
        writing: dict[str, Callable[[], Iterable[bytes]]] = {
            "csv": lambda: write_csv(read()),
            "jsonl": lambda: write_json_lines(read()),
            "zip": lambda: write_archive(read, now),
        }
        return StreamingHttpResponse(writing[self.form](), headers=self.headers_at(now))

    def head(self, request: Request) -> StreamingHttpResponse:
        """What is wrong with the parameters is told here, too; nothing is written."""
        now = timezone.now()
        self.choose(read_parameters(request._request.GET, PARAMETERS), now)
        return StreamingHttpResponse((), headers=self.headers_at(now))  # so that no length is told

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)

    def headers_at(self, now: datetime) -> dict[str, str]:
        name = f"positions-{timezone.localdate(now):%Y-%m-%d}.{self.form}"
        return {
            "Content-Type": KINDS[self.form],
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": KEPT,
            "X-Robots-Tag": "noindex",
        }

    def choose(self, values: dict[str, Any], now: datetime) -> Reading:
        """What reads the rows asked for. At most three queries; names that are not there are told, all at once."""
        wrong: list[Reason] = []
        experts = find_ids(Expert.objects.public(now), "expert", values, wrong)
        questions = find_ids(Question.objects.public(now), "question", values, wrong)
        shown = self.open_article(values, now, wrong)
        if wrong:
            raise miss_all(*wrong)
        if shown and "as_of" in values:
            raise refuse(Reason("as_of", "“as_of” cannot be asked of an article, which has a day of its own."))
        if shown:
            return lambda: narrow(read_edition(shown), experts, questions)
        positions = Position.objects.all()
        positions = positions if experts is None else positions.filter(expert__in=experts)
        positions = positions if questions is None else positions.filter(question__in=questions)
        as_of, only_current = values.get("as_of"), values.get("current", False)
        return lambda: read_record(positions, now, as_of, only_current=only_current)

    def open_article(self, values: dict[str, Any], now: datetime, wrong: list[Reason]) -> Comparison | None:
        if "article" not in values or self.find_article is None:
            return None
        shown = self.find_article(values["article"], now)
        if shown is None:
            wrong.append(Reason("article", f"“article” must be a live one; there is no “{values['article']}”."))
        return shown


def find_ids(rows: QuerySet[Any], name: str, values: dict[str, Any], wrong: list[Reason]) -> set[int] | None:
    """Of the rows that a parameter names; None where it names none. Those that are not there go to `wrong`."""
    if name not in values:
        return None
    slugs = list(dict.fromkeys(values[name]))
    found = dict(rows.filter(slug__in=slugs).values_list("slug", "pk"))
    wrong.extend(
        Reason(name, f"“{name}” must be one that there is; there is no “{each}”.")
        for each in slugs
        if each not in found
    )
    return set(found.values())


def narrow(rows: Iterable[Told], experts: set[int] | None, questions: set[int] | None) -> Iterator[Told]:
    for told in rows:
        cell = told.cell
        if (experts is None or cell.expert.id in experts) and (questions is None or cell.question.id in questions):
            yield told
