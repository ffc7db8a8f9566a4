"""Reading and writing: the conversation, one thread of it, the form, and what authors do to their own comments."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.text import clean_text
from articles.models import Edition
from comments.bodies import render_text, trusted_html
from comments.conversations import read_terms
from comments.describing import describe_conversation, describe_thread
from comments.discussion import Order, find_place, read_thread
from comments.drafts import LONGEST_TEXT, NotUnderstood, read_key
from comments.editing import WHILE, NotYours, delete, edit, may_delete, may_edit
from comments.models import Comment
from comments.opening import find_update, open_conversation
from comments.paths import level_of
from comments.remembering import read_visitor, remember_writing
from comments.rulebook import REFUSALS, find_rule
from comments.submitting import NoConversation, Refused, Submission, submit
from comments.views.finding import find_comment, on_any_article, on_article, on_whole_article
from comments.views.guarding import UNKEPT, from_here
from comments.views.writing import Writing, find_cell, read_form
from comments.visitors import Visitor
from comments.voting import NotVotable, has_voted, vote

SEE_OTHER = 303


def see(address: str) -> HttpResponse:
    """After a POST: what to look at now, so that a reload sends nothing again."""
    return HttpResponseRedirect(address, status=SEE_OTHER)


@require_safe
@on_whole_article
def conversation_page(request: HttpRequest, newest: Edition) -> HttpResponse:
    asked = request.GET.get("order", "")
    order = Order(asked) if asked in [*Order] else Order.NEWEST
    position = read_key(request.GET.get("position", ""))
    number = read_key(request.GET.get("page", "")[:6]) or 1
    opened = open_conversation(newest, timezone.now(), order, number, position)
    about = find_cell(newest, position)
    if position is not None and about is None:
        raise Http404("The article shows no such position.")
    linked = describe_conversation(newest, opened.discussion.threads)
    context = {"newest": newest, "conversation": opened, "about": about, "linked": linked}
    return render(request, "comments/conversation.html", context)


@require_safe
@on_article
def comment_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    """The thread that the comment begins; for any other, the way to its place in its thread."""
    place = find_place(newest.article_id, key)
    if place is None:
        comment = find_comment(newest.article_id, key)
        if read_visitor(request).has_written(comment):
            # Theirs alone: no copy of it is kept for others.
            return HttpResponseRedirect(reverse("comment_yours", args=[newest.slug, key]), headers=UNKEPT)
        raise Http404("There is no such comment.")
    if place.first != key:
        address = reverse("comment", args=[newest.slug, place.first])
        return HttpResponseRedirect(f"{address}{f'?page={place.number}' if place.number > 1 else ''}#c{key}")
    number = read_key(request.GET.get("page", "")[:6]) or 1
    thread = read_thread(newest.article_id, place.thread, find_update(newest), number)
    context = {"newest": newest, "thread": thread, "key": key, "is_open": read_terms(newest).is_open(timezone.now())}
    context["linked"] = describe_thread(newest, thread.lines)
    return render(request, "comments/thread.html", context)


@from_here
@on_article
def new_page(request: HttpRequest, newest: Edition) -> HttpResponse:
    now, visitor = timezone.now(), read_visitor(request)
    draft = read_form(request.POST if request.method == "POST" else request.GET, visitor)
    writing = Writing(newest, draft, now, reader_address=address_of(visitor))
    if request.method != "POST":
        return show_form(request, writing)
    if "preview" in request.POST:
        return show_form(request, replace(writing, preview=render_text(draft.text[:LONGEST_TEXT])))
    try:
        submission = submit(newest, draft, visitor, now=now)
    except NotUnderstood as error:
        return show_form(request, replace(writing, problems=error.problems), 400)
    except Refused as refusal:
        status = REFUSALS.get(refusal.rule.key, 400)
        return show_form(request, replace(writing, problems={"": str(refusal)}), status)
    except NoConversation as error:
        raise Http404("There is no conversation here.") from error
    return answer_writer(request, newest, submission, visitor)


def answer_writer(request: HttpRequest, newest: Edition, submission: Submission, visitor: Visitor) -> HttpResponse:
    """Where to go from here: to one's mail, or to one's comment, which a browser that need not confirm is known by."""
    comment = submission.comment
    if submission.waits_for_mail:
        return see(reverse("comment_sent"))
    if not submission.is_new and not visitor.has_written(comment) and comment.state != Comment.State.VISIBLE:
        return see(reverse("comment_waiting"))
    response = see(reverse("comment_yours", args=[newest.slug, comment.pk]))
    if submission.is_new and not visitor.has_written(comment):
        remember_writing(request, response, comment.pk)
    return response


def address_of(visitor: Visitor) -> str:
    return visitor.reader.address if visitor.reader else ""


def show_form(request: HttpRequest, writing: Writing, status: int = 200) -> HttpResponse:
    return render(request, "comments/new.html", {"newest": writing.newest, "writing": writing}, status=status)


@from_here
def waiting_page(request: HttpRequest) -> HttpResponse:
    """For whoever sends what was sent before, from another browser, and is not shown: whose it is is not told."""
    return render(request, "comments/waiting.html")


@from_here
def sent_page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it does not tell who is known here."""
    return render(request, "comments/sent.html")


