"""What a comment may hang on: a position or quote of the live edition, and the reader's own answer to a question."""

from dataclasses import dataclass
from typing import Any

from articles.models import Edition


class NoSuchTarget(Exception):
    """`field` is the field of the form that it came by."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Target:
    position: int | None = None
    quote: int | None = None
    question: int | None = None
    answer: int | None = None


@dataclass(frozen=True)
class Choice:
    """An answer that a reader may give, as the form offers it; `value` is what it posts."""

    value: str
    label: str


def find_target(edition: Edition, position: int | None, quote: int | None, answer: str) -> Target:
    """Raises `NoSuchTarget` for what the edition does not show. Its content is only read where it is asked for."""
    if position is None and quote is None and not answer:
        return Target()
    shown = edition.content["comparison"]
    said = _find_position(shown, position, quote)
    question, chosen = _find_answer(shown, answer, said) if answer else (None, None)
    return Target(said["id"] if said else None, quote, question, chosen)


def list_choices(edition: Edition) -> dict[str, list[Choice]]:
    """The answers that readers may give, by the wording of the question."""
    shown = edition.content["comparison"]
    scales = {scale["id"]: scale["answers"] for scale in shown["scales"]}
    return {
        question["wording"]: [
            Choice(f"{question['id']}-{answer['id']}", answer["label"]) for answer in scales[question["scale"]]
        ]
        for question in shown["questions"]
    }


def _find_position(shown: dict[str, Any], position: int | None, quote: int | None) -> dict[str, Any] | None:
    if position is None and quote is None:
        return None
    for said in shown["positions"]:
        is_asked = position in (None, said["id"])
        if is_asked and (quote is None or any(words["id"] == quote for words in said["quotes"])):
            return said
    field = "position" if quote is None else "quote"
    raise NoSuchTarget(field, f"The article does not show this {field} any more. Choose another, or none.")


def _find_answer(shown: dict[str, Any], answer: str, said: dict[str, Any] | None) -> tuple[int, int]:
    """`answer` is “question-answer” as in `list_choices`, or an answer alone: to the position's question, or the first
    that has it."""
    asked, has_question, chosen = answer.rpartition("-")
    scales = {scale["id"]: {str(one["id"]) for one in scale["answers"]} for scale in shown["scales"]}
    fits = [
        question["id"]
        for question in shown["questions"]
        if chosen in scales[question["scale"]] and (not has_question or asked == str(question["id"]))
    ]
    if not fits:
        raise NoSuchTarget("answer", "This answer belongs to no question of the article. Choose another, or none.")
    return (said["question_id"] if said and said["question_id"] in fits and not asked else fits[0]), int(chosen)
