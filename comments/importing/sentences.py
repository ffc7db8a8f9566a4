"""Running text as the small Markdown of comments/bodies.py: what means nothing there is kept from meaning something."""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from comments.bodies import find_links

CLINGING = 9  # pieces or characters after an address that may be punctuation; more are something else
_SPACES = re.compile(r"\s+")
_ALWAYS = set("\\`*[")
_BEGINS_A_BLOCK = re.compile(r"(?:>|~~~|[-+*](?=\s|$))")
_BEGINS_A_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


class Space(str):
    """One space or one line break."""

    __slots__ = ()


class Code(str):
    """Markdown that is finished."""

    __slots__ = ()


class Verbatim(str):
    """Words of code, not yet between backticks: two that touch are one."""

    __slots__ = ()


class Address(str):
    """A link whose words are its address: it becomes a link by itself, where nothing clings to it."""

    __slots__ = ()


class Mark(NamedTuple):
    sign: str
    opens: bool


type Piece = str | Mark


@dataclass
class Sentence:
    """Gathers pieces until they are taken; emphasis that is still open then goes on in the next."""

    is_label: bool = False
    pieces: list[Piece] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Any run of white space is one space."""
        for word in re.split(r"(\s+)", text):
            if word.isspace():
                self.pieces.append(Space(" "))
            elif word:
                self.pieces += [word] if self.is_label else split_addresses(word)

    def break_line(self) -> None:
        self.pieces.append(Space("\n"))

    def begin(self, sign: str) -> None:
        self.open.append(sign)
        if self.open.count(sign) == 1:
            self.pieces.append(Mark(sign, opens=True))

    def end(self, sign: str) -> None:
        """The innermost is ended, and what stands open in it with it."""
        if sign not in self.open:
            return
        self.open.reverse()
        self.open.remove(sign)
        self.open.reverse()
        if sign not in self.open:
            self.pieces.append(Mark(sign, opens=False))

    @property
    def words(self) -> str:
        return "".join(piece for piece in self.pieces if isinstance(piece, str)).strip()

    @property
    def has_just_broken(self) -> bool:
        solid = [piece for piece in self.pieces[-4:] if not isinstance(piece, Mark) and piece != " "]
        return bool(solid) and solid[-1] == "\n" and isinstance(solid[-1], Space)

    def take(self) -> str:
        signs = list(dict.fromkeys(self.open))
        pieces = settle([*self.pieces, *(Mark(sign, opens=False) for sign in reversed(signs))])
        self.pieces = [Mark(sign, opens=True) for sign in signs]
        written = write_pieces(pieces, is_label=self.is_label)
        lines = (line.strip() for line in written.split("\n"))
        return "\n".join(line if self.is_label else calm_start(line) for line in lines if line)


def settle(pieces: list[Piece]) -> list[Piece]:
    """White space stands outside of emphasis and never twice; emphasis of nothing is none."""
    settled: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Space):
            _put_space(settled, piece)
        elif isinstance(piece, Mark):
            _put_mark(settled, piece)
        elif isinstance(piece, Verbatim) and settled and isinstance(settled[-1], Verbatim):
            settled[-1] = Verbatim(settled[-1] + piece)
        else:
            settled.append(piece)
    return settled


def _put_space(settled: list[Piece], space: Space) -> None:
    marks = []
    while settled and isinstance(settled[-1], Mark) and settled[-1].opens:
        marks.append(settled.pop())
    if settled and isinstance(settled[-1], Space):
        before = settled.pop()
        space = Space("\n") if "\n" in (before, space) else space
    settled += [space, *reversed(marks)]


def _put_mark(settled: list[Piece], mark: Mark) -> None:
    space = settled.pop() if settled and isinstance(settled[-1], Space) and not mark.opens else None
    other = Mark(mark.sign, not mark.opens)
    if settled and settled[-1] == other:
        settled.pop()  # of nothing, or at once begun again
    else:
        settled.append(mark)
    if space:
        settled.append(space)


def write_pieces(pieces: list[Piece], *, is_label: bool) -> str:
    written = [piece if isinstance(piece, Mark) else escape(piece, is_label=is_label) for piece in pieces]
    for place, piece in enumerate(written):
        if isinstance(piece, Address):
            before = written[place - 1] if place else ""
            if isinstance(before, str) and before.endswith("<"):
                written[place - 1] = f"{before[:-1]}\\<"
            written[place] = _write_address(piece, written, place)
    return "".join(piece.sign if isinstance(piece, Mark) else piece for piece in drop_idle_marks(written))


def split_addresses(word: str) -> Iterator[str]:
    at = 0
    for begin, end, address in find_links(word) if "://" in word else ():
        yield from filter(None, [word[at:begin]])
        yield Address(address)
        at = end
    yield from filter(None, [word[at:]])


def escape(piece: str, *, is_label: bool) -> str:
    if isinstance(piece, Verbatim):
        return write_code(piece)
    return piece if isinstance(piece, Space | Code | Address) else _escape(piece, is_label=is_label)


def _escape(text: str, *, is_label: bool = False) -> str:
    return "".join(
        f"\\{sign}" if _is_active(text, place, sign) or (is_label and sign == "]") else sign
        for place, sign in enumerate(text)
    )


def _is_active(text: str, place: int, sign: str) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign == "\\":
        return not after or after in string.punctuation
    if sign == "_":
        return not (before.isalnum() and after.isalnum())
    if sign == "<":
        return text[place + 1 : place + 5].lower() == "http"
    return sign in _ALWAYS


def _write_address(address: str, pieces: Sequence[Piece], place: int) -> str:
    """Only an address that is found again is a link by itself, whether or not the marks behind it will stay."""
    before = _before(pieces, place)
    clinging = list(takewhile(lambda piece: not isinstance(piece, Space), pieces[place + 1 : place + CLINGING]))
    words = [piece for piece in clinging if not isinstance(piece, Mark)]
    signs = [piece.sign if isinstance(piece, Mark) else piece for piece in clinging]
    for after in ("".join(words), "".join(signs)):
        found = [] if len(after) > CLINGING else find_links(before + address + after)
        if (len(before), len(before + address), address) not in found:
            return write_link(_escape(address, is_label=True), address)
    return address


def write_link(label: str, address: str) -> Code:
    return Code(f"[{label}]({address.replace('(', '%28').replace(')', '%29')})")


def drop_idle_marks(pieces: list[Piece]) -> list[Piece]:
    """Emphasis that the parser would not see where it stands is left off: its signs would be read."""
    idle: set[int] = set()
    opened: list[int] = []
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Mark):
            continue
        if piece.opens:
            opened.append(place)
            continue
        begin = next((at for at in reversed(opened) if pieces[at] == Mark(piece.sign, opens=True)), None)
        if begin is None:
            idle.add(place)
            continue
        opened.remove(begin)
        if not (_can_open(pieces, begin) and _can_close(pieces, place)):
            idle |= {begin, place}
    idle.update(opened)
    return [piece for place, piece in enumerate(pieces) if place not in idle]


def _can_open(pieces: list[Piece], place: int) -> bool:
    before, after = _before(pieces, place), _after(pieces, place)
    return bool(after.strip()) and (after.isalnum() or not before.strip() or _is_punctuation(before))


def _can_close(pieces: list[Piece], place: int) -> bool:
    before, after = _before(pieces, place), _after(pieces, place)
    return bool(before.strip()) and (before.isalnum() or not after.strip() or _is_punctuation(after))


def _before(pieces: Sequence[Piece], place: int) -> str:
    """The character before; empty at the beginning."""
    while place and isinstance(pieces[place - 1], Mark):
        place -= 1
    return pieces[place - 1][-1] if place else ""  # type: ignore[return-value]  # no mark, and never empty


def _after(pieces: Sequence[Piece], place: int) -> str:
    rest = (pieces[at] for at in range(place + 1, len(pieces)))
    return next((piece[0] for piece in rest if not isinstance(piece, Mark)), "")


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def calm_start(line: str) -> str:
    """Begins no list, quote or block of code."""
    if match := _BEGINS_A_NUMBER.match(line):
        return f"{match[1]}\\{line[match.end(1) :]}"
    return f"\\{line}" if _BEGINS_A_BLOCK.match(line) else line


def write_code(text: str) -> Code:
    """Between as many backticks as it takes."""
    text = _SPACES.sub(" ", text)
    fence = "`" * (longest_run(text, "`") + 1)
    space = " " if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " ") else ""
    return Code(f"{fence}{space}{text}{space}{fence}")


def longest_run(text: str, sign: str) -> int:
    return max((len(run) for run in re.findall(f"{re.escape(sign)}+", text)), default=0)
