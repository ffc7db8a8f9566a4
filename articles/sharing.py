"""Share images of 1200 × 630 pixels, drawn from an edition alone: one of the article, one of each of its positions.

An edition never changes, so an image is drawn once and kept, named after what is on it: another layout, site name or
address makes another file.
"""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import resvg_py
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string

from aisrace.lib.figures import count, day
from articles.lettering import FILES, FOLDER, Block, fit_text, needs_other_fonts, set_text
from articles.reading import OpenEdition, choose_spectrum
from articles.stances import Columns, lay_columns
from experts.comparison import Cell, PositionRow, QuoteRow, SourceRow

IMAGES_KEPT = timedelta(days=90)
WIDTH, HEIGHT = 1200, 630
ROOM = 1080  # between the margins
TOP = 110
# The light theme of static/css/tokens.css.
INK = {
    "paper": "#fbf9f5",
    "ink": "#1b1b1f",
    "soft": "#57544e",
    "rule": "#ddd6ca",
    "strong-rule": "#8d867a",
    "accent": "#7b1e4e",
}
TONES = ("#fbf9f5", "#de8124", "#f3c387", "#eae5dc", "#93b6de", "#1e5996")  # 0 is off the axis
ON_TONES = ("#1b1b1f", "#1b1b1f", "#1b1b1f", "#1b1b1f", "#1b1b1f", "#ffffff")


class NotInEdition(LookupError):
    """The edition shows no such position."""


@dataclass(frozen=True)
class Frame:
    wordmark: Block
    kicker: Block
    left: Block
    right: Block


@dataclass(frozen=True)
class ArticleCard:
    headline: Block
    wording: Block | None
    wording_y: float
    columns: Columns | None
    beside: Block | None


@dataclass(frozen=True)
class PositionCard:
    """`y…` are the tops; `kind` says whose words `words` are."""

    cell: Cell
    wording: Block
    stance: Block
    y_stance: float
    kind: Block | None
    words: Block | None
    y_words: float
    initials: Block
    name: Block
    role: Block | None
    said: Block
    source: Block | None


# --- Drawing ---------------------------------------------------------------------------------------------------------


def share_article(opened: OpenEdition) -> bytes:
    """The PNG: headline, the spectrum that tells most, byline, day and permalink."""
    experts, questions = len(opened.comparison.experts), len(opened.comparison.questions)
    names = [author["name"] for author in opened.content["byline"]]
    told = [*([f"By {_join(names)}"] if names else []), _name_edition(opened)]
    kicker = f"{count(experts, 'expert')} · {count(questions, 'question')}"
    frame = _frame(opened, kicker, " · ".join(told))
    return draw_once(str(opened.edition.pk), "share/article.svg", frame, _lay_article(opened))


def share_position(opened: OpenEdition, position_id: int) -> bytes:
    """The PNG: proposition, stance, words, who, when, source and permalink. Raises `NotInEdition`."""
    for cell in opened.comparison.cells.values():
        if cell.position and cell.position.id == position_id:
            frame = _frame(opened, opened.content["headline"], _name_edition(opened))
            return draw_once(str(opened.edition.pk), "share/position.svg", frame, _lay_position(cell, cell.position))
    raise NotInEdition(position_id)


def _name_edition(opened: OpenEdition) -> str:
    return f"Edition {opened.edition.number}, {day(opened.edition.live_at)}"


def _frame(opened: OpenEdition, kicker: str, left: str) -> Frame:
    return frame_at(f"{settings.SITE_URL}{opened.edition.get_absolute_url()}", kicker, left)


def frame_at(address: str, kicker: str, left: str) -> Frame:
    link = address.rsplit("://", maxsplit=1)[-1]
    right = fit_text(link, "Card Sans Bold", [(20, 1), (17, 1), (14, 2), (12, 3)], 620)
    wordmark = set_text(settings.SITE_NAME, "Card Display", 42, 420, 1)
    return Frame(
        wordmark,
        set_text(kicker, "Card Sans", 21, ROOM - wordmark.width - 60, 1),
        fit_text(left, "Card Sans", [(20, 1), (17, 1), (15, 1)], ROOM - right.width - 40),
        right,
    )


def draw_once(name: str, template: str, frame: Frame, card: Any) -> bytes:
    """Kept on this machine, for it can be drawn again on any: written aside and moved into place.

    The file is named by `name` and what is on it.
    """
    context = {"frame": frame, "card": card, "ink": INK, "tones": TONES, "on_tones": ON_TONES}
    svg = render_to_string(template, context)
    digest = hashlib.sha256(svg.encode()).hexdigest()[:24]
    path = find_folder() / f"{name}-{digest}.png"
    if path.exists():
        return path.read_bytes()
    data = draw(svg)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as aside:
        aside.write(data)
    Path(aside.name).chmod(0o644)
    Path(aside.name).replace(path)
    return data


def find_folder() -> Path:
    return Path(settings.DATA_DIR) / "share"


