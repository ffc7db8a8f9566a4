"""The public pages of the record. `articles` is handed in by the site's urls: this room knows nothing of articles."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aisrace.lib.paging import cut_page
from experts.addresses import lead_on
from experts.comparing import read_compare_page, read_evidence
from experts.forms import AnswersForm, CompareForm, ReaderForm, StatementForm, TopicForm, WordsForm
from experts.listing import (
    add_roles,
    count_answers,
    group_cells,
    list_experts,
    list_questions,
    narrow_cells,
    narrow_statements,
)
from experts.models import Answer, Expert, Question
from experts.reading import add_evidence, read_expert_page, read_question_page

LIST_SIZE = 40
PANEL_SIZE = 120
COMPARE_SIZE = 20

type Naming = Callable[[Any, datetime], Iterable[Any]]


def respond(request: HttpRequest, template: str, form: ReaderForm, context: dict[str, Any]) -> HttpResponse:
    """The page, with status 400 where the query string could not be understood; the form says why."""
    return render(request, template, {"form": form, **context}, status=200 if form.is_valid() else 400)


def expert_index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = WordsForm(request.GET)
    page = cut_page(list_experts(now, form.asked("q")), request.GET, PANEL_SIZE)
    experts = add_roles(page, timezone.localdate(now))
    return respond(request, "experts/index.html", form, {"page": page, "experts": experts})


@lead_on(Expert.objects.public)
def expert_page(request: HttpRequest, expert: Expert, articles: Naming) -> HttpResponse:
    now = timezone.now()
    form = StatementForm(request.GET)
    shown = read_expert_page(expert, now, form.day, timezone.localdate(now))
    narrowed = narrow_statements(shown.statements, form.asked("show"), form.asked("q"))
    page = cut_page(narrowed, request.GET, LIST_SIZE)
    context = {
        "expert": expert,
        "shown": shown,
        "page": page,
        "statements": add_evidence(page, shown.roles),
        "affiliations": shown.roles.get(expert.pk, [])[::-1],
        "articles": articles(expert, now),
    }
    return respond(request, "experts/expert.html", form, context)


def question_index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = TopicForm(request.GET, now)
    page = cut_page(list_questions(now, form.asked("q"), form.asked("topic")), request.GET, LIST_SIZE)
    counted = count_answers(page, now, form.day)
    return respond(request, "experts/questions.html", form, {"page": page, "counted": counted})


@lead_on(Question.objects.public)
def question_page(request: HttpRequest, question: Question, articles: Naming) -> HttpResponse:
    now = timezone.now()
    form = AnswersForm(request.GET)
    shown = read_question_page(question, now, form.day, timezone.localdate(now))
    page = cut_page(narrow_cells(shown.cells, form.asked("show")), request.GET, PANEL_SIZE)
    context = {
        "question": question,
        "shown": shown,
        "page": page,
        "groups": group_cells(page),
        "topics": question.topics.all(),
        "meanings": Answer.objects.filter(scale=question.scale_id).exclude(description=""),
        "articles": articles(question, now),
    }
    return respond(request, "experts/question.html", form, context)


def compare_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = CompareForm(request.GET)
    shown = read_compare_page(form, now, timezone.localdate(now))
    page = cut_page(shown.questions, request.GET, COMPARE_SIZE)
    comparison = read_evidence(shown, page, now)
    return respond(request, "experts/compare.html", form, {"shown": shown, "page": page, "comparison": comparison})
