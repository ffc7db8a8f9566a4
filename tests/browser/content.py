"""What the browser looks at: the demo, a small panel, a crowd on one question and an article with a wide table.

Under that article there is a conversation with everything that is hard to show.
"""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from articles.demo import install_demo
from articles.models import Edition
from articles.publishing import publish, withdraw
from comments.demo import install_conversation
from comments.models import Comment, Conversation, ReportedError
from comments.moderating import mark_spam, reject
from comments.voting import recount
from experts.models import Affiliation, Answer, Expert, Position, Question
from tests import make, talk

PANEL = Path(__file__).parents[1] / "data" / "panel.csv"
LEADERS = ["andrew-ng", "yann-lecun", "alexandr-wang", "david-sacks", "kai-fu-lee"]

DEMO = "/articles/china-usa-ai-race/"
WIDE = "/articles/wide/"
TALK = f"{WIDE}comments/"
POSITION, COMMENT = (
    70_001,
    90_001,
)  # numbers that no sequence reaches, so that addresses are known before there are rows
PAGES = {
    "home": "/",
    "articles": "/articles/",
    "article": DEMO,
    "article with a wide table": WIDE,
    "history": f"{DEMO}editions/",
    "earlier edition": f"{DEMO}editions/1/",
    "experts": "/experts/",
    "expert": "/experts/david-sacks/",
    "expert with a long record": "/experts/person-0/",
    "questions": "/questions/",
    "question": "/questions/who-leads-in-ai/",
    "question with a crowd": "/questions/crowd/",
    "changes of mind": "/changes-of-mind/",
    "position": f"/positions/{POSITION}/",
    "compare": "/compare/",
    "comparison": "/compare/?expert=andrew-ng&expert=yann-lecun",
    "comparison of six": "/compare/?" + "&".join(f"expert=person-{n}" for n in range(6)),
    "search": "/search/",
    "what is found": "/search/?q=china",
    "nothing is found": "/search/?q=sakcs+zebra",
    "topic": "/topics/artificial-intelligence/",
    "stand on an article": f"{WIDE}where-do-you-stand/",
    "stand on a topic": "/topics/artificial-intelligence/where-do-you-stand/",
    "author": "/authors/aisrace-desk/",
    "conversation": TALK,
    "conversation by position": f"{TALK}?order=position",
    "conversation on one position": f"{TALK}?position={POSITION}",
    "conversation, page 2": f"{TALK}?page=2",
    "thread": f"{TALK}{COMMENT}/",
    "form": f"{DEMO}comments/new/",
    "form about a position": f"{TALK}new/?position={POSITION}",
    "form of an answer": f"{TALK}new/?parent={COMMENT}",
    "form where it is closed": "/articles/closed/comments/new/",
    "closed conversation": "/articles/closed/comments/",
    "sent": "/comments/sent/",
    "valuable": f"{TALK}{COMMENT}/vote/",
    "report": f"{TALK}{COMMENT}/report/",
    "mine": "/comments/mine/",
    "remember": "/comments/remember/",
    "link sent": "/comments/remember/sent/",
    "disowned": "/comments/disowned/",
    "erased": "/comments/mine/erased/",
    "corrections": f"{WIDE}corrections/",
    "all corrections": "/corrections/",
    "moderation log": "/moderation/",
    "for programs": "/api/v1/docs/",
    "about": "/about/",
    "privacy": "/privacy/",
    "cookies": "/cookies/",
}
FRAMES = {
    "article": f"/embed{DEMO}",
    "article with a wide table": f"/embed{WIDE}",
    "question": "/embed/questions/who-leads-in-ai/",
    "question with a crowd": "/embed/questions/crowd/",
    "position": f"/embed/positions/{POSITION}/",
    "withdrawn": "/embed/articles/withdrawn/",
}
REFUSALS = {
    "not found": "/nothing/",
    "not understood": "/experts/david-sacks/?as_of=yesterday",
    "refused comparison": "/compare/?expert=andrew-ng&expert=andrew-ng&expert=nobody",
    "withdrawn": "/articles/withdrawn/",
    "withdrawn, in a frame": "/embed/articles/withdrawn/",
    "not yours": f"{TALK}{COMMENT}/edit/",
    "link that opens nothing": "/comments/confirm/nothing/",
    "appeal that leads nowhere": "/comments/appeal/nothing/",
}
EVERY_KIND = PAGES | REFUSALS


