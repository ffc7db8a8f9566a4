"""What the tests of the desk stand on: people of every role, rows that somebody else keeps private, all addresses.

Bait hangs in everything that a contributor may not see; `shows_bait` looks for it in whatever is answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from aisrace.api.keys import make_key
from aisrace.api.models import ApiKey
from aisrace.hooks.models import Endpoint
from aisrace.hooks.telling import tell_test
from aisrace.keeping.models import Deed
from aisrace.keeping.trail import record
from articles.models import Article, Edition, Intake
from articles.publishing import publish
from comments.models import Ban, Comment, Conversation, ReportedError, ScreeningRule
from experts.models import Expert, Position, Question, Quote, Source
from experts.models.imports import ImportRun
from tests import make, talk

BAIT = "zorkmid"
MINE = "my own words"
ROLES = ["contributor", "editor", "moderator", "administrator"]
SEEN_BY_ALL_STAFF = ["edition", "author", "topic", "scale"]
REFUSED = {302, 400, 403, 404, 405}  # 302 only to sign in; see `refuses`


def bait(where: str) -> str:
    return f"{BAIT} {where}"


def staff(name: str, *groups: str) -> User:
    user: User = make.user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    return user


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@dataclass
class World:
    """What somebody else (an editor) has entered and keeps private, and what is public."""

    other: User
    article: Article
    expert: Expert
    question: Question
    position: Position
    source: Source
    quote: Quote
    edition: Edition
    public: Position
    document: Intake
    table: ImportRun
    comment: Comment
    conversation: list[Model]
    key: ApiKey
    machines: list[Model]

    @property
    def foreign(self) -> list[Model]:
        return [self.article, self.expert, self.question, self.position, self.source, self.comment]


def make_world() -> World:
    other, now = staff(bait("editor"), "editor"), timezone.now()
    by: dict[str, Any] = {"entered_by": other}
    expert = make.expert(bait("expert"), public_at=None, **by)
    make.affiliation(expert, bait("organisation"))
    question = make.question(bait("question"), public_at=None, **by)
    source = make.source(bait("source"), url="https://example.org/zorkmid", **by)
    position = make.position(expert, question, public_at=None, source=source, summary=bait("summary"), **by)
    quote = make.quote(position, bait("quote"), source=source)
    article = make.article(bait("article"), experts=[expert], questions=[question], **by)
    article.sections.update(heading=bait("section"))
    published = make.article(bait("published"), **by)
    edition = publish(published, by=other, now=now, at=now + timedelta(days=1))
    record("changed", article, by=other, now=now, note=bait("note"))
    public = make.position(make.expert("Ada Fernwick"), make.question("Will trains run?"), summary="In public.", **by)
    document = Intake.objects.create(
        article=article, key="k", name=bait("document"), text=bait("text"), brought_by=other, brought_at=now
    )
    table = ImportRun.objects.create(
        file_name=bait("table"),
        file=ContentFile(b"expert", "t.csv"),
        options={"columns": {}, "sheet": "", "source": bait("source")},
        started_by=other,
        created_at=now,
    )
    comment, conversation = make_conversation(now)
    return World(
        *(other, article, expert, question, position, source, quote, edition, public, document, table),
        *(comment, conversation, make_foreign_key(other, now), make_machines(now)),
    )


def make_machines(now: datetime) -> list[Model]:
    """Who is told, and what was told, which is for administrators alone."""
    endpoint = Endpoint.objects.create(name=bait("endpoint"), url="https://example.org/", events=["comment.approved"])
    return [endpoint, tell_test(endpoint, now)]


def make_foreign_key(other: User, now: datetime) -> ApiKey:
    key = ApiKey(name=bait("key"), person=other, scopes=["read"])
    make_key(key, by=other, now=now)
    return key


def make_conversation(now: datetime) -> tuple[Comment, list[Model]]:
    """What readers have said, which is for moderators alone, and how it is run."""
    reader = talk.person(bait("reader"))
    said = talk.held(talk.live(), bait("comment"), name=bait("reader"), commenter=reader)
    wrong = talk.comment(talk.live(), bait("error"), purpose="error")
    return said, [
        reader,
        ReportedError.objects.create(comment=wrong, article=wrong.article, at=now),
        Ban.objects.create(kind="network", value="192.0.2.0/24", label=bait("ban"), begins_at=now),
        Conversation.objects.create(article=said.article, note=bait("conversation")),
        ScreeningRule.objects.create(key="listed_word", outcome="hold", words=bait("word")),
    ]


def shows_bait(answer: Any) -> bool:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return BAIT in (body.decode(errors="replace") + answer.headers.get("Location", "")).lower()


def refuses(answer: Any) -> bool:
    """Leading to the sign-in counts; leading anywhere else, as if nothing had been refused, does not."""
    if answer.status_code == 302:
        return answer["Location"].split("?")[0] in ("/admin/login/", "/accounts/login/")
    return answer.status_code in REFUSED


def address(row: Model | type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=args)


def patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for part in resolver.url_patterns:
        route = before + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from patterns(part, route)
        elif isinstance(part, URLPattern):
            yield route, part


def desk_addresses(keys: dict[str, Any]) -> list[tuple[str, str]]:
    """Every address under /admin/ as (route, address), with the keys of foreign rows where it takes any."""
    found = []
    for route, part in patterns(get_resolver()):
        if not route.startswith("admin/"):
            continue
        names = part.pattern.converters if hasattr(part.pattern, "converters") else {}
        model = next(
            (m for m in admin.site._registry if f"/{m._meta.app_label}/{m._meta.model_name}/" in f"/{route}"), None
        )
        key = keys.get(model._meta.label_lower if model else "", 1)
        filled = route
        for name, converter in names.items():
            value = keys.get(name, key)
            for tag in ("path", "int", "str", "slug", "uuid"):
                filled = filled.replace(f"<{tag}:{name}>", str(value))
            filled = filled.replace(f"<{name}>", str(value))
            assert converter
        found.append((route, "/" + filled.replace("^", "").replace("$", "").replace("\\Z", "")))
    return found


def foreign_keys(world: World) -> dict[str, Any]:
    rows: list[Model] = [*world.foreign, world.edition, world.other, Group.objects.get(name="editor")]
    rows += [
        Deed.objects.all()[0],
        world.article.authors.all()[0],
        world.document,
        world.table,
        *world.conversation,
        world.key,
        *world.machines,
    ]
    return {row._meta.label_lower: row.pk for row in rows}


def position_form(expert: Expert, question: Question, **values: Any) -> dict[str, Any]:
    answer = question.scale.answers.all()[0]
    form = {"expert": expert.pk, "question": question.pk, "answer": answer.pk, "stated_on": "2025-01-31", "blank": ""}
    return form | {"dating": "stated", "summary": MINE, "quotes-TOTAL_FORMS": 0, "quotes-INITIAL_FORMS": 0} | values


def article_form(**values: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "headline": MINE,
        "slug": "mine",
        "picture_focus_x": 50,
        "picture_focus_y": 50,
        "version": 1,
    }
    for inline in ("sections", "articlequestion_set", "byline_set"):
        form |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return form | values
