"""The front door of the API, and its contract."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.request import Request
from rest_framework.serializers import CharField, DictField, Serializer, URLField

from aisrace.api.answering import KEPT, answer_json, answer_unchanged, is_known, tag_body
from aisrace.api.collections import Reading, find_parameters
from aisrace.api.examples import EXAMPLES, Samples, show_body
from aisrace.api.explaining import Part, explain
from aisrace.api.fields import make_picker
from aisrace.api.parameters import choice, read_parameters
from aisrace.api.problems import Problem, answer_problem

FORMATS = {"yaml": "application/vnd.oai.openapi", "json": "application/vnd.oai.openapi+json"}
VARIES = "Accept"
FORMAT = choice("format", "In which form.", list(FORMATS))


class RootSerializer(Serializer):
    name = CharField(help_text="Of the site.")
    version = CharField()
    documentation = URLField()
    schema = URLField(help_text="The contract, as OpenAPI 3.1.")
    collections = DictField(child=URLField(), help_text="The address of each by its name.")


class Root(Reading):
    """Where a program that knows nothing begins: the address of everything there is."""

    serializer_class = RootSerializer
    places: ClassVar[list[str]] = []
    site_name = ""

    def retrieve(self, request: Request) -> HttpResponse:
        ask = self.ask(request, find_parameters(type(self), False))
        data = {
            "name": self.site_name,
            "version": "1",
            "documentation": ask.links.list("docs"),
            "schema": ask.links.list("schema"),
            "collections": {name: ask.links.list(name) for name in self.places},
        }
        return answer_json(request._request, make_picker(ask.fields)(data))


@cache
def build_schema() -> dict[str, Any]:
    """Once for each process: it depends on nothing but the code."""
    return SchemaGenerator().get_schema(public=True)


@cache
def write_schema(form: str) -> bytes:
    if form == "json":
        return orjson.dumps(build_schema(), option=orjson.OPT_INDENT_2)
    return OpenApiYamlRenderer().render(build_schema())


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """YAML, or JSON where that is asked for by `format` or by `Accept`."""
    try:
        form = read_parameters(request.GET, [FORMAT]).get("format") or prefer(request)
    except Problem as problem:
        return answer_problem(problem)
    body = write_schema(form)
    tag = tag_body(body)
    if is_known(request, tag):
        unchanged = answer_unchanged(tag)
        unchanged["Vary"] = VARIES
        return unchanged
    headers = {"ETag": tag, "Cache-Control": KEPT, "Vary": VARIES}
    return HttpResponse(body, content_type=f"{FORMATS[form]}; charset=utf-8", headers=headers)


def prefer(request: HttpRequest) -> str:
    accept = request.META.get("HTTP_ACCEPT", "")
    return "json" if "json" in accept and "yaml" not in accept else "yaml"


@cache
def explain_contract() -> list[Part]:
    return explain(build_schema())


@require_safe
def docs(request: HttpRequest, find_samples: Callable[[datetime], Samples]) -> HttpResponse:
    samples = find_samples(timezone.now())
    examples: dict[str, list[tuple[str, str | None]]] = {}
    for example in EXAMPLES:
        examples.setdefault(example.part, []).append((example.about, example.address(samples)))
    context = {"parts": explain_contract(), "examples": examples, "body": show_body(samples)}
    return render(request, "api/docs.html", context)
