"""Which lines are headings, and what each opens: an expert, a theme, the verdict, a note on the author."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.names import NO_NAME, Titled, has_title, looks_like_name, strip_number, take_apart
from articles.importing.organisations import looks_like_organisation
from articles.importing.transcripts import find_labels

VERDICT = re.compile(
    r"(?:(?:the |our |final |my |a |key |main )*(?:verdict|conclusions?|bottom line|takeaways?|final (?:thoughts|"
    r"word|words|"
    r"verdict)|closing thoughts|"
    r"wrap[- ]?up|wrapping up|summing up|summary|in summary|in conclusion|to conclude|last word)\b.*|"
    r"(?:so,? )?who(?:[’']s| is| are| was| has| will be| wins?| won)?\b.*\b(?:win|wins|winner|winners|winning|won|"
    r"right|ahead|lead|leading|leads|losing)\b.*|"
    r"(?:so,? )?(?:who|which side|where does (?:this|that|it) leave us|what does (?:it|this|that) (?:all )?(?:mean|"
    r"add up to))\b.*\?|"
    r"(?:das |unser |mein )?(?:fazit|schluss|schlussfolgerung|schlussfolgerungen|ergebnis|bilanz|zusammenfassung|"
    r"urteil)\b.*|"
    r"(?:en |la |notre |le )?(?:conclusion|verdict|bilan|en résumé|en bref|synthèse)\b.*|conclusión\b.*|"
    r"what (?:it|this|that) (?:all )?(?:means|adds up to).*|where (?:this|that|it) leaves us.*|"
    r"in (?:short|brief|a nutshell|sum)|our (?:view|take|say|opinion|judge?ment|position|answer))",
    re.IGNORECASE,
)
# Only these always end a text; the others may be a box at its head or a section among others.
_CLEAR = re.compile(
    r"\b(?:verdict|conclusions?|bottom line|last word|final \w+|fazit|schluss\w*|conclusión)\b", re.IGNORECASE
)
AUTHOR = re.compile(
    r"(?:about (?:the )?authors?|about (?:me|the writer|the editor)|author bio|the author|written by|über (?:den "
    r"autor|die autorin|mich)|"
    r"(?:zur|zum) autor(?:in)?|à propos de l[’']aute?ure?|l[’']aute?ure?|der autor|die autorin)\b.{0,60}",
    re.IGNORECASE,
)
SOURCES = re.compile(
    r"(?:sources?|references?|further reading|quellen?|références|links|footnotes|notes)", re.IGNORECASE
)
LONGEST = 110


@dataclass(frozen=True, slots=True)
class Heading:
    """`kind` is expert, theme, verdict, author or sources."""

    place: int
    level: int
    kind: str
    titled: Titled


def find_headings(blocks: Sequence[Block], taken: Sequence[bool]) -> list[Heading]:
    """Of the blocks that nothing else has claimed, in order. Lines that only look like headings count where a text has
    no others, or none that are marked as such."""
    places = [n for n, block in enumerate(blocks) if not taken[n] and block.kind == "heading"]
    marked = bool(places)
    turns = find_labels(blocks, [n for n in range(len(blocks)) if not taken[n]])
    for n, block in enumerate(blocks):
        if (
            not taken[n]
            and n not in turns
            and block.kind in ("paragraph", "item")
            and _stands_out(blocks, n, taken, marked)
        ):
            places.append(n)
    places.sort()
    return _classify(blocks, places)


def _stands_out(blocks: Sequence[Block], n: int, taken: Sequence[bool], marked: bool) -> bool:
    """A short line by itself with no full stop, followed by something longer."""
    block = blocks[n]
    text = block.text
    if (
        len(text) > LONGEST
        or len(text.split()) > 14
        or re.search(r"[.!,;…”\"»]$", text.rstrip())
        or text[:1] in '“"„«—–@>'
    ):
        return False
    following = next((b for m, b in enumerate(blocks[n + 1 :], n + 1) if not taken[m]), None)
    if following is None or (block.kind == "item" and not re.match(r"\s*\d", text)):
        return False
    if following.group == block.group and following.kind == block.kind and block.group and not block.is_bold:
        return _is_titled(text) and len(following.text) > 3 * len(text) and block.kind != "item"
    if block.is_bold:
        return len(text.split()) <= 12 and not text.endswith(":") and not re.match(r"[QAFR]\s*[:.]", text)
    if marked and not (_is_titled(text) and re.match(r"\s*\d", text)):
        return False
    return _is_opening(text, following)


def _is_titled(text: str) -> bool:
    return bool(
        VERDICT.fullmatch(text) or (looks_like_name(take_apart(text).name, least=1) and take_apart(text).is_numbered)
    )


def _is_opening(text: str, following: Block) -> bool:
    if following.kind == "paragraph" and len(following.text) < len(text) and len(following.text) < 60:
        return False
    if text.endswith(":"):
        return False
    return text[:1].isupper() or text[:1].isdigit() or text[:1] in "#(¿" or not text[:1].isascii()


def _classify(blocks: Sequence[Block], places: Sequence[int]) -> list[Heading]:
    are_headings = set(places)
    body = " ".join(block.text for n, block in enumerate(blocks) if n not in are_headings)
    folded = fold(body)
    lower = set(re.findall(r"(?<![\w’'])[^\W\d_A-ZÄÖÜÉ][\w-]*", body))
    titled = {n: take_apart(blocks[n].text) for n in places}
    kinds = {n: _kind(blocks[n].text, titled[n], body, folded, lower) for n in places}
    _judge_doubtful(blocks, places, titled, kinds)
    _judge_verdicts(blocks, places, kinds)
    return [Heading(n, blocks[n].level or 9, kinds[n], titled[n]) for n in places]


def _kind(text: str, titled: Titled, body: str, folded: str, lower: set[str]) -> str:
    bare = strip_number(text).rstrip(":").strip()
    if VERDICT.fullmatch(bare) and not titled.has_role:
        return "verdict"
    if AUTHOR.fullmatch(bare):
        return "author"
    return "sources" if SOURCES.fullmatch(bare) else _judge_name(bare, titled, body, folded, lower)


def _judge_name(bare: str, titled: Titled, body: str, folded: str, lower: set[str]) -> str:
    """expert or theme; “likely” and “perhaps” where only its siblings can tell."""
    least = 1 if titled.is_numbered or titled.has_role else 2
    if not looks_like_name(titled.name, least=least) or bare.endswith("?"):
        return "theme"
    if titled.has_role or has_title(bare):
        return "expert"
    if looks_like_organisation(titled.name, NO_NAME) and not titled.rest:
        return "likely"
    words = [word for word in re.findall(r"[\w-]+", titled.name) if len(word) > 2]
    common = [word for word in words if word.lower() in lower]
    if words and len(common) == len(words):
        return "theme"
    surname = titled.name.split()[-1]
    is_named = bool(re.search(rf"(?<![\w]){re.escape(surname)}(?!\w)", body)) or fold(titled.name) in folded
    if is_named and not common and not titled.rest:
        return "expert"
    return "likely" if (is_named or titled.is_numbered) and not common else "perhaps"


def _judge_verdicts(blocks: Sequence[Block], places: Sequence[int], kinds: dict[int, str]) -> None:
    """“What it means for your bill” is the verdict only where nothing says so more clearly and no expert follows."""
    verdicts = [n for n in places if kinds[n] == "verdict"]
    clear = [n for n in verdicts if _CLEAR.search(blocks[n].text)]
    for n in verdicts:
        is_early = any(kinds[m] == "expert" and m > n for m in places)
        if n not in clear and (clear or is_early):
            kinds[n] = "theme"


def _judge_doubtful(
    blocks: Sequence[Block], places: Sequence[int], titled: dict[int, Titled], kinds: dict[int, str]
) -> None:
    """A heading that could be a name is one where most of its siblings are, or could be and are numbered alike."""
    for n in places:
        if kinds[n] not in ("perhaps", "likely"):
            continue
        alike = [
            m for m in places if blocks[m].level == blocks[n].level and kinds[m] not in ("verdict", "author", "sources")
        ]
        alike = [m for m in alike if titled[m].is_numbered == titled[n].is_numbered]
        names = [m for m in alike if kinds[m] in ("expert", "perhaps", "likely", "name")]
        enough = 0.6 if kinds[n] == "likely" or titled[n].is_numbered else 0.75
        kinds[n] = "name" if len(names) >= enough * len(alike) else "theme"
    for n in places:
        kinds[n] = "expert" if kinds[n] == "name" else kinds[n]