def build() -> None:
    now = timezone.now()
    install_demo(now)
    install_conversation(now)
    call_command("import_positions", PANEL, "--scale", "agreement", stdout=io.StringIO(), stderr=io.StringIO())
    people, asked = make.filled_record(20, 45)
    for n, person in enumerate(people):
        Expert.objects.filter(pk=person.pk).update(slug=f"person-{n}")
    spread_out(asked[0], people)
    make.position(people[2], asked[1], "Likely", stated_on=make.A_DAY + timedelta(days=400), id=POSITION)
    converse(add_wide_article(people[:6], asked[:8]))
    closed = publish(make.article("A conversation that is over", slug="closed"), by=None, now=now - timedelta(days=9))
    talk.comment(closed, "This was the last word.")
    Conversation.objects.create(article_id=closed.article_id, mode="closed", note="All has been said here.")
    open_to_all = publish(make.article("Readers write here", slug="readers"), by=None, now=now - timedelta(days=9))
    for n in range(25):
        talk.comment(open_to_all, f"Thread {n}.", at=now - timedelta(days=8) + timedelta(minutes=n))
    withdrawn = make.article("An article taken back", slug="withdrawn")
    publish(withdrawn, by=None, now=now - timedelta(days=2))
    withdraw(withdrawn, by=None, now=now - timedelta(days=1), reason="Its source turned out to be forged.")


def spread_out(question: Question, people: list[Expert]) -> None:
    """Somebody on every answer of a question, on the axis and off it, sure and unsure; and one change of mind."""
    Question.objects.filter(pk=question.pk).update(slug="crowd", label="The crowd", background="Asked of a crowd.")
    answers = list(Answer.objects.filter(scale=question.scale).order_by("order"))
    for n, person in enumerate(people):
        Position.objects.filter(expert=person, question=question).update(
            answer=answers[n % len(answers)], confidence=n % 10 + 1 if n % 3 else None
        )
    make.position(people[0], question, "Likely", stated_on=make.A_DAY + timedelta(days=400))
    Affiliation.objects.filter(expert=people[1]).update(
        role="Professor of Railway Timetables", interests="Owns a whistle."
    )


def add_wide_article(people: list[Expert], asked: list[Question]) -> Edition:
    article = make.article(
        "Six people and eight questions",
        slug="wide",
        experts=people,
        questions=asked,
        body="<p>One <a href='https://example.org/'>link</a>.</p><blockquote><p>A quotation.</p></blockquote>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table><ul><li>One</li></ul>",
        picture=make.picture(),
        picture_alt="A grey rectangle.",
        picture_credit="Nobody in particular",
    )
    return publish(article, by=None, now=timezone.now() - timedelta(days=1))


# --- The conversation ------------------------------------------------------------------------------------------------

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde"
SAID = [
    "Every *kind* of **mark**, `code` in a line.\n\n> A quotation,\n> of two lines\n\n- one\n- two\n  - three\n\n1. a",
    f"```\n{'a line of code that is too long for any window ' * 6}\n```",
    f"{LONG * 3} https://example.org/{'x' * 300}",
    "شعر بالعربية يُقرأ من اليمين إلى اليسار، ومعه كلمات English في الوسط.",
    "Z" + "\u0303\u0317" * 40 + " 🚂" * 40,
    "一列夜行列车在黑暗中缓缓驶出车站" * 20,
]


def converse(edition: Edition) -> None:
    """Two pages of threads, one of them deeper than is shown; badges, picks, tombstones, answers, errors, decisions."""
    position = Position.objects.get(pk=POSITION)
    answers = list(position.question.scale.answers.order_by("order"))
    own = {"question": position.question, "answer": answers[1]}
    first = above = say(edition, 0, SAID[0], position=position, purpose="agrees", featured_at=edition.live_at, **own)
    for n in range(1, 8):
        above = say(edition, n, SAID[n % len(SAID)], parent=above, name=f"Reader {n} {LONG if n == 3 else ''}")
    for n in range(8, 20):
        say(edition, n, f"Reply {n}.", parent=first, badge=("staff", "author", "expert", "")[n % 4])
    say(edition, 20, "It is not so.", position=position, purpose="challenges", edited_at=edition.live_at)
    say(edition, 21, "Another source.", position=position, purpose="source", featured_at=edition.live_at)
    for n, state in ((22, "deleted"), (24, "erased"), (26, "held")):
        gone = say(edition, n, "" if n < 26 else "Held.", state=state, name="")
        say(edition, n + 1, "What was it that stood here?", parent=gone)
    for n in range(28, 32):
        wrong = say(edition, n, f"{SAID[n % len(SAID)]} This is an error.", purpose="error")
        settled = (
            {"outcome": "corrected", "answer": LONG, "edition": 1, "settled_at": wrong.created_at} if n % 2 else {}
        )
        ReportedError.objects.create(comment=wrong, article_id=wrong.article_id, at=wrong.created_at, **settled)
    for n in range(32, 50):
        reader = talk.person(f"Reader {n}")
        answer = {"question": position.question, "answer": answers[n % len(answers)]}
        say(edition, n, SAID[n % len(SAID)], commenter=reader, **answer)
        first.vote_set.create(commenter=reader, at=edition.live_at)
    recount(first)
    for n, decide in ((50, mark_spam), (51, mark_spam)):
        decide(say(edition, n, "Buy a train.").pk, by=None, now=timezone.now())
    reject(say(edition, 52, "An insult.").pk, "insult", by=None, now=timezone.now())


def say(edition: Edition, number: int, text: str, **values: Any) -> Comment:
    at = edition.live_at + timedelta(minutes=number)
    return talk.comment(edition, text, **{"id": COMMENT + number, "at": at} | values)