def forget_images(now: datetime) -> int:
    """Those that were drawn long ago: whoever asks for one again has it drawn again."""
    old = [file for file in find_folder().glob("*.png") if is_old(file, now)]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def is_old(file: Path, now: datetime) -> bool:
    try:
        return file.stat().st_mtime < (now - IMAGES_KEPT).timestamp()
    except FileNotFoundError:  # another was quicker
        return False


def draw(svg: str) -> bytes:
    """The PNG of an SVG set in the card fonts; the machine's own are only looked for where letters are missing."""
    fonts = [str(FOLDER / name) for name in FILES.values()]
    return bytes(resvg_py.svg_to_bytes(svg, font_files=fonts, skip_system_fonts=not needs_other_fonts([svg])))


# --- The card of an article ------------------------------------------------------------------------------------------


def _lay_article(opened: OpenEdition) -> ArticleCard:
    headline = fit_text(
        opened.content["headline"], "Card Display", [(78, 1), (70, 2), (58, 3), (50, 3)], ROOM, 1.08, balanced=True
    )
    y = TOP + headline.height + 20
    spectrum = choose_spectrum(opened.spectra)
    if spectrum is None:
        standfirst = set_text(opened.content["standfirst"], "Card Serif", 32, ROOM, 6, 1.35)
        return ArticleCard(headline, standfirst, y, None, None)
    wording = set_text(spectrum.question.wording, "Card Sans Bold", 25, ROOM, 2, 1.3)
    columns, beside = lay_columns(spectrum, y + wording.height + 14)
    note = set_text(beside, "Card Sans", 19, ROOM, 1) if beside else None
    return ArticleCard(headline, wording, y, columns, note)


def _join(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


# --- The card of a position ------------------------------------------------------------------------------------------


def _lay_position(cell: Cell, position: PositionRow) -> PositionCard:
    kind, text, source = choose_words(position)
    sizes = [(42, 1), (38, 2), (33, 3), (29, 3)] if text else [(68, 2), (60, 3), (50, 4), (42, 5)]
    wording = fit_text(cell.question.wording, "Card Display", sizes, ROOM, 1.14, balanced=True)
    y_stance = TOP + wording.height + 20
    y_words = y_stance + 58 + 20
    words = _fit_words(text, 450 - y_words) if text else None
    label = set_text(kind, "Card Sans", 19, 700, 1) if text else None
    told = f"{'Reported' if position.is_reported else 'Stated'} {day(position.stated_on)}"
    return PositionCard(
        cell,
        wording,
        set_text(cell.label, "Card Sans Bold", 28, 700, 1),
        y_stance,
        label,
        words,
        y_words + (450 - y_words - words.height) / 2 if words else y_words,
        set_text(cell.expert.initials, "Card Sans Bold", 25, 70, 1),
        set_text(cell.expert.name, "Card Sans Bold", 27, 500, 1),
        set_text(position.role, "Card Sans", 19, 500, 2, 1.25) if position.role else None,
        set_text(told, "Card Sans Bold", 19, 420, 1),
        set_text(tell_source(source, position), "Card Sans", 17, 420, 2, 1.3) if source else None,
    )


def choose_words(position: PositionRow) -> tuple[str, str, SourceRow | None]:
    """Whose words, the words, and where they stand: quoted where they may be, else told as the paraphrase they are."""
    quotable = sorted((q for q in position.quotes if q.is_quotable), key=lambda quote: quote.kind != "verbatim")
    if quotable:
        return _name_kind(quotable[0]), f"“{quotable[0].words}”", quotable[0].source
    if position.summary:
        return "In summary, not their words", position.summary, position.source
    if position.quotes:
        return "Paraphrase, not their words", position.quotes[0].words, position.quotes[0].source
    return "", "", position.source


def _name_kind(quote: QuoteRow) -> str:
    if quote.kind == "verbatim":
        return "In their own words"
    return f"Translated from {LANG_INFO.get(quote.language, {}).get('name', quote.language)}"


def _fit_words(text: str, room: float) -> Block:
    """As large as the room allows; where quoted words are cut, the quotation still ends."""
    text = " ".join(text.split())
    sizes = [(size, int(room / (size * 1.28))) for size in (72, 62, 54, 48, 43, 39, 35, 31, 28, 25, 22)]
    block = fit_text(text, "Card Serif", [(size, max(most, 1)) for size, most in sizes], ROOM - 20, 1.28, balanced=True)
    if text.endswith("”") and block.lines[-1].endswith("…"):
        block = replace(block, lines=(*block.lines[:-1], f"{block.lines[-1]}”"))
    return block


def tell_source(source: SourceRow, position: PositionRow) -> str:
    """What stands under “Stated 31 January 2025” or “Reported …”, and repeats neither."""
    told = [source.author, source.title, source.publisher]
    if source.published_on and source.published_on != position.stated_on:
        told.append(day(source.published_on))
    verb = "Reported by" if source.is_secondary and not position.is_reported else "Source:"
    return f"{verb} {', '.join(filter(None, told))}"
