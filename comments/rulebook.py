"""The rules in their order, each a small function and the words for it; what they do together is in screening.py."""

import re
from collections.abc import Iterable
from functools import lru_cache

from aisrace.lib.markup import to_plain
from comments.attempts import Attempt, Finding, Measure, Outcome, Rule
from comments.bodies import count_links, find_links, render_text
from comments.lookalikes import find_lookalike, see_words

MARKED_UP = re.compile(r"[*_`\[\]\\]")
MADE_OF_LETTERS = re.compile(r"[\w\s*]+")  # of “c++” too little would be left to look for


def fell_into_the_trap(attempt: Attempt, measure: Measure) -> Finding | None:
    return Finding("A field was filled in that people do not see.") if attempt.is_trap_filled else None


def is_closed(attempt: Attempt, measure: Measure) -> Finding | None:
    return None if attempt.is_open else Finding("The conversation is closed.")


def is_too_long(attempt: Attempt, measure: Measure) -> Finding | None:
    length = len(attempt.text)
    if length <= measure.number:
        return None
    return Finding(f"{length:,} characters of {measure.number:,}.", (measure.number, length))


def is_banned(attempt: Attempt, measure: Measure) -> Finding | None:
    return Finding(attempt.ban) if attempt.ban else None


def is_too_fast(attempt: Attempt, measure: Measure) -> Finding | None:
    return Finding(f"More than {measure.number} in ten minutes.") if attempt.is_too_fast else None


def has_not_worked(attempt: Attempt, measure: Measure) -> Finding | None:
    return None if attempt.has_worked else Finding("Sent without the proof that a browser works out by itself.")


def looks_like_another(attempt: Attempt, measure: Measure) -> Finding | None:
    """Whoever has a badge may sound like an office, but has no other's name; their own are not among the protected."""
    imitated = find_lookalike(attempt.name, attempt.protected)
    if imitated is None or (attempt.badge and imitated not in attempt.protected):
        return None
    return Finding(f"The name “{attempt.name}” looks like “{imitated}”.")


def has_a_listed_word(attempt: Attempt, measure: Measure) -> Finding | None:
    """As they stand there, or as a reader sees them: in the name too, in letters that look alike, parted by signs."""
    if not measure.words:
        return None
    if match := compile_words(measure.words).search(attempt.text):
        return Finding(f"“{match[0]}”", match.span())
    words = tuple(see_pattern(words) for words in measure.words if MADE_OF_LETTERS.fullmatch(words))
    match = compile_words(words).search(see_words(f"{attempt.name}\n{read_rendered(attempt.text)}"))
    return Finding(f"“{match[0]}”, in other letters or in the name.") if match else None


def read_rendered(text: str) -> str:
    """What readers read of it; rendered only where that makes another text of it."""
    return to_plain(render_text(text)) if MARKED_UP.search(text) else text


@lru_cache(maxsize=64)
def compile_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of them: whole words in any case; * stands for any letters of a word."""
    found = "|".join(re.escape(word.strip()).replace(r"\*", r"\w*") for word in words if word.strip())
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if found else r"(?!)", re.IGNORECASE)


def see_pattern(words: str) -> str:
    """As `see_words`, with its stars."""
    return "*".join(see_words(part) for part in words.strip().split("*"))


def has_many_links(attempt: Attempt, measure: Measure) -> Finding | None:
    """As many as are rendered; where each stands in the text is only known of those that are written out."""
    if max(attempt.text.count("]("), attempt.text.lower().count("http")) <= measure.number:
        return None  # without rendering: every link has one of these
    count = count_links(attempt.text)
    if count <= measure.number:
        return None
    written = find_links(attempt.text)[measure.number :]
    return Finding(f"{count} links.", written[0][:2] if written else None)


def is_repeated(attempt: Attempt, measure: Measure) -> Finding | None:
    return Finding("The same words were sent within a day.") if attempt.is_repeated else None


def is_newcomer(attempt: Attempt, measure: Measure) -> Finding | None:
    is_held = attempt.mode == "hold_newcomers" and attempt.is_newcomer and not attempt.badge
    return Finding("Nothing by this person has been shown before.") if is_held else None


def is_held_like_all(attempt: Attempt, measure: Measure) -> Finding | None:
    return Finding("Every comment is held here.") if attempt.mode == "hold_all" else None


# What refuses comes first: nothing is held that would be refused.
RULES: tuple[Rule, ...] = (
    Rule(
        "honeypot",
        "Hidden field",
        "Programs fill in a field that people do not see.",
        "A field was filled in that is to stay empty. Perhaps your browser did that: clear it and send again.",
        fell_into_the_trap,
        Outcome.REFUSE,
        is_fixed=True,
    ),
    Rule(
        "closed",
        "Conversation closed",
        "Nothing new where the conversation is closed.",
        "This conversation is closed. It can be read, but nothing new can be added.",
        is_closed,
        Outcome.REFUSE,
        is_fixed=True,
    ),
    Rule(
        "too_long",
        "Too long",
        "Longer than so many characters.",
        "This is too long.",
        is_too_long,
        Outcome.REFUSE,
        5_000,
        "characters",
        is_textual=True,
    ),
    Rule(
        "banned",
        "Banned",
        "The address or network is banned for the time being.",
        "You cannot comment here for the time being.",
        is_banned,
        Outcome.REFUSE,
    ),
    Rule(
        "too_fast",
        "Too fast",
        "More than so many comments in ten minutes from one person or network.",
        "You have written a lot in a short time. Your text is still here: send it again in a few minutes.",
        is_too_fast,
        Outcome.REFUSE,
        8,
        "comments",
    ),
    Rule(
        "lookalike",
        "Look-alike name",
        "The name looks like that of an expert, an author or somebody on the staff.",
        "This name looks like that of somebody else here. Choose another.",
        looks_like_another,
        is_textual=True,
    ),
    Rule(
        "listed_word",
        "Listed word",
        "One of the words below stands in it.",
        "It contains words that are not shown here.",
        has_a_listed_word,
        has_words=True,
        is_textual=True,
    ),
    Rule(
        "many_links",
        "Many links",
        "More than so many links.",
        "It has more links than are shown here.",
        has_many_links,
        Outcome.HOLD,
        3,
        "links",
        is_textual=True,
    ),
    Rule(
        "repeated",
        "Repeated",
        "The same words were sent within a day, here or under another article.",
        "The same words were sent before.",
        is_repeated,
    ),
    Rule(
        "no_proof",
        "Proof of work missing",
        "A browser works for a moment before it sends a comment; this one was sent without.",
        "Your browser could not show that it is one.",
        has_not_worked,
    ),
    Rule(
        "newcomer",
        "Newcomer",
        "Nothing by this person has been shown before, and newcomers are held.",
        "First comments are looked at before they are shown.",
        is_newcomer,
        is_fixed=True,
    ),
    Rule(
        "hold_all",
        "All are held",
        "Every comment is looked at before it is shown.",
        "Every comment is looked at before it is shown.",
        is_held_like_all,
        is_fixed=True,
    ),
)


# How a refusal by these is answered over HTTP; others are 400.
REFUSALS = {"closed": 403, "banned": 403, "too_fast": 429}


def find_rule(key: str) -> Rule | None:
    return next((rule for rule in RULES if rule.key == key), None)


def title_of(key: str) -> str:
    """The name of a rule for people; rules that are gone keep their key."""
    rule = find_rule(key)
    return rule.title if rule else key


def list_textual(rules: Iterable[Rule] = RULES) -> list[Rule]:
    return [rule for rule in rules if rule.is_textual]
