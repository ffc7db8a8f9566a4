"""What a reader is asked about a topic: the questions that tell most apart, answered as the record stands today."""

from collections.abc import Sequence
from datetime import date, datetime

from experts.comparison import QuestionRow
from experts.models import Expert, Position, Question, Topic
from experts.own_answers import Asked, choose_questions
from experts.reading import Sheet, read_sheet
from experts.record import read_comparison, read_questions

MOST_QUESTIONS = 20
MOST_EXPERTS = 60


def ask_about(topic: Topic, now: datetime, today: date) -> Asked:
    """Eight queries, whatever the size: questions, scales, all their answers, experts, and a whole comparison."""
    listed = list(Question.objects.public(now).filter(topics=topic))
    rows = read_questions(listed)
    sheet = read_sheet(rows, now, None)
    chosen = choose_questions(rows, sheet.steps, MOST_QUESTIONS)
    present = choose_experts(sheet, chosen)
    by_id = {question.pk: question for question in listed}
    experts = list(Expert.objects.filter(pk__in=present))
    questions = [by_id[question.id] for question in chosen]
    comparison = read_comparison(experts, questions, Position.objects.public(now), None, today)
    return Asked(comparison, len(listed) - len(chosen), len(sheet.experts) - len(experts))


def choose_experts(sheet: Sheet, questions: Sequence[QuestionRow]) -> list[int]:
    """Those with most answers on the scales of the questions, and none without any."""
    ids = {question.id for question in questions}
    places = [n for n, question in enumerate(sheet.questions) if question.id in ids]
    answers = {expert: sum(steps[n] is not None for n in places) for expert, steps in sheet.steps.items()}
    present = sorted((expert for expert, n in answers.items() if n), key=lambda expert: -answers[expert])
    return present[:MOST_EXPERTS]
