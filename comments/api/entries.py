"""What programs send to comment, and what they are told."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aisrace.api.strict import Flag, KeyOrName, Slug, Strict, Text, Whole, Words
from comments.models import Comment

EXAMPLE = {
    "article": "night-trains",
    "name": "Rosa Lindqvist",
    "email": "rosa@example.org",
    "body": "The *timetable* says otherwise.",
    "purpose": "source",
}


@extend_schema_field({"type": "string", "format": "email", "minLength": 3})
class Address(Words):
    """What is one, the form's own rules say."""


class CommentEntrySerializer(Strict):
    """As the form on the page has it."""

    article = Slug(help_text="Its address, or any that it has had.")
    name = Words(help_text="That others can answer to.")
    email = Address(help_text="Never shown. A letter with a link goes there, unless the address is known as yours.")
    body = Words(help_text="Markdown.")
    parent = Whole(required=False, allow_null=True, help_text="The comment that it answers.")  # type: ignore[assignment]
    position = Whole(required=False, allow_null=True, help_text="The position in the article that it is about.")
    quote = Whole(required=False, allow_null=True, help_text="The quote in the article that it is about.")
    purpose = serializers.ChoiceField(choices=["", *Comment.Purpose.values], required=False)
    answer = KeyOrName(
        required=False,
        allow_null=True,
        help_text="Your own answer: its id, or “question-answer” by the ids of both where the scale serves many.",
    )
    replies = Flag(required=False, help_text="Whether you want to be told of replies by mail.")
    website = Text(required=False, help_text="Leave it empty. Programs that fill in everything give themselves away.")
    proof = Text(
        required=False,
        help_text="“number:signature:salt”, see `/api/v1/comments/challenge/`. Without it, and without a key with the "
        "scope write:comments, the comment is held.",
    )


class WaitingSerializer(serializers.Serializer):
    status = serializers.ChoiceField(
        choices=["waiting", "held"], help_text="`waiting`: for the link in the letter; `held`: for a moderator."
    )
    detail = serializers.CharField()


class ChallengeSerializer(serializers.Serializer):
    """Find the number from 0 to `most` that, written behind the salt, hashes to the challenge."""

    is_required = serializers.BooleanField(help_text="Where it is false there is nothing to solve.")
    algorithm = serializers.CharField()
    challenge = serializers.CharField()
    salt = serializers.CharField()
    signature = serializers.CharField()
    most = serializers.IntegerField()
