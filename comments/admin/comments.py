"""Comments in the desk: the queue, the list of all, and one by one. Nobody writes in a reader's words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from aisrace.keeping.admin import DeskAdmin
from articles.models import Edition
from comments.admin.deeds import LENGTHS, carry_out, may, tell_done, tell_refused
from comments.admin.trailing import name_person
from comments.appeals import settle_appeal
from comments.drafts import read_key
from comments.models import Appeal, Comment, Decision
from comments.moderating import NotDecidable, name_holder
from comments.queue import TABS, open_waiting, read_queue, tell_count
from comments.undoing import list_batch, undo_batch

EXCERPT = 50  # characters in the list
HEADLINE = 30
type View = Callable[..., HttpResponse]


def may_moderate(request: HttpRequest) -> bool:
    return request.user.has_perm("comments.moderate_comment")


def for_moderators(view: View) -> View:
    @wraps(view)
    def open_to_them(self: "CommentAdmin", request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_moderate(request):
            raise PermissionDenied
        return view(self, request, *args, **kwargs)

    return open_to_them


@admin.register(Comment)
class CommentAdmin(DeskAdmin):
    list_display = ["told", "name", "told_article", "told_state", "told_rule", "created_at"]
    list_display_links = ["told"]
    list_filter = ["state", "purpose", "badge", "rule"]
    search_fields = ["name", "text"]
    date_hierarchy = "created_at"
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_moderate(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_moderate(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        live = Edition.objects.live(timezone.now()).filter(article=OuterRef("article"))
        return super().get_queryset(request).annotate(headline=Subquery(live.values("headline")[:1])).defer("html")

    @admin.display(description="comment")
    def told(self, comment: Comment) -> str:
        return shorten(comment.text) or "Gone"

    @admin.display(description="article")
    def told_article(self, comment: Any) -> str:
        return shorten(comment.headline or "Not live", HEADLINE)

    @admin.display(description="state", ordering="state")
    def told_state(self, comment: Comment) -> str:
        return comment.state.capitalize()

    @admin.display(description="held by", ordering="rule")
    def told_rule(self, comment: Comment) -> str:
        return name_holder(comment.rule) if comment.rule else "–"

    # --- Pages

    def get_urls(self) -> list[URLPattern]:
        own: dict[str, View] = {
            "all": self.all_view,
            "decide": require_POST(self.decide_view),
            "undo": require_POST(self.undo_view),
            "appeal": require_POST(self.appeal_view),
        }
        pages = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"comments_comment_{name}")
            for name, view in own.items()
        ]
        return [*pages, *super().get_urls()]

    @for_moderators
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The queue is what opens; the list of all is a step away."""
        now = timezone.now()
        queue = read_queue(request.GET.get("tab", ""), request.GET.get("page", ""), now)
        tabs = [{"tab": tab, "count": tell_count(queue.counts[tab.key]), "is_here": tab == queue.tab} for tab in TABS]
        waiting = [tab for tab in TABS if queue.counts[tab.key] and tab.key != "spam"]
        elsewhere = [entry for entry in tabs if entry["tab"] in waiting and not entry["is_here"]]
        context = {"queue": queue, "tabs": tabs, "elsewhere": elsewhere, "back": queue.tab.key}
        context |= self.read_done(request)
        return self.show(request, "queue", "Comments", **context)

    @for_moderators
    def all_view(self, request: HttpRequest) -> HttpResponse:
        return super().changelist_view(request, {"title": "All comments"})

    @for_moderators
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        comment = self.get_object(request, object_id)
        if comment is None:
            raise Http404
        (waiting,) = open_waiting(Comment.objects.filter(pk=comment.pk), timezone.now())
        told = [(decision, name_holder(decision.rule) if decision.rule else "") for decision in waiting.decisions]
        context = {"waiting": waiting, "revisions": comment.revisions.all(), "decisions": told, "back": comment.pk}
        return self.show(request, "comment", str(comment), original=comment, **context, **self.read_done(request))

    def show(self, request: HttpRequest, page: str, title: str, /, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": title,
            "reasons": Decision.Reason.choices,
            "may_ban": may("ban", name_person(request)),
            "may_conduct": may("close", name_person(request)),
            "lengths": [(key, words) for key, (words, _) in LENGTHS.items()],
            "now": timezone.now(),
        }
        return TemplateResponse(request, f"moderating/{page}.html", shared | context)

    def read_done(self, request: HttpRequest) -> dict[str, Any]:
        """What was just done, to be told with a way back. One query."""
        key = read_key(request.GET.get("done", ""))
        batch = list_batch(key, name_person(request)) if key else []
        return {"done": tell_done(batch), "done_key": key}

    # --- Deeds

    @for_moderators
    def decide_view(self, request: HttpRequest) -> HttpResponse:
        try:
            done = carry_out(request.POST, name_person(request), timezone.now())
        except NotDecidable as refusal:
            messages.error(request, str(refusal))
            return go_back(request)
        for line in tell_refused(done):
            messages.warning(request, f"Not decided. {line}")
        if not (done.decisions or done.refused):
            messages.info(request, "It was so already.")
        return go_back(request, done.decisions[0].pk if done.decisions else None)

    @for_moderators
    def undo_view(self, request: HttpRequest) -> HttpResponse:
        key = read_key(request.POST.get("decision", ""))
        undone = undo_batch(key or 0, by=name_person(request), now=timezone.now())
        for line in dict.fromkeys(undone.refused):
            messages.warning(request, f"Not taken back. {line}")
        number = len(undone.decisions)
        if number:
            messages.success(request, f"{number:,} decision{'' if number == 1 else 's'} taken back.")
        elif not undone.refused:
            messages.info(request, "Nothing was left to take back.")
        return go_back(request)

    @for_moderators
    def appeal_view(self, request: HttpRequest) -> HttpResponse:
        key, overturns = read_key(request.POST.get("appeal", "")), request.POST.get("deed") == "overturn"
        answer = request.POST.get("answer", "")
        try:
            settled = settle_appeal(key or 0, answer, overturns=overturns, by=name_person(request), now=timezone.now())
        except Appeal.DoesNotExist as gone:
            raise Http404 from gone
        except NotDecidable as refusal:
            messages.error(request, str(refusal))
        else:
            told = "The comment is shown again." if overturns else "The decision stands."
            messages.success(request, f"Answered. {told}" if settled else "Somebody has answered it already.")
        return go_back(request)


def shorten(text: str, most: int = EXCERPT) -> str:
    line = " ".join(text[: most * 2].split())
    return line if len(line) <= most else f"{line[:most]}…"


def go_back(request: HttpRequest, done: int | None = None) -> HttpResponse:
    """To the tab or the comment that the form stood on; `done` is the decision that is told there."""
    back = request.POST.get("back", "")
    query: dict[str, Any] = {"done": done} if done else {}
    if key := read_key(back):
        address = reverse("admin:comments_comment_change", args=[key])
    else:
        address = reverse("admin:comments_comment_changelist")
        query = {"tab": back if any(tab.key == back for tab in TABS) else TABS[0].key, **query}
    return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)
