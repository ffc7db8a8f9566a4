"""The public pages of the record. `articles` is handed in by the site's urls: this room knows nothing of articles."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aisrace.lib.citations import Citation
from aisrace.lib.citing import answer_citation
from aisrace.lib.paging import cut_page
from experts.addresses import lead_on
from experts.changing import changes_of_mind, list_changes, list_rows, narrow_changes
from experts.citations import cite_position
from experts.comparing import read_compare_page, read_evidence
from experts.describing import describe_expert_page, describe_list, describe_position_page, describe_question_page
from experts.forms import AnswersForm, ChangesForm, CompareForm, ReaderForm, StatementForm, TopicForm, WordsForm
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
from experts.reading import add_evidence, find_only_source, read_expert_page, read_question_page
from experts.standing import PositionPage, read_position_page

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
    context = {"page": page, "experts": experts, "linked": describe_list("Experts", request.path)}
    return respond(request, "experts/index.html", form, context)


@lead_on(Expert.objects.public)
def expert_page(request: HttpRequest, expert: Expert, articles: Naming) -> HttpResponse:
    now = timezone.now()
    form = StatementForm(request.GET)
    shown = read_expert_page(expert, now, form.day, timezone.localdate(now))
    narrowed = narrow_statements(shown.statements, form.asked("show"), form.asked("q"))
    page = cut_page(narrowed, request.GET, LIST_SIZE)
    statements = add_evidence(page, shown.roles)
    cells = [statement.cell for statement in statements]
    context = {
        "expert": expert,
        "shown": shown,
        "page": page,
        "statements": statements,
        "only_source": find_only_source(cells) if len(cells) > 1 else None,
        "linked": describe_expert_page(expert, shown, cells, timezone.localdate(now)),
        "affiliations": shown.roles.get(expert.pk, [])[::-1],
        "articles": articles(expert, now),
    }
    return respond(request, "experts/expert.html", form, context)


def question_index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = TopicForm(request.GET, now)
    page = cut_page(list_questions(now, form.asked("q"), form.asked("topic")), request.GET, LIST_SIZE)
    counted = count_answers(page, now, form.day)
    context = {"page": page, "counted": counted, "linked": describe_list("Questions", request.path)}
    return respond(request, "experts/questions.html", form, context)


@lead_on(Question.objects.public)
def question_page(request: HttpRequest, question: Question, articles: Naming) -> HttpResponse:
    now = timezone.now()
    form = AnswersForm(request.GET)
    shown = read_question_page(question, now, form.day, timezone.localdate(now))
    page = cut_page(narrow_cells(shown.cells, form.asked("show")), request.GET, PANEL_SIZE)
    topics = list(question.topics.all())
    context = {
        "question": question,
        "shown": shown,
        "page": page,
        "groups": group_cells(page),
        "topics": topics,
        "linked": describe_question_page(question, shown, page, topics),
        "meanings": Answer.objects.filter(scale=question.scale_id).exclude(description=""),
        "articles": articles(question, now),
    }
    return respond(request, "experts/question.html", form, context)


def changes_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = ChangesForm(request.GET, now)
    changes = narrow_changes(changes_of_mind(now), form.asked("q"), form.asked("topic"))
    page = cut_page(list_rows(changes), request.GET, LIST_SIZE)
    context = {"page": page, "changes": list_changes(page), "linked": describe_list("Changes of mind", request.path)}
    return respond(request, "experts/changes.html", form, context)


def compare_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = CompareForm(request.GET)
    shown = read_compare_page(form, now, timezone.localdate(now))
    page = cut_page(shown.questions, request.GET, COMPARE_SIZE)
    comparison = read_evidence(shown, page, now)
    context = {"shown": shown, "page": page, "comparison": comparison}
    context["linked"] = describe_list("Compare experts", request.path)
    return respond(request, "experts/compare.html", form, context)


def position_page(request: HttpRequest, key: int) -> HttpResponse:
    shown = find_position(key)
    context = {"shown": shown, "citation": cite(shown), "linked": describe_position_page(shown.cell, request.path)}
    return render(request, "experts/position.html", context)


def position_citation(request: HttpRequest, key: int, form: str) -> HttpResponse:
    return answer_citation(lambda: cite(find_position(key)), form)


def find_position(key: int) -> PositionPage:
    shown = read_position_page(key, timezone.now())
    if shown is None:
        raise Http404("There is no such position.")
    return shown


def cite(shown: PositionPage) -> Citation:
    return cite_position(shown, timezone.localdate())
