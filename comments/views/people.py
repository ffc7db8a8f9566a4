"""What belongs to a reader as a person: links that were mailed, their own comments, letters, and their rights."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aisrace.lib.paging import cut_page
from aisrace.lib.text import clean_text
from comments.addresses import BadAddress, clean_address
from comments.belongings import find_editions, find_own, list_belongings
from comments.confirming import confirm, disown, find_letter, list_waiting
from comments.drafts import read_key
from comments.letters import ask_to_remember
from comments.limits import allows
from comments.models import Commenter, Letter
from comments.notices import find_subscription, set_letters, turn_off
from comments.outcomes import make_outcome_token, read_outcome
from comments.remembering import forget_devices, forget_reader, read_visitor, remember_reader
from comments.rights import erase_person, export_person
from comments.views.guarding import from_anywhere, from_here

SEE_OTHER = 303
A_PAGE = 20
LINKS_MOST = 20  # asked for in ten minutes from one network


def see(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=args), status=SEE_OTHER)


# --- Links that were mailed ------------------------------------------------------------------------------------------


@from_here
def confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    letter = find_letter(token, timezone.now())
    if letter is None:
        return render(request, "comments/no_link.html", {"is_used": False}, status=404)
    if letter.used_at:
        return render(request, "comments/no_link.html", {"is_used": True}, status=410)
    if request.method == "POST" and request.POST.get("deed") == "confirm":
        return confirm_it(request, letter)
    if request.method == "POST" and request.POST.get("deed") == "disown":
        disown(letter, now=timezone.now())
        return see("comment_disowned")
    waiting = list_waiting(letter.commenter)
    editions = find_editions(waiting, timezone.now())
    context = {"letter": letter, "waiting": [(comment, editions.get(comment.article_id)) for comment in waiting]}
    return render(request, "comments/confirm.html", context, status=400 if request.method == "POST" else 200)


def confirm_it(request: HttpRequest, letter: Letter) -> HttpResponse:
    done = confirm(letter, read_chosen(request.POST), read_visitor(request), now=timezone.now())
    if done is None:  # by the same button, a moment ago
        return render(request, "comments/no_link.html", {"is_used": True}, status=410)
    told = done.comments or done.refused
    response = see("comment_confirmed", make_outcome_token(done)) if told else see("comment_mine")
    remember_reader(request, response, done.reader)
    return response


def read_chosen(query: QueryDict) -> set[int]:
    keys = (read_key(typed) for typed in query.getlist("comment"))
    return {key for key in keys if key is not None}


@from_here
def confirmed_page(request: HttpRequest, token: str) -> HttpResponse:
    outcome = read_outcome(token, read_visitor(request), timezone.now())
    return render(request, "comments/confirmed.html", {"outcome": outcome}) if outcome else see("comment_mine")


@from_here
def disowned_page(request: HttpRequest) -> HttpResponse:
    return render(request, "comments/disowned.html")


@from_anywhere
def off_page(request: HttpRequest, token: str) -> HttpResponse:
    """Mail programs post here by themselves (RFC 8058), without a cookie; people press a button."""
    subscription = find_subscription(token)
    if subscription is None:
        return render(request, "comments/no_link.html", {"is_used": False}, status=404)
    is_off = request.method == "POST"
    if is_off:
        turn_off(subscription)
    return render(request, "comments/letters_off.html", {"about": subscription.about, "is_off": is_off})


@from_here
def remember_page(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, whether it is known or not, and whether a letter leaves or not."""
    if request.method != "POST":
        return show_remember(request)
    typed = clean_text(request.POST.get("email", ""))
    try:
        address = clean_address(typed)
    except BadAddress as error:
        return show_remember(request, typed, str(error), 400)
    if not allows("remember", read_visitor(request).network, LINKS_MOST):
        return show_remember(request, typed, "Many links were asked for from your network. Try again later.", 429)
    ask_to_remember(address, timezone.now())
    return see("comment_link_sent")


def show_remember(request: HttpRequest, typed: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    return render(request, "comments/remember.html", {"typed": typed, "problem": problem}, status=status)


@from_here
def link_sent_page(request: HttpRequest) -> HttpResponse:
    return render(request, "comments/link_sent.html")


# --- What is one's own -----------------------------------------------------------------------------------------------


@from_here
def mine_page(request: HttpRequest) -> HttpResponse:
    visitor = read_visitor(request)
    page = cut_page(find_own(visitor), request.GET, A_PAGE)
    belongings = list_belongings(page.object_list, visitor, timezone.now())
    context = {
        "reader": visitor.reader,
        "page": page,
        "belongings": belongings,
        "choices": Commenter.Notices.choices,
        "is_saved": "saved" in request.GET,
    }
    return render(request, "comments/mine.html", context)


def for_reader(view: Callable[[HttpRequest, Commenter], HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever is remembered; others are shown how to be."""

    @from_here
    @wraps(view)
    def find(request: HttpRequest) -> HttpResponse:
        reader = read_visitor(request).reader
        return view(request, reader) if reader else see("comment_mine")

    return find


@for_reader
def letters_page(request: HttpRequest, reader: Commenter) -> HttpResponse:
    if request.method != "POST":
        return see("comment_mine")
    set_letters(reader, request.POST.get("replies", ""), is_told="decisions" in request.POST)
    return HttpResponseRedirect(f"{reverse('comment_mine')}?saved=letters", status=SEE_OTHER)


@from_here
def forget_page(request: HttpRequest) -> HttpResponse:
    reader, response = read_visitor(request).reader, see("comment_mine")
    if request.method == "POST":
        if reader and "everywhere" in request.POST:
            forget_devices(reader)
        forget_reader(response)
    return response


@for_reader
def export_page(request: HttpRequest, reader: Commenter) -> HttpResponse:
    response = JsonResponse(export_person(reader), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-comments.json"'
    return response


@for_reader
def erase_page(request: HttpRequest, reader: Commenter) -> HttpResponse:
    is_sure = request.POST.get("sure") == "yes"
    if request.method == "POST" and is_sure:
        erase_person(reader, now=timezone.now())
        response = see("comment_erased")
        forget_reader(response)
        return response
    is_unsure = request.method == "POST"
    return render(request, "comments/erase.html", {"is_unsure": is_unsure}, status=400 if is_unsure else 200)


@from_here
def erased_page(request: HttpRequest) -> HttpResponse:
    return render(request, "comments/erased.html")
