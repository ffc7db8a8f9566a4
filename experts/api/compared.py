"""Experts side by side, as on the page where readers choose them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from aisrace.api.answering import answer_json
from aisrace.api.asking import Ask
from aisrace.api.collections import find_parameters
from aisrace.api.fields import make_picker
from aisrace.api.parameters import slug
from aisrace.api.problems import Problem, Reason, miss_all, refuse
from aisrace.journal.state import Covered
from experts.api.finding import AS_OF
from experts.comparing import ComparePage, read_compare_page, read_evidence
from experts.forms import MOST_EXPERTS, CompareForm
from experts.measures import MINIMUM_COMMON, distribute
from experts.shapes import AgreementSerializer, ComparisonSerializer, QuestionTallySerializer
from experts.telling import name_question, tell_agreement, tell_comparison, tell_tally

MOST_QUESTIONS = 100


class SideBySideSerializer(ComparisonSerializer):
    page = serializers.URLField(help_text="What readers see.")
    distributions = QuestionTallySerializer(
        many=True, help_text="How the chosen experts answer each question; widest differences first."
    )
    agreements = AgreementSerializer(many=True, help_text="Every two of the experts, most agreement first.")
    minimum_common = serializers.IntegerField(help_text="Fewer common questions, and no agreement is claimed.")


class Compare(Covered):
    """Two to six experts side by side on the questions on which any of them is on record, or on those named."""

    serializer_class = SideBySideSerializer
    include = {"cells.evidence": "what stands behind each cell: summary, source, quotes"}
    parameters = (
        slug(
            "expert", f"Whom to compare, by slug; up to {MOST_EXPERTS}, the parameter once for each.", most=MOST_EXPERTS
        ),
        slug("question", "On what, by slug; the parameter once for each.", most=MOST_QUESTIONS),
        AS_OF,
    )

    def retrieve(self, request: Request) -> HttpResponse:
        """Five queries, two more for evidence."""
        ask = self.ask(request, find_parameters(type(self), False))
        return self.remember(request, ask, lambda: self.answer(request, ask))

    def answer(self, request: Request, ask: Ask) -> HttpResponse:
        form = CompareForm(request._request.GET)
        page = read_compare_page(form, ask.now, ask.today)
        if not form.is_valid():
            errors = [error for errors in form.errors.as_data().values() for error in errors]
            raise blame([Reason(error.code or "expert", error.messages[0]) for error in errors])
        return answer_json(request._request, make_picker(ask.fields)(tell_page(page, ask)))


def blame(reasons: list[Reason]) -> Problem:
    """Who is not there makes a 404, as everywhere; what else is wrong, a 400."""
    is_miss = all(reason.detail.startswith("There is no ") for reason in reasons)
    return miss_all(*reasons) if is_miss else refuse(*reasons)


def tell_page(page: ComparePage, ask: Ask) -> dict[str, Any]:
    links, with_evidence = ask.links, ask.wants("cells.evidence")
    if with_evidence:
        comparison = read_evidence(page, page.questions, ask.now)
    else:
        comparison = replace(page.comparison, questions=tuple(page.questions))
    return {
        **tell_comparison(comparison, links, with_evidence),
        "page": lead_to_page(ask),
        "distributions": [
            tell_tally(distribute(question, comparison.column(question)))
            | {"question": name_question(question.id, question.slug, question.label, question.wording, links)}
            for question in page.questions
        ],
        "agreements": [tell_agreement(pair.one, pair.other, pair.agreement) for pair in page.pairs],
        "minimum_common": MINIMUM_COMMON,
    }


def lead_to_page(ask: Ask) -> str:
    asked: dict[str, Any] = {name: ask.values[name] for name in ("expert", "question", "as_of") if name in ask.values}
    return ask.links.page("compare") + (f"?{urlencode(asked, doseq=True)}" if asked else "")
