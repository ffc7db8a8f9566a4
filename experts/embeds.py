"""A question's spectrum and one position, for frames on other people's pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from aisrace.lib.embeds import answer_without, embeddable, show
from experts.addresses import lead_on
from experts.forms import AsOfForm
from experts.models import Question
from experts.reading import read_question_page
from experts.standing import read_position_page


@embeddable
@lead_on(Question.objects.public)
def question_embed(request: HttpRequest, question: Any) -> HttpResponse:
    """Its experts on the axis, as of a day or as of today."""
    now = timezone.now()
    today = timezone.localdate(now)
    form = AsOfForm(request.GET)
    if not form.is_valid():
        return answer_without(request, 400, reason="The day must be written like 2025-01-31.")
    shown = read_question_page(question, now, form.day, today)
    return show(request, "embed/question.html", {"shown": shown, "asked": form.day, "as_of": form.day or today})


@embeddable
def position_embed(request: HttpRequest, key: int) -> HttpResponse:
    shown = read_position_page(key, timezone.now())
    if shown is None:
        raise Http404("There is no such position.")
    return show(request, "embed/position.html", {"shown": shown})
