"""Quotes and lists inside each other, written out from the innermost."""

from dataclasses import dataclass, field

from comments.bodies import DEPTH

LISTS = ("ul", "ol")
ROOM = {"blockquote": 1, "ul": 3, "ol": 3}  # levels: a list's own, its item's, and that of the words in it


@dataclass
class _Container:
    kind: str
    start: int = 1
    is_loose: bool = False
    marker: str = ""
    is_implied: bool = False  # an item that the HTML does not name
    blocks: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)  # which of the blocks are lists


class Nesting:
    """What stands too deep for the parser to see stands one level further out instead."""

    def __init__(self) -> None:
        self.open = [_Container("")]
        self.flat: list[str] = []  # elements that are open, but make no level

    def add(self, block: str) -> None:
        if block:
            self._step_in()
            self.open[-1].blocks.append(block)

    def note_paragraph(self) -> None:
        if self.open[-1].kind == "li":
            self.open[-1].is_loose = True

    def enter(self, kind: str, start: str = "") -> None:
        self._step_out() if kind == "li" else self._step_in()
        level = len(self.open) - 1
        fits = self.open[-1].kind in LISTS if kind == "li" else level + ROOM[kind] <= DEPTH
        if self.flat or not fits:
            self.flat.append(kind)
            return
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        self.open.append(_Container(kind, number, marker=self._choose_marker(kind)))

    def leave(self, kind: str) -> None:
        if self.flat:
            self.flat.pop()
            return
        self._step_out()
        if self.open[-1].kind == kind:
            self._close()

    def _step_in(self) -> None:
        """What stands in a list, but in no item, makes one."""
        if self.open[-1].kind in LISTS and not self.flat:
            self.open.append(_Container("li", is_implied=True))

    def _step_out(self) -> None:
        if self.open[-1].is_implied and not self.flat:
            self._close()

    def _close(self) -> None:
        done, around = self.open.pop(), self.open[-1]
        if not done.blocks:
            return
        if done.kind in LISTS:
            around.lists.append(len(around.blocks))
        around.is_loose |= done.kind == "li" and (done.is_loose or len(done.blocks) > len(done.lists) + 1)
        around.blocks.append(WRITERS[done.kind](done))

    def finish(self) -> str:
        while len(self.open) > 1:
            self._close()
        return "\n\n".join(self.open[0].blocks)

    def _choose_marker(self, kind: str) -> str:
        """Two lists in a row are told apart by their markers alone."""
        around = self.open[-1]
        if kind not in LISTS:
            return ""
        follows = bool(around.lists) and around.lists[-1] == len(around.blocks) - 1
        first, second = ("-", "+") if kind == "ul" else (".", ")")
        around.marker = second if follows and around.marker == first else first
        return around.marker


def _write_quote(done: _Container) -> str:
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(done.blocks).split("\n"))


def _write_list(done: _Container) -> str:
    items = [_write_item(done, done.start + place, text) for place, text in enumerate(done.blocks)]
    return ("\n\n" if done.is_loose else "\n").join(items)


def _write_item(around: _Container, number: int, text: str) -> str:
    marker = f"{around.marker} " if around.kind == "ul" else f"{number}{around.marker} "
    first, *more = text.split("\n")
    return "\n".join([marker + first, *(f"{' ' * len(marker)}{line}".rstrip() for line in more)])


def _join_item(done: _Container) -> str:
    """A list below its words, without a line between them unless there are several paragraphs."""
    text = ""
    for place, block in enumerate(done.blocks):
        is_close = place in done.lists and not done.is_loose and block.startswith(("-", "+", "1"))
        text += ("\n" if is_close else "\n\n") * bool(place) + block
    return text


WRITERS = {"blockquote": _write_quote, "ul": _write_list, "ol": _write_list, "li": _join_item}
