"""Share images of the pages that change: the site, a question with all who answered it, an expert.

They are drawn again when what is on them has changed; the same drawing is kept once, as those of editions are.
"""

from dataclasses import dataclass

from django.conf import settings

from aisrace.lib.figures import count
from articles.lettering import Block, fit_text, set_text
from articles.sharing import ROOM, TOP, ArticleCard, draw_once, frame_at
from articles.stances import lay_columns
from experts.comparison import ExpertRow
from experts.models import Expert, Question
from experts.reading import QuestionPage

PROMISE = "Who says what, how sure they are, and how we know"
CHECKED = "Every answer with its day and its source"


@dataclass(frozen=True)
class WordsCard:
    """`said` below one another, each with its top."""

    said: tuple[tuple[Block, float], ...]
    initials: Block | None = None


def share_site() -> bytes:
    promise = fit_text(PROMISE, "Card Display", [(104, 2), (88, 3)], ROOM, 1.08, balanced=True)
    card = WordsCard(((promise, 106 + (440 - promise.height) / 2),))
    return draw_once("site", "share/words.svg", frame_at(settings.SITE_URL, CHECKED, ""), card)


def share_question(question: Question, shown: QuestionPage) -> bytes:
    """The wording and everybody on its scale, as the page shows them today."""
    wording = fit_text(
        shown.question.wording, "Card Display", [(66, 1), (58, 2), (48, 3), (40, 4)], ROOM, 1.1, balanced=True
    )
    columns, beside = lay_columns(shown.spectrum, TOP + wording.height + 20)
    note = set_text(beside, "Card Sans", 19, ROOM, 1) if beside else None
    told = shown.distribution.n + shown.distribution.off_axis_n
    frame = frame_at(f"{settings.SITE_URL}{question.get_absolute_url()}", count(told, "answer"), CHECKED)
    card = ArticleCard(wording, None, 0, columns, note)
    return draw_once(f"question-{question.pk}", "share/article.svg", frame, card)


def share_expert(expert: Expert, row: ExpertRow, answered: int) -> bytes:
    """Who they are, and on how many questions they are on record."""
    name = fit_text(expert.name, "Card Display", [(104, 1), (86, 2), (64, 3)], ROOM - 230, 1.08)
    role = set_text(row.role, "Card Sans", 32, ROOM - 230, 3, 1.3) if row.role else None
    y = 106 + (440 - name.height - (role.height + 24 if role else 0)) / 2
    said = ((name, y), *([(role, y + name.height + 24)] if role else []))
    card = WordsCard(said, set_text(row.initials, "Card Sans Bold", 76, 190, 1))
    frame = frame_at(
        f"{settings.SITE_URL}{expert.get_absolute_url()}", f"{count(answered, 'answer')} on record", CHECKED
    )
    return draw_once(f"expert-{expert.pk}", "share/words.svg", frame, card)
