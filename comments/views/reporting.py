"""Reporting a comment, appealing against a decision, and what everybody may see of both: corrections and the log."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.paging import cut_page
from aisrace.lib.text import clean_text
from articles.models import Edition
from comments.appeals import LASTS, NoAppeal, appeal, find_appeal, may_appeal, read_appeal
from comments.corrections import list_errors, tell_clock
from comments.logbook import KEPT, count_decisions, list_decisions, tell_entries
from comments.models import Comment, ReaderReport
from comments.remembering import read_visitor
from comments.reporting import Notice, NotTaken, TooMany, report
from comments.views.finding import find_comment, on_article
from comments.views.guarding import from_here

LOG_SIZE = 50
LIST_SIZE = 20


# --- Reports ---------------------------------------------------------------------------------------------------------


@from_here
@on_article
def report_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    comment = find_comment(newest.article_id, key)
    if comment.state != Comment.State.VISIBLE:
        raise Http404("There is no such comment.")
    context: dict[str, Any] = {"newest": newest, "comment": comment, "kinds": ReaderReport.Kind.choices}
    if request.method != "POST":
        return render(request, "comments/report.html", context | {"notice": Notice(), "problems": {}})
    notice = read_notice(request)
    try:
        taken = report(comment, notice, read_visitor(request), now=timezone.now())
    except NotTaken as refusal:
        status = 429 if isinstance(refusal, TooMany) else 400
        problems = {"notice": notice, "problems": refusal.problems}
        return render(request, "comments/report.html", context | problems, status=status)
    return render(request, "comments/reported.html", context | {"report": taken})


def read_notice(request: HttpRequest) -> Notice:
    fields = ("kind", "details", "name", "email")
    kind, details, name, address = (clean_text(request.POST.get(field, "")) for field in fields)
    return Notice(kind, details, name, address, in_good_faith="good_faith" in request.POST)


# --- Appeals ---------------------------------------------------------------------------------------------------------


@from_here
def appeal_page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the decision and takes the appeal; whoever has the link is the author."""
    now = timezone.now()
    decision = find_appeal(token, now)
    if decision is None or decision.comment is None:
        return render(request, "comments/no_appeal.html", {"days": LASTS.days}, status=404)
    context: dict[str, Any] = {"decision": decision, "comment": decision.comment, "typed": "", "problem": ""}
    if request.method == "POST":
        context["typed"] = clean_text(request.POST.get("text", ""))
        try:
            decision.comment.appeal = appeal(decision, context["typed"], now=now)
        except NoAppeal as refusal:
            context["problem"] = str(refusal)
    context |= {
        "appeal": read_appeal(decision.comment),
        "may_appeal": may_appeal(decision, now),
        "newest": Edition.objects.live(now).filter(article=decision.comment.article_id).defer("content").first(),
        "token": token,
    }
    return render(request, "comments/appeal.html", context, status=400 if context["problem"] else 200)


# --- What everybody may see ------------------------------------------------------------------------------------------


@require_safe
@on_article
def corrections_page(request: HttpRequest, newest: Edition) -> HttpResponse:
    return show_errors(request, timezone.now(), newest)


@require_safe
def all_corrections_page(request: HttpRequest) -> HttpResponse:
    return show_errors(request, timezone.now(), None)


def show_errors(request: HttpRequest, now: datetime, newest: Edition | None) -> HttpResponse:
    page = cut_page(list_errors(now, newest.article_id if newest else None), request.GET, LIST_SIZE)
    errors = [(reported, tell_clock(reported, now)) for reported in page]
    return render(request, "comments/corrections.html", {"newest": newest, "page": page, "errors": errors})


@require_safe
def log_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    page = cut_page(list_decisions(now), request.GET, LOG_SIZE)
    context = {"page": page, "entries": tell_entries(list(page)), "numbers": count_decisions(now), "days": KEPT.days}
    return render(request, "comments/moderation.html", context)
