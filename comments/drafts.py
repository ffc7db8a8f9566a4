"""What somebody has sent, cleaned and complete, or told what is wrong with each field."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from aisrace.lib.text import fold
from comments.addresses import BadAddress, clean_address, key_of
from comments.bodies import to_plain
from comments.lookalikes import clean_name
from comments.models import Comment

LONGEST_NAME = 80
LONGEST_TEXT = 20_000  # characters that are looked at; how many are shown is a rule's to say
SAID_BEFORE = 40  # characters from which the same words are no coincidence

type Problems = dict[str, str]


class NotUnderstood(Exception):
    """`problems` names each field that is wrong, with a sentence for whoever filled it in. Nothing was written."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True)
class Draft:
    """A comment as it was sent: everything as typed. `trap` is the field that people do not see."""

    name: str = ""
    address: str = ""
    text: str = ""
    parent: str = ""
    position: str = ""
    quote: str = ""
    purpose: str = ""
    answer: str = ""
    wants_replies: bool = False
    trap: str = ""
    proof: str = ""


def make_draft(read: Callable[[str], str], *, wants_replies: bool) -> Draft:
    """`read` gives what was typed into a field, by its name in the form and in what programs send."""
    return Draft(
        name=read("name"),
        address=read("email"),
        text=read("body"),
        parent=read("parent"),
        position=read("position"),
        quote=read("quote"),
        purpose=read("purpose"),
        answer=read("answer"),
        wants_replies=wants_replies,
        trap=read("website"),  # which people do not see
        proof=read("proof"),
    )


@dataclass(frozen=True)
class Sent:
    """A draft that makes sense."""

    name: str
    address: str
    text: str
    parent: int | None
    position: int | None
    quote: int | None
    purpose: str
    answer: str

    @property
    def words_key(self) -> str:
        return words_key_of(self.text)

    def fingerprint(self, article_id: int) -> str:
        """The same for the same words by the same person at the same place."""
        place = (article_id, self.parent, self.position, self.quote, self.purpose, self.answer)
        return key_of(f"{place}\n{self.address}\n{self.text}", "fingerprint")


def read_draft(draft: Draft) -> Sent:
    """Raises `NotUnderstood` with all that is wrong at once."""
    problems = refuse_floods(draft)
    if problems:
        raise NotUnderstood(problems)
    name, text = clean_name(draft.name), to_plain(draft.text)
    address = ""
    try:
        address = clean_address(draft.address)
    except BadAddress as error:
        problems["email"] = str(error) if draft.address.strip() else "Give an e-mail address. It is never shown."
    if not name:
        problems["name"] = "Give a name that others can answer to."
    elif len(draft.name.strip()) > LONGEST_NAME:
        problems["name"] = f"Give a name of at most {LONGEST_NAME} characters."
    if not text:
        problems["body"] = "Write something."
    if draft.purpose not in ("", *Comment.Purpose.values):
        problems["purpose"] = f"Choose one of: {', '.join(Comment.Purpose.values)}; or nothing."
    keys = {}
    for field in ("parent", "position", "quote"):
        typed = getattr(draft, field).strip()
        keys[field] = read_key(typed)
        if typed and keys[field] is None:
            problems[field] = f"There is no such {'comment' if field == 'parent' else field}."
    if problems:
        raise NotUnderstood(problems)
    return Sent(name, address, text, **keys, purpose=draft.purpose, answer=draft.answer.strip())


def refuse_floods(draft: Draft) -> Problems:
    """What is far too long is not even looked at: cleaning takes as long as the text."""
    problems: Problems = {}
    if len(draft.text) > LONGEST_TEXT:
        problems["body"] = tell_flood(draft.text)
    if len(draft.name) > 10 * LONGEST_NAME:
        problems["name"] = f"Give a name of at most {LONGEST_NAME} characters."
    return problems


def tell_flood(text: str) -> str:
    return f"This is far too long: {len(text):,} characters, of {LONGEST_TEXT:,} at most."


def words_key_of(text: str) -> str:
    """The same for the same words; empty for what many people say, such as “I agree.”"""
    folded = fold(text)
    return hashlib.sha256(folded.encode()).hexdigest()[:32] if len(folded) >= SAID_BEFORE else ""


def read_key(typed: str) -> int | None:
    """A key that a database can look for."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None
