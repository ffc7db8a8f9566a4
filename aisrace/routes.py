"""Where the rooms meet for programs: every collection under /api/v1/."""

from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from aisrace.api.routing import collection_urls
from aisrace.api.views import Root, docs, schema
from aisrace.journal.views import Changes
from aisrace.search.api import Search
from articles.api.drafting import Draft, WrittenArticles
from articles.api.published import Editions
from articles.api.samples import find_samples
from articles.api.topics import Topics
from articles.reading import find_comparison
from comments.api.sending import Challenges, SentComments
from experts.api.asked import Questions, Scales
from experts.api.compared import Compare
from experts.api.exports import KINDS, Export
from experts.api.people import Experts
from experts.api.recording import RecordedPosition, WrittenPositions
from experts.api.said import Quotes, Sources

COLLECTIONS = (
    WrittenArticles,
    Editions,
    Experts,
    Questions,
    Scales,
    WrittenPositions,
    Quotes,
    Sources,
    Topics,
    SentComments,
)
PLACES = [*(collection.place for collection in COLLECTIONS), "compare", "changes", "search"]
WORKED_ON: dict[str, Any] = {"get": "retrieve", "patch": "partial_update"}

api_urls: list[URLPattern | URLResolver] = [
    path("v1/", Root.as_view({"get": "retrieve"}, places=PLACES, site_name=settings.SITE_NAME), name="api"),
    path("v1/schema/", schema, name="api_schema"),
    path("v1/docs/", docs, {"find_samples": find_samples}, name="api_docs"),
    path("v1/changes/", Changes.as_view({"get": "list"}), name="api_changes"),
    path("v1/comments/challenge/", Challenges.as_view({"get": "retrieve"}), name="api_challenge"),
    path("v1/drafts/<key:key>/", Draft.as_view(WORKED_ON), name="api_draft"),
    path("v1/positions/<key:key>/record/", RecordedPosition.as_view(WORKED_ON), name="api_record"),
    path("v1/compare/", Compare.as_view({"get": "retrieve"}), name="api_compare"),
    path("v1/search/", Search.as_view({"get": "retrieve"}), name="api_search"),
    path("v1/", include(collection_urls(*COLLECTIONS))),
    *(
        path(
            f"v1/export/positions.{form}",
            Export.as_view(form=form, find_article=find_comparison),
            name=f"export_{form}",
        )
        for form in KINDS
    ),
]
