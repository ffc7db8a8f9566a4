"""An article with the words and details that an edition of ours has, as Wagtail keeps them."""

from django.db import models
from wagtail.api import APIField
from wagtail.blocks import CharBlock, RichTextBlock, StructBlock, TextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page


class ArticlePage(Page):
    """Everything is a field of the page, so that a list costs Wagtail no query for each of them."""

    standfirst = models.TextField()
    body = RichTextField()
    verdict = RichTextField()
    method = RichTextField()
    sections = StreamField(
        [("section", StructBlock([("heading", CharBlock()), ("expert", CharBlock()), ("body", RichTextBlock())]))]
    )
    byline = StreamField(
        [("author", StructBlock([("name", CharBlock()), ("slug", CharBlock()), ("bio", TextBlock())]))]
    )
    topics = StreamField([("topic", StructBlock([("name", CharBlock()), ("slug", CharBlock())]))])
    counts = models.JSONField()
    verdict_positions = models.JSONField()
    minutes = models.PositiveSmallIntegerField()

    api_fields = [
        APIField(name)
        for name in (
            *("standfirst", "body", "sections", "verdict", "method"),
            *("byline", "topics", "counts", "verdict_positions", "minutes"),
        )
    ]