@from_here
@on_any_article
def yours_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    """A comment as its author sees it, whatever has become of it."""
    comment, visitor, now = find_comment(newest.article_id, key), read_visitor(request), timezone.now()
    if not visitor.has_written(comment):
        return HttpResponseRedirect(reverse("comment", args=[newest.slug, key]))
    return render(request, "comments/yours.html", tell_own(comment, newest, request, now))


def tell_own(comment: Comment, newest: Edition, request: HttpRequest, now: datetime) -> dict[str, Any]:
    visitor, rule = read_visitor(request), find_rule(comment.rule)
    return {
        "newest": newest,
        "comment": comment,
        "html": trusted_html(comment.text, comment.html, comment.renderer, comment.seal),
        "rule": rule.told if rule else "",
        "answers": comment.parent_id if comment.state == Comment.State.VISIBLE else None,
        "level": level_of(comment.path),
        "until": comment.created_at + WHILE,
        "may_edit": may_edit(comment, visitor, now),
        "may_delete": may_delete(comment, visitor),
    }


@from_here
@on_article
def edit_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    comment, visitor, now = find_comment(newest.article_id, key), read_visitor(request), timezone.now()
    if not may_edit(comment, visitor, now):
        return render(request, "comments/not_yours.html", {"newest": newest, "key": key}, status=403)
    typed = clean_text(request.POST.get("body", "")) if request.method == "POST" else comment.text
    context = {"newest": newest, "comment": comment, "typed": typed, "problem": "", "preview": ""}
    if request.method == "POST" and "preview" in request.POST:
        context["preview"] = render_text(typed[:LONGEST_TEXT])
    elif request.method == "POST":
        try:
            edit(key, typed, visitor, now=now)
        except NotYours:
            return render(request, "comments/not_yours.html", {"newest": newest, "key": key}, status=403)
        except (NotUnderstood, Refused) as refusal:
            context["problem"] = str(refusal)
        else:
            return see(reverse("comment_yours", args=[newest.slug, key]))
    return render(request, "comments/edit.html", context, status=400 if context["problem"] else 200)


@from_here
@on_any_article
def delete_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    comment, visitor = find_comment(newest.article_id, key), read_visitor(request)
    if not (may_delete(comment, visitor) or (comment.state == Comment.State.DELETED and visitor.has_written(comment))):
        return render(request, "comments/not_yours.html", {"newest": newest, "key": key}, status=403)
    if request.method == "POST":
        try:
            delete(key, visitor, now=timezone.now())
        except NotYours:  # decided about a moment ago
            return render(request, "comments/not_yours.html", {"newest": newest, "key": key}, status=403)
        return see(reverse("comment_yours", args=[newest.slug, key]))
    return render(request, "comments/delete.html", {"newest": newest, "comment": comment})


@from_here
@on_article
def vote_page(request: HttpRequest, newest: Edition, key: int) -> HttpResponse:
    comment, reader = find_comment(newest.article_id, key), read_visitor(request).reader
    if comment.state != Comment.State.VISIBLE:
        raise Http404("There is no such comment.")
    context: dict[str, Any] = {"newest": newest, "comment": comment, "reader": reader, "problem": ""}
    if request.method == "POST" and reader:
        try:
            vote(key, reader, wants=request.POST.get("value", "1") != "0", now=timezone.now())
        except NotVotable:
            context["problem"] = "This is your own comment."
        else:
            return see(reverse("comment_vote", args=[newest.slug, key]))
    context["has_voted"] = reader is not None and has_voted(comment, reader)
    refused = request.method == "POST"
    return render(request, "comments/vote.html", context, status=403 if refused else 200)
