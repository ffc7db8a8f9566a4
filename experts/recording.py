"""Recording a position with its quotes and source outside the desk's form, by the form's rules.

`said` holds what somebody sent, by the names of the fields, only those that were sent: experts and questions by slug,
an answer by its key or its label, a source by its key or as the fields of a new one. A source that is on record already
is used again. Nobody finds or chooses what they could not in the desk.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from aisrace.keeping.saving import keep_new, keeping
from aisrace.lib.checking import Problems, check, require, tidy
from experts.evidence import Evidence, save_quotes, write_quotes
from experts.models import Answer, Expert, Position, Question
from experts.models.base import begin_showing

PLAIN = ("blank", "stated_on", "dating", "confidence", "summary")
TAKEN = "Their answer to this question on that day is on record already."

type Said = Mapping[str, Any]


def record_position(said: Said, *, by: User, now: datetime, **detail: Any) -> Position:
    """A new position. Raises `PermissionDenied`, or `Unsound` with all that is wrong; then nothing is written."""
    require(by, "experts.add_position")
    position = Position(entered_by=by)
    with transaction.atomic():
        save(position, said, by=by, now=now)
        keep_new(position, by=by, now=now, **detail)
    return position


def change_position(position: Position, said: Said, *, by: User, now: datetime, expected: int, **detail: Any) -> None:
    """As `record_position`, for what is sent. Raises `Overtaken` where `expected` is no longer its version."""
    require(by, "experts.change_position", Position.objects.editable_by(by).filter(pk=position.pk))
    with keeping(position, by=by, now=now, expected=expected, **detail) as current:
        save(current, said, by=by, now=now)


def save(position: Position, said: Said, *, by: User, now: datetime) -> None:
    problems = Problems()
    evidence = Evidence(by, now, problems)
    fill(position, said, evidence)
    quotes = write_quotes(position, said["quotes"], evidence) if "quotes" in said else []
    check_position(position, problems)
    problems.raise_any()
    for source in evidence.made:
        source.entered_by = by
        source.save()
        keep_new(source, by=by, now=now)
    position.source = position.source  # whose key is only known now
    try:
        with transaction.atomic():
            position.save()
    except IntegrityError as error:
        raise Problems({"/stated_on": [TAKEN]}).as_error() from error
    if "quotes" in said:
        save_quotes(position, quotes, by)


def fill(position: Position, said: Said, evidence: Evidence) -> None:
    by, now, problems = evidence.by, evidence.now, evidence.problems
    for name, model in (("expert", Expert), ("question", Question)):
        if name in said:
            chosen = choose(model.objects.readable_by(by, now), said[name], getattr(position, f"{name}_id"), model)
            if chosen:
                setattr(position, name, chosen)
            else:
                problems.add(f"/{name}", f"There is no {name} “{said[name]}” here.")
    if "public_at" in said:
        if said["public_at"] != position.public_at:
            require(by, "experts.edit_any_record")
        position.public_at = begin_showing(said["public_at"], position.public_at, now)
    for name in PLAIN:
        if name in said:
            setattr(position, name, said[name])
    if "answer" in said and position.question_id:
        position.answer = find_answer(position.question, said["answer"], problems)
    if "source" in said:
        position.source = evidence.find("/source", said["source"], position.source_id)


def choose(readable: Any, slug: str, current: int | None, model: Any) -> Any:
    """Among what somebody may read, or what stands there already."""
    return readable.filter(slug=slug).first() or model.objects.filter(slug=slug, pk=current).first()


def find_answer(question: Question, said: int | str | None, problems: Problems) -> Answer | None:
    """Of the question's own scale."""
    if said is None:
        return None
    answers: Sequence[Answer] = list(question.scale.answers.all())
    found = next((a for a in answers if said in (a.pk, a.label)), None)
    if found is None:
        labels = ", ".join(f"“{answer.label}” ({answer.pk})" for answer in answers)
        problems.add("/answer", f"This is not an answer of the scale “{question.scale}”, which has {labels}.")
    return found


def check_position(position: Position, problems: Problems) -> None:
    tidy(position)
    same = Position.objects.filter(
        expert=position.expert_id, question=position.question_id, stated_on=position.stated_on
    )
    if position.stated_on and same.exclude(pk=position.pk).exists():
        problems.add("/stated_on", TAKEN)
    check(position, problems, exclude=["entered_by", "source"])
