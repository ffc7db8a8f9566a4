"""The contract as OpenAPI: reading is described from the same lists that requests are read by."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from aisrace.api.collections import Collection, Reading
from aisrace.api.parameters import Parameter
from aisrace.api.problems import MEDIA_TYPE
from aisrace.api.strict import Strict

JSON = "application/json"
NO_NUL = "^[^\\u0000]*$"


class ReasonSerializer(serializers.Serializer):
    parameter = serializers.CharField(help_text="Which parameter, where it is one.")
    pointer = serializers.CharField(help_text="Where in the body that was sent, where it is there.")
    detail = serializers.CharField()
    allowed = serializers.ListField(help_text="What would be right, where that is a short list.")


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. `type` leads to where it is explained."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ReasonSerializer(many=True, help_text="All that is wrong at once.")  # type: ignore[assignment]


PROBLEMS = {
    400: "Something in the query string cannot be understood; all of it is named, with what is allowed.",
    404: "Nothing is here.",
    406: "Only JSON is spoken here.",
    410: "It was withdrawn.",
}
HEADERS = {
    "ETag": "To be sent back as `If-None-Match`.",
    "Cache-Control": "Answers may be kept and are to be asked for again.",
}
LINKS = {"Link": "The neighbouring pages, as `next` and `prev`."}


class Describing(AutoSchema):
    """Views that write are described by REST framework's extensions; those that read by what they declare."""

    def get_tags(self) -> list[str]:
        return self._tokenize_path()[:1] or ["root"]

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        if not isinstance(self.view, Reading) or method.upper() != "GET":
            return super().get_operation(path, path_regex, path_prefix, method, registry)
        self.registry, self.path, self.path_regex = registry, path, path_regex
        self.path_prefix, self.method = path_prefix, "GET"
        return self.describe_reading(self.view)

    def describe_reading(self, view: Reading) -> dict[str, Any]:
        (tag,) = self.get_tags()
        is_list = isinstance(view, Collection) and view.action == "list"
        about = view.__doc__ or ""
        operation: dict[str, Any] = {
            "operationId": f"{tag}_{'list' if is_list else 'read'}",
            "summary": f"{'List' if is_list else 'Read'} {tag}",
            "description": " ".join(about.split()),
            "tags": [tag],
            "parameters": [*self.describe_key(view), *(self.describe(view, p) for p in self.parameters_of(view))],
            "responses": self.describe_answers(view, is_list),
        }
        if auth := self.get_auth():
            operation["security"] = [*auth, {}] if {} not in auth else auth
        return operation | ({"deprecated": True} if view.retiring else {})

    def parameters_of(self, view: Reading) -> list[Parameter]:
        if isinstance(view, Collection) and view.action == "list":
            return view.list_parameters()
        return view.row_parameters()

    def describe(self, view: Reading, parameter: Parameter) -> dict[str, Any]:
        schema = parameter.schema
        if parameter.name == "fields":
            name = f"{self._get_serializer_name(view.serializer_class(), 'response')}Field"
            schema = self.keep(name, schema)
        told: dict[str, Any] = {"name": parameter.name, "in": "query", "description": parameter.about}
        if parameter.is_list:
            array = {"type": "array", "items": schema, "minItems": 1}
            return told | {"schema": array, "style": "form", "explode": False}
        if parameter.many:
            array = {"type": "array", "items": schema, "maxItems": parameter.most, "uniqueItems": True}
            return told | {"schema": array, "style": "form", "explode": True}
        return told | {"schema": schema}

    def describe_key(self, view: Reading) -> list[dict[str, Any]]:
        if "{key}" not in self.path or not isinstance(view, Collection):
            return []
        is_id = view.key == "pk"
        schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 10**15 - 1}
        if not is_id:
            schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
        about = "Its id." if is_id else "Its slug; at a former one the answer leads on."
        return [{"name": "key", "in": "path", "required": True, "description": about, "schema": schema}]

    def describe_answers(self, view: Reading, is_list: bool) -> dict[str, Any]:
        row = self.resolve_serializer(view.serializer_class, "response").ref
        body = self.list_of(view.serializer_class, row) if is_list else row
        headers = HEADERS | (LINKS if is_list else {})
        answers: dict[str, Any] = {
            "200": {
                "description": "A page of the list."
                if is_list
                else "The row."
                if "{key}" in self.path
                else "The answer.",
                "content": {JSON: {"schema": body}},
                "headers": {name: {"description": t, "schema": {"type": "string"}} for name, t in headers.items()},
            },
            "304": {"description": "You have it already."},
        }
        if isinstance(view, Collection) and view.key != "pk" and not is_list:
            answers["301"] = {"description": "It has moved."}
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        content = {MEDIA_TYPE: {"schema": problem}}
        answers |= {str(status): {"description": t, "content": content} for status, t in PROBLEMS.items()}
        return answers | {"default": {"description": "Any other problem.", "content": content}}

    def list_of(self, serializer: type[serializers.Serializer], row: dict[str, Any]) -> dict[str, Any]:
        name = f"{self._get_serializer_name(serializer(), 'response')}List"
        page = {"type": ["string", "null"], "format": "uri"}
        schema = {
            "type": "object",
            "properties": {
                "count": {"type": "integer", "description": "Of all pages together."},
                "next": page | {"description": "Null on the last page."},
                "previous": page | {"description": "Null on the first page."},
                "results": {"type": "array", "items": row},
            },
            "required": ["count", "next", "previous", "results"],
        }
        return self.keep(name, schema)

    def keep(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        """Once among the components; here only a reference."""
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, f"made here: {name}")
        self.registry.register_on_missing(component)
        return component.ref

    def _get_request_body(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing at all is never taken, also where no field is required."""
        body = super()._get_request_body(*args, **kwargs)
        return body and body | {"required": True}

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        """In answers no field is sure to be there: `fields` may have left it out. In what is sent no other may be."""
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, Strict):
            schema["additionalProperties"] = False
        if direction == "response":
            schema.pop("required", None)
            return schema
        # What is sent is written down, which NUL cannot be.
        for told in schema.get("properties", {}).values():
            if "string" in told.get("type", ()) and not told.keys() & {"pattern", "enum", "format"}:
                told["pattern"] = NO_NUL
        return schema
