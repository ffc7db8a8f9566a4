"""What readers say, as programs read it: what is visible under articles that are live, and nothing of the persons."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from aisrace.api.asking import Ask
from aisrace.api.collections import Collection, Filter, Rows, find_named
from aisrace.api.links import Links
from aisrace.api.paging import Ordering
from aisrace.api.parameters import choice, flag, number, slug
from aisrace.api.problems import miss
from articles.models import Edition
from articles.reading import newest_at
from comments.bodies import trusted_html
from comments.models import Comment
from experts.models import Position, Question
from experts.shapes import NamedQuestionSerializer
from experts.telling import name_question

VISIBLE = Comment.State.VISIBLE


class TalkedArticleSerializer(serializers.Serializer):
    slug = serializers.CharField()
    url = serializers.URLField()
    page = serializers.URLField()


class TalkedPositionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()


class OwnAnswerSerializer(serializers.Serializer):
    question = NamedQuestionSerializer()
    answer = serializers.CharField(help_text="In the words of the scale.")


class CommentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see; leads to its place in the conversation.")
    article = TalkedArticleSerializer()
    edition = serializers.IntegerField(help_text="The number of the edition it was written under.")
    parent = serializers.IntegerField(allow_null=True, help_text="The id of the comment that it answers.")  # type: ignore[assignment]
    parent_url = serializers.URLField(allow_null=True, help_text="Null where that is gone, or the article is answered.")
    depth = serializers.IntegerField(help_text="0 for what answers the article.")
    name = serializers.CharField(help_text="As the reader signed.")
    badge = serializers.ChoiceField(
        choices=["", *Comment.Badge.values], help_text="Who somebody is known to be; empty for most."
    )
    purpose = serializers.ChoiceField(choices=["", *Comment.Purpose.values], help_text="May be empty.")
    html = serializers.CharField(help_text="The text, rendered and sanitised.")
    text = serializers.CharField(help_text="As it was written, in Markdown.")
    position = TalkedPositionSerializer(allow_null=True, help_text="What it is about.")
    own_answer = OwnAnswerSerializer(allow_null=True, help_text="The reader's own answer to a question.")
    votes = serializers.IntegerField(help_text="How many readers found it valuable.")
    is_pick = serializers.BooleanField(help_text="Whether the editors picked it.")
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


ROW = (
    *("id", "article_id", "edition", "parent_id", "parent__state", "depth", "name", "badge", "purpose"),
    *("text", "html", "renderer", "seal", "position_id", "question_id", "answer__label", "votes", "featured_at"),
    *("created_at", "edited_at"),
)


def narrow_to_article(rows: Rows, address: str, ask: Ask) -> Rows:
    newest = newest_at(address, ask.now).values_list("article", "kind").first()
    if newest is None or newest[1] == Edition.Kind.WITHDRAWAL:
        raise miss("article", f"article “{address}”")
    return rows.filter(article=newest[0])


class Comments(Collection):
    """What readers say under articles, as far as it is visible."""

    place = "comments"
    serializer_class = CommentSerializer
    filters = (
        Filter(slug("article", "Only those under this article, by any address it has had."), narrow_to_article),
        Filter(
            number("position", "Only those about this position."),
            lambda rows, value, ask: rows.filter(
                position=find_named(Position.objects.public(ask.now), "position", pk=value)
            ),
        ),
        Filter(
            number("parent", "Only those that answer this comment."),
            lambda rows, value, ask: rows.filter(parent=find_named(Comments().find(ask), "parent", pk=value)),
        ),
        Filter(
            choice("purpose", "Only those that do this.", Comment.Purpose.values),
            lambda rows, purpose, ask: rows.filter(purpose=purpose),
        ),
        Filter(
            choice("badge", "Only those by somebody who is known to be this.", Comment.Badge.values),
            lambda rows, badge, ask: rows.filter(badge=badge),
        ),
        Filter(
            flag("picks", "Only those that the editors picked, or only others."),
            lambda rows, is_pick, ask: rows.filter(featured_at__isnull=not is_pick),
        ),
    )
    orderings = (
        Ordering("created", "created_at", is_descending=True),
        Ordering("votes", "votes", is_descending=True),
        Ordering("reading", "path"),
        Ordering("id", "pk"),
    )

    def find(self, ask: Ask) -> Rows:
        live = Edition.objects.live(ask.now).order_by().values("article")
        return Comment.objects.visible().filter(article__in=live)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Four queries: comments, the addresses of their articles, which positions and questions are public."""
        rows = list(Comment.objects.filter(pk__in=ids).values(*ROW))
        live = Edition.objects.live(ask.now).filter(article__in={row["article_id"] for row in rows})
        addresses = dict(live.values_list("article_id", "slug"))
        positions = read_positions(rows, ask) if ask.wants("position") else set()
        questions = read_questions(rows, ask) if ask.wants("own_answer") else {}
        return {row["id"]: tell(row, addresses[row["article_id"]], positions, questions, ask) for row in rows}


def read_positions(rows: Sequence[dict[str, Any]], ask: Ask) -> set[int]:
    """Those that are public. One query."""
    asked = {row["position_id"] for row in rows} - {None}
    return set(Position.objects.public(ask.now).filter(pk__in=asked).order_by().values_list("pk", flat=True))


def read_questions(rows: Sequence[dict[str, Any]], ask: Ask) -> dict[int, dict[str, Any]]:
    """Those that are public. One query."""
    asked = {row["question_id"] for row in rows if row["answer__label"]}
    found = Question.objects.public(ask.now).filter(pk__in=asked).values_list("pk", "slug", "label", "wording")
    return {pk: name_question(pk, address, label, wording, ask.links) for pk, address, label, wording in found}


def tell(row: dict[str, Any], address: str, positions: set[int], questions: dict[int, Any], ask: Ask) -> dict[str, Any]:
    links, pk = ask.links, row["id"]
    is_answer = row["question_id"] in questions and row["answer__label"]
    return {name: row[name] for name in AS_THEY_ARE} | {
        "url": links.api("comments", pk),
        "page": f"{links.page('comment', address, pk)}#c{pk}",
        "article": {"slug": address, "url": links.api("articles", address), "page": links.page("article", address)},
        "parent": row["parent_id"],
        "parent_url": links.api("comments", row["parent_id"]) if row["parent__state"] == VISIBLE else None,
        "html": trusted_html(row["text"], row["html"], row["renderer"], row["seal"]) if ask.wants("html") else "",
        "position": link_position(row["position_id"], links) if row["position_id"] in positions else None,
        "own_answer": {"question": questions[row["question_id"]], "answer": row["answer__label"]}
        if is_answer
        else None,
        "is_pick": row["featured_at"] is not None,
    }


def link_position(pk: int, links: Links) -> dict[str, Any]:
    return {"id": pk, "url": links.api("positions", pk)}


AS_THEY_ARE = ("id", "edition", "depth", "name", "badge", "purpose", "text", "votes", "created_at", "edited_at")
