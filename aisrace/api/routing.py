"""Addresses of collections."""

from typing import Any

from django.urls import URLPattern, path
from django.urls.converters import register_converter

from aisrace.api.collections import Collection

LIST = {"get": "list", "post": "create"}
ROW = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


class KeyConverter:
    """Ids that a database can hold."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(KeyConverter, "key")


def collection_urls(*collections: type[Collection]) -> list[URLPattern]:
    """A list and its rows, with the methods that a collection has."""
    patterns = []
    for collection in collections:
        name, kind = collection.place, "key" if collection.key == "pk" else "slug"
        patterns += [
            path(f"{name}/", collection.as_view(choose(collection, LIST)), name=f"api_{name}"),
            path(f"{name}/<{kind}:key>/", collection.as_view(choose(collection, ROW)), name=f"api_{name}_row"),
        ]
    return patterns


def choose(collection: type[Collection], methods: dict[str, str]) -> dict[str, Any]:
    return {method: action for method, action in methods.items() if hasattr(collection, action)}
