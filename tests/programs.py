"""Programs as tests play them: a key of somebody of the desk, and requests with a JSON body."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from aisrace.api.keys import make_key
from aisrace.api.models import ApiKey
from tests.desk import staff

API = "/api/v1"
ALL = ApiKey.Scope.values


class Program:
    """Sends what it is given under one key; without a person under none."""

    def __init__(self, person: User | None, *scopes: str) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if person:
            self.key = ApiKey(name="A program", person=person, scopes=scopes or ALL)
            self.headers["Authorization"] = f"Bearer {make_key(self.key, by=person, now=timezone.now())}"

    def get(self, place: str, **headers: str) -> Any:
        return self.client.get(API + place, headers=self.headers | spell(headers))

    def post(self, place: str, body: Any, **headers: str) -> Any:
        return self.send("post", place, body, headers)

    def patch(self, place: str, body: Any, **headers: str) -> Any:
        return self.send("patch", place, body, headers)

    def send(self, method: str, place: str, body: Any, headers: dict[str, str]) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = headers.pop("content_type", "application/json")
        send = getattr(self.client, method)
        return send(API + place, data, content_type=kind, headers=self.headers | spell(headers))


def spell(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def program(role: str = "editor", *scopes: str, name: str = "") -> Program:
    return Program(staff(name or role, role), *scopes)


def pointers(answer: Any) -> set[str]:
    """Where something is wrong."""
    assert answer["Content-Type"] == "application/problem+json"
    return {error["pointer"] for error in answer.json()["errors"]}
