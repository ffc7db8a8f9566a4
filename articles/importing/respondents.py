"""Many people, a paragraph each: rolls of statements, lists, tables, quotations signed with a dash, posts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.names import (
    NAMED,
    NO_NAME,
    ROLE,
    clean_name,
    is_caseless,
    looks_like_name,
    split_role,
    take_apart,
)
from articles.importing.people import VERBS, _before_verb
from articles.importing.quotations import find_quotations

_LEAD = r"^(?:[-*•·‣◦▪●]\s+|\(?\d{1,3}[.)]\s+)?"
_ROLL = re.compile(
    rf"{_LEAD}(?P<name>(?:(?:Dr|Prof|Professor|Sir|Dame|Mr|Ms|Mrs)\.?\s+)*{NAMED}|"
    rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·・]{{2,8}})"
    rf"(?:\s*[(\[](?P<bracket>[^()\[\]]{{2,160}})[)\]]|\s*[,–—-]\s*(?P<comma>[^:“„«\"]{{2,160}}?))?"
    rf"(?P<mark>\s*[:：]\s*|\s+[–—-]\s+|,?\s+(?:has |hat |a |also )?(?:{VERBS})\b[^“„«\"]{{0,80}}?[:,]?\s*)(?=\S)"
)
SIGNED = re.compile(
    rf"(?:^|(?<=[.!?…”\"»’*]))\s*(?:[—–―]{{1,2}}|--?)\s*(?P<name>(?:(?:Dr|Prof|Sir|Dame)\.?\s+)*{NAMED}|"
    rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{{2,8}})"
    r"(?:\s*[(\[](?P<bracket>[^()\[\]]{2,120})[)\]])?(?:\s*[,–—|]\s*(?P<comma>[^“„«\"]{2,160}))?(?P<rest>\s.{0,60})?$"
)
_INVERTED = re.compile(
    rf"[\s,–—]*(?:(?:{VERBS})\s+(?P<name>(?:(?:Dr|Prof|Sir|Dame)\.?\s+)*{NAMED}))"
    r"(?:\s*[(\[](?P<bracket>[^()\[\]]{2,120})[)\]]|,\s*(?P<comma>[^.;:“„«\"]{3,140}))"
)
HANDLE = re.compile(r"@[\w.-]{2,40}(?:@[\w.-]+)?")
_STAMP = re.compile(r"^(?:.{0,20}\d{1,2}:\d{2}.{0,40}|[\d.,KkM]+ (?:likes|reposts|retweets|views|replies).{0,80})$")
_NAME_COLUMN = re.compile(
    r"(?:full )?(?:names?|experts?|who|speakers?|persons?|people|respondents?|panell?ists?|nom|experte?n?|"
    r"personen?|sprecher)(?:in)?",
    re.I,
)
_QUOTE_COLUMN = re.compile(r".*\b(?:quotes?|quotations?|words|said|statement|comment|zitat|citation)\b.*", re.I)
_ROLE_COLUMN = re.compile(
    r".*\b(?:role|title|position held|job|affiliation|organi[sz]ation|company|institution|funktion|fonction|rolle)\b.*",
    re.I,
)


_MARK = re.compile(r"[“\"„«‘»]")


@dataclass(frozen=True, slots=True)
class Respondent:
    """From block `first` to `last`. `lead` is where their words begin in the first; `words` is a whole block that is
    theirs without quotation marks (a signed quotation, a post)."""

    first: int
    last: int
    name: str
    role: str = ""
    organisation: str = ""
    lead: int = 0
    words: tuple[tuple[int, int, int], ...] = ()
    kind: str = "roll"
    signature: tuple[int, int] | None = None


def find_respondents(blocks: Sequence[Block], places: Sequence[int]) -> list[Respondent]:
    found: list[Respondent] = []
    done = -1
    for order, n in enumerate(places):
        if n <= done:
            continue
        rest = places[order:]
        respondent = _read_post(blocks, rest) or _read_signed(blocks, rest) or _read_roll(blocks[n], n)
        respondent = respondent or _read_inverted(blocks[n], n)
        if respondent:
            found.append(respondent)
            done = respondent.last
    if len({fold(r.name) for r in found if r.kind == "roll" and r.lead}) > 1:
        taken = {n for r in found for n in range(r.first, r.last + 1)}
        found += [r for n in places if n not in taken and (r := _read_roll(blocks[n], n, among_others=True))]
    return sorted([*found, *_read_tables(blocks, places)], key=lambda r: r.first)


def _read_roll(block: Block, n: int, among_others: bool = False) -> Respondent | None:
    """“Ada Lind, head of policy at Ostrom, said: “…””, “Ada Lind (Ostrom): …”, “**Ada Lind:** …”. Among others one word
    is name enough where a quotation follows."""
    if block.kind not in ("paragraph", "item", "quote") or not (found := _ROLL.match(block.text)):
        return None
    name, said = clean_name(found["name"]), found["bracket"] or found["comma"] or ""
    said = _before_verb(said) if found["comma"] else said
    has_role = bool(found["bracket"] or _is_role(said))
    is_bold = 0 < block.bold <= found.end()
    has_colon = bool(re.search(r"[:：]", found["mark"]))
    is_called = among_others and _is_called(name) and bool(_MARK.match(block.text, found.end()))
    if not (is_called or looks_like_name(name) or (is_caseless(name) and has_colon)) or not (
        has_role or is_bold or has_colon
    ):
        return None
    role, organisation = split_role(said) if said else ("", "")
    return Respondent(n, n, name, role, organisation, lead=found.end())


def _is_called(name: str) -> bool:
    return len(name.split()) <= 5 and any(fold(word) not in NO_NAME and len(word) > 2 for word in name.split())


def _is_role(said: str) -> bool:
    return bool(
        ROLE.search(said)
        or re.match(r"(?:an?|the|die|der|une?|la|le)\s+\w+", said)
        or re.search(r"\s(?:at|of|bei|chez)\s", said)
    )


def _read_inverted(block: Block, n: int) -> Respondent | None:
    """““…,” said Ada Lind, head of policy at Ostrom.”"""
    if (
        block.kind not in ("paragraph", "item")
        or not (quotations := find_quotations(block.text))
        or quotations[0].start > 3
    ):
        return None
    found = _INVERTED.match(block.text, quotations[0].end)
    said = (found["bracket"] or found["comma"] or "") if found else ""
    if not found or not looks_like_name(found["name"]) or not (found["bracket"] or _is_role(said)):
        return None
    role, organisation = split_role(re.sub(r"^(?:an?|the|die|der)\s+", "", said))
    return Respondent(n, n, clean_name(found["name"]), role, organisation)


def _read_signed(blocks: Sequence[Block], rest: Sequence[int]) -> Respondent | None:
    """A quotation, then a dash and a name: in the same line, in the next, or in the last of a blockquote."""
    n = rest[0]
    block = blocks[n]
    run = _quoted_run(blocks, rest)
    last = run[-1]
    found = SIGNED.search(blocks[last].text) or (_match_cited(blocks, run) if len(run) > 1 else None)
    if not found and len(rest) > len(run) and blocks[rest[len(run)]].kind in ("paragraph", "quote", "caption"):
        candidate = SIGNED.match(blocks[rest[len(run)]].text)
        candidate = candidate or _match_bare(blocks[rest[len(run)]])
        if candidate and (block.kind == "quote" or (find_quotations(block.text)[:1] and block.text[:1] in '“"„«‘')):
            found, last = candidate, rest[len(run)]
    if not found or not _is_signature(found["name"], block, found):
        return None
    words = tuple((m, 0, len(blocks[m].text)) for m in run if m != last)
    if last in run and found.start() > 0:
        words += ((last, 0, found.start()),)
    role, organisation = (
        split_role(found["bracket"] or found["comma"] or "") if found["bracket"] or found["comma"] else ("", "")
    )
    name = clean_name(found["name"])
    signature = (last, found.start())
    return (
        Respondent(n, last, name, role, organisation, words=words, kind="signed", signature=signature)
        if words
        else None
    )


def _match_cited(blocks: Sequence[Block], run: Sequence[int]) -> re.Match[str] | None:
    """The last line of a blockquote is a name, the one before it a sentence that ended."""
    ended = re.search(r"[.!?…”\"»“’]\s*$", blocks[run[-2]].text)
    return SIGNED.match("— " + blocks[run[-1]].text) if ended and signs(blocks[run[-1]].text) else None


def _match_bare(block: Block) -> re.Match[str] | None:
    return SIGNED.match("— " + block.text) if block.kind == "caption" and signs(block.text) else None


def signs(text: str) -> bool:
    """“Ada Lind, keeper of metalwork” and nothing else."""
    titled = take_apart(text)
    is_short = len(text) < 120 and not text.rstrip().endswith((".", "!", "?", "…", "”", ":"))
    return is_short and looks_like_name(titled.name) and not titled.is_numbered


def _is_signature(name: str, block: Block, found: re.Match[str]) -> bool:
    """In running prose a dash and capitals are common; behind a quotation or in a blockquote they sign."""
    if not (looks_like_name(name, least=1 if block.kind == "quote" else 2)):
        return False
    text = block.text[: found.start()].rstrip() if found.string == block.text else block.text.rstrip()
    return block.kind == "quote" or text.endswith(("”", '"', "»", "“", "’"))


def _quoted_run(blocks: Sequence[Block], rest: Sequence[int]) -> list[int]:
    """The lines of one blockquote, up to and including the one that is signed."""
    n = rest[0]
    run = [n]
    if blocks[n].kind == "quote":
        for m in rest[1:]:
            if blocks[m].kind != "quote" or blocks[m].group != blocks[n].group or SIGNED.search(blocks[run[-1]].text):
                break
            run.append(m)
    return run


def _read_post(blocks: Sequence[Block], rest: Sequence[int]) -> Respondent | None:
    """A post of a social network: words, then “— Name (@handle) date”; or name and handle, words, then the time."""
    n = rest[0]
    run = [
        m
        for m in rest[:12]
        if (blocks[m].group == blocks[n].group and blocks[m].kind == "quote")
        or blocks[n].where == blocks[m].where == "post"
    ]
    if blocks[n].kind != "quote" and blocks[n].where != "post":
        plain = [m for m in rest[:8] if blocks[m].kind == "paragraph" and not blocks[m].where]
        run = [m for m in plain if m == n or (blocks[m].group and blocks[m].group == blocks[n].group)] or [n]
        run = run if len(run) > 1 or rest[1:2] != plain[1:2] else plain[:2]
    for place, m in enumerate(run[:8]):
        text = blocks[m].text
        handle = HANDLE.search(text)
        if not handle or (len(text) > 260 and not re.search(r"[—–-]\s*[^—–]{2,60}@", text)):
            continue
        signed = re.search(r"\s*(?:[—–―]{1,2}|--?)\s*(?P<name>[^@—–(]{2,60}?)\s*\(?\s*@", text)
        if signed and (place or signed.start() > 0):
            words = (
                *((k, 0, len(blocks[k].text)) for k in run[:place]),
                *(((m, 0, signed.start()),) if signed.start() else ()),
            )
            return Respondent(n, m, clean_name(signed["name"]), words=words, kind="post", signature=(m, signed.start()))
        if headed := _read_headed_post(blocks, run, place):
            return headed
        return None
    return None


def _read_headed_post(blocks: Sequence[Block], run: Sequence[int], place: int) -> Respondent | None:
    """Name and handle first, in one line or two."""
    if place > 1 or len(run) <= place + 1:
        return None
    text = blocks[run[place]].text
    before = text[: HANDLE.search(text).start()].strip(" (·—-")  # type: ignore[union-attr]
    name = before if place == 0 else blocks[run[0]].text
    if not looks_like_name(name) and not (place == 0 and looks_like_name(name, least=1)):
        return None
    is_marked = blocks[run[0]].kind == "quote" or blocks[run[0]].where == "post"
    words: list[tuple[int, int, int]] = []
    last = run[place]
    for m in run[place + 1 :]:
        if _STAMP.match(blocks[m].text):
            last = m
            break
        if words and not is_marked:
            break
        words.append((m, 0, len(blocks[m].text)))
        last = m
    return Respondent(run[0], last, clean_name(name), words=tuple(words), kind="post") if words else None


def _read_tables(blocks: Sequence[Block], places: Sequence[int]) -> list[Respondent]:
    """Rows of a table whose first column, or one called so, holds names."""
    found: list[Respondent] = []
    groups: dict[int, list[int]] = {}
    for n in places:
        if blocks[n].kind == "row":
            groups.setdefault(blocks[n].group, []).append(n)
    for rows in groups.values():
        found += _read_table(blocks, rows)
    return found


def _read_table(blocks: Sequence[Block], rows: Sequence[int]) -> list[Respondent]:
    head = [cell.strip() for cell in blocks[rows[0]].cells]
    column = next((i for i, cell in enumerate(head) if _NAME_COLUMN.fullmatch(cell)), None)
    body = rows[1:] if column is not None else rows
    column = column or 0
    names = [cells[column] if len(cells := blocks[n].cells) > column else "" for n in body]
    good = [looks_like_name(re.sub(r"\s*\(.*\)|,.*", "", name)) for name in names]
    if len(body) < 2 or sum(good) < 0.6 * len(body):
        return []
    return [
        _read_row(blocks[n], n, column, head if body is not rows else [])
        for n, ok in zip(body, good, strict=True)
        if ok
    ]


def _read_row(block: Block, n: int, column: int, head: Sequence[str]) -> Respondent:
    cells = block.cells
    said = cells[column]
    name = re.sub(r"\s*\(.*\)|,.*", "", said)
    role, organisation = split_role(said[len(name) :].strip(" ,()")) if len(said) > len(name) else ("", "")
    words: list[tuple[int, int, int]] = []
    start = 0
    for i, cell in enumerate(cells):
        title = head[i] if i < len(head) else ""
        if _ROLE_COLUMN.fullmatch(title):
            role, organisation = split_role(cell) if not role else (role, cell)
        if i != column and _QUOTE_COLUMN.fullmatch(title) and cell.strip() and not find_quotations(cell):
            words.append((n, start, start + len(cell)))
        start += len(cell) + 1
    return Respondent(n, n, clean_name(name), role, organisation, words=tuple(words), kind="row")
