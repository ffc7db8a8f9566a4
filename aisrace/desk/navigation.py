"""Where one can go in the desk, in an editor's words; everybody is shown what they may open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from aisrace.desk.scheduler import read_scheduler
from articles.models import Article
from comments.queue import count_held


@dataclass(frozen=True)
class Place:
    """A page of the desk. `page` is that of the model's admin: a list to view, or something to add."""

    title: str
    icon: str
    model: str
    page: str = "changelist"

    def find_url(self) -> str | None:
        """None where nobody has built that page."""
        try:
            return reverse(f"admin:{self.model.replace('.', '_')}_{self.page}")
        except NoReverseMatch:
            return None

    def is_open_to(self, request: HttpRequest) -> bool:
        try:
            desk = admin.site.get_model_admin(apps.get_model(self.model))
        except (LookupError, NotRegistered):
            return False
        if self.page == "changelist":
            return desk.has_view_or_change_permission(request)
        return desk.has_add_permission(request)


GROUPS: dict[str, list[Place]] = {
    "Writing": [
        Place("Articles", "article", "articles.article"),
        Place("Authors", "signature", "articles.author"),
        Place("Bring in an article", "upload_file", "articles.intake", "add"),
    ],
    "The record": [
        Place("Experts", "groups", "experts.expert"),
        Place("Questions", "help", "experts.question"),
        Place("Positions", "balance", "experts.position"),
        Place("Sources", "menu_book", "experts.source"),
        Place("Scales", "linear_scale", "experts.scale"),
        Place("Topics", "label", "experts.topic"),
        Place("Bring in positions", "table", "experts.importrun", "add"),
    ],
    "Published": [Place("Editions", "newspaper", "articles.edition")],
    "Conversation": [
        Place("Comments", "forum", "comments.comment"),
        Place("Reported errors", "fact_check", "comments.reportederror"),
        Place("Conversations", "tune", "comments.conversation"),
        Place("House rules", "rule", "comments.screeningrule"),
        Place("Readers", "person_search", "comments.commenter"),
        Place("Bans", "block", "comments.ban"),
    ],
    "Oversight": [
        Place("Trail", "history", "keeping.deed"),
        Place("Background work", "schedule", "sweeps.sweep"),
    ],
    "People": [
        Place("Users", "person", "auth.user"),
        Place("Groups", "shield_person", "auth.group"),
        Place("API keys", "key", "api.apikey"),
    ],
    "Other machines": [
        Place("Endpoints", "webhook", "hooks.endpoint"),
        Place("Deliveries", "outbox", "hooks.delivery"),
    ],
}

# What somebody may want to begin, by the words they would look for.
DEEDS = [
    Place("New article", "edit_square", "articles.article", "add"),
    Place("Bring in an article", "upload_file", "articles.intake", "add"),
    Place("Record a position", "balance", "experts.position", "add"),
    Place("Bring in positions", "table", "experts.importrun", "add"),
    Place("New expert", "person_add", "experts.expert", "add"),
    Place("New question", "help", "experts.question", "add"),
    Place("New source", "menu_book", "experts.source", "add"),
    Place("New author", "signature", "articles.author", "add"),
    Place("New topic", "label", "experts.topic", "add"),
    Place("New user", "person_add", "auth.user", "add"),
    Place("New API key", "key", "api.apikey", "add"),
]


def open_places(places: list[Place], request: HttpRequest) -> Iterator[tuple[Place, str]]:
    for place in places:
        if (url := place.find_url()) and place.is_open_to(request):
            yield place, url


def read_sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """As Unfold reads it. Three queries, for the badges."""
    groups = [(title, list(open_places(places, request))) for title, places in GROUPS.items()]
    here = find_here(request.path, [url for _, places in groups for _, url in places])
    badges = read_badges(request)
    home = {"title": "Start", "icon": "home", "link": reverse("admin:index"), "active": not here and is_index(request)}
    return [
        {"title": "", "items": [home]},
        *(
            {"title": title, "items": [as_item(place, url, url == here, badges) for place, url in places]}
            for title, places in groups
        ),
    ]


def is_index(request: HttpRequest) -> bool:
    return request.path == reverse("admin:index")


def find_here(path: str, urls: list[str]) -> str:
    """The longest address that the page lies under: bringing in an article is not the list of articles."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")


def as_item(place: Place, url: str, is_here: bool, badges: dict[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {"title": place.title, "icon": place.icon, "link": url, "active": is_here}
    if badge := badges.get(place.title):
        item["badge"] = badge
    return item


def read_badges(request: HttpRequest) -> dict[str, str]:
    """What waits, by the title of the place where it does. Only for those who can do something about it."""
    badges = {}
    if request.user.has_perm("articles.publish_article"):
        submitted = Article.objects.submitted().editable_by(request.user).count()
        badges["Articles"] = f"{submitted} to review" if submitted else ""
    if request.user.has_perm("comments.moderate_comment"):
        held = count_held()
        badges["Comments"] = f"{held:,} held" if held else ""
    if request.user.has_perm("sweeps.view_sweep"):
        badges["Background work"] = "" if read_scheduler(timezone.now()).is_well else "!"
    return badges
