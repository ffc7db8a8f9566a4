"""The cast on the public pages: an article in two editions, one that was taken back, and the address of every page.

Under the article there is a conversation of two pages, with a bit of everything that can be said.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from comments.models import Comment, ReportedError
from comments.voting import recount
from experts.models import Position, Topic
from tests import cast, make, talk
from tests.make import NOW

REASON = "The timetable it rested on was a forgery."

# One address of every kind that readers may visit.
PAGES = {
    "home": "/",
    "articles": "/articles/",
    "article": "/articles/night-trains/",
    "editions": "/articles/night-trains/editions/",
    "edition": "/articles/night-trains/editions/1/",
    "experts": "/experts/",
    "expert": "/experts/ada/",
    "questions": "/questions/",
    "question": "/questions/ferries/",
    "changes of mind": "/changes-of-mind/",
    "compare": "/compare/",
    "comparison": "/compare/?expert=ada&expert=bo&expert=cato",
    "search": "/search/",
    "topic": "/topics/night-trains/",
    "stand on an article": "/articles/night-trains/where-do-you-stand/",
    "stand on a topic": "/topics/night-trains/where-do-you-stand/",
    "author": "/authors/nell-upham/",
    "conversation": "/articles/night-trains/comments/",
    "conversation, page 2": "/articles/night-trains/comments/?page=2",
    "thread": "/articles/night-trains/comments/9001/",
    "corrections": "/articles/night-trains/corrections/",
    "all corrections": "/corrections/",
    "moderation log": "/moderation/",
    "about": "/about/",
    "privacy": "/privacy/",
    "cookies": "/cookies/",
}
# Those of readers who write: kept by nobody, found by no search engine.
FORMS = {
    "form": "/articles/night-trains/comments/new/",
    "form of an answer": "/articles/night-trains/comments/new/?parent=9001",
    "sent": "/comments/sent/",
    "valuable": "/articles/night-trains/comments/9001/vote/",
    "report": "/articles/night-trains/comments/9001/report/",
    "mine": "/comments/mine/",
    "remember": "/comments/remember/",
    "link sent": "/comments/remember/sent/",
    "disowned": "/comments/disowned/",
    "erased": "/comments/mine/erased/",
}
WITHDRAWN = "/articles/forged/"
FIRST_COMMENT = 9001  # numbers that no sequence reaches, so that addresses are known before there are rows


@dataclass(frozen=True)
class Site:
    record: cast.Record
    article: Article
    withdrawn: Article

    @property
    def topic(self) -> Topic:
        """The one that everything here is about."""
        return Topic.objects.get()


def build() -> Site:
    record = cast.record()
    article = make.article(
        "Who believes in night trains",
        slug="night-trains",
        experts=record.experts.values(),
        questions=[record.questions["trains"], record.questions["ferries"]],
        authors=[make.author(slug="nell-upham")],
        body="<p>The engine hums slowly in the dark before it leaves.</p>",
        verdict="<p>Two of five believe.</p>",
        method="<p>We rode along.</p>",
    )
    article.topics.set(record.questions["trains"].topics.all())
    article.verdict_positions.add(record.find("ada", "trains", cast.JAN_24))
    publish(article, by=None, now=NOW)
    rewrite(article, body="<p>The engine hums loudly in the dark before it leaves.</p>")
    converse(
        publish(article, by=None, now=NOW + timedelta(hours=1), kind=Edition.Kind.CORRECTION, note="It was not slow.")
    )

    withdrawn = make.article("A forged timetable", slug="forged", body="<p>It says platform nine and a half.</p>")
    publish(withdrawn, by=None, now=NOW)
    withdraw(withdrawn, by=None, now=NOW + timedelta(hours=2), reason=REASON)
    return Site(record, article, withdrawn)


def converse(edition: Edition) -> None:
    """For and against a position, an answer, a pick, a tombstone, an error, and twelve readers who answer as well."""
    on = Position.objects.get(expert__slug="ada", question__slug="trains", stated_on=cast.JAN_24)
    answers = list(on.question.scale.answers.order_by("order"))
    own: dict[str, Any] = {"question": on.question, "answer": answers[3]}
    first = say(edition, 1, "I rode on *four* of them.", position=on, purpose="agrees", featured_at=NOW, **own)
    say(edition, 2, "And were they on time?", parent=first, name="Bo Trask")
    say(edition, 3, "[A timetable](https://example.org/times) says otherwise.", position=on, purpose="challenges")
    wrong = say(edition, 4, "The second table has the wrong year.", purpose="error")
    ReportedError.objects.create(comment=wrong, article_id=edition.article_id, at=wrong.created_at)
    gone = say(edition, 5, "", state="deleted", name="")
    say(edition, 6, "What was it that you said?", parent=gone)
    say(edition, 7, "Written before the update.", at=NOW + timedelta(minutes=1), badge="staff")
    for n in range(20):
        reader = talk.person(f"Reader {n}")
        said = say(edition, 10 + n, f"Remark {n}.", commenter=reader, **own if n < 12 else {})
        first.vote_set.create(commenter=reader, at=said.created_at)
    recount(first)


def say(edition: Edition, number: int, text: str, **values: Any) -> Comment:
    at = edition.live_at + timedelta(minutes=number)
    return talk.comment(edition, text, **{"id": FIRST_COMMENT - 1 + number, "at": at} | values)


def rewrite(article: Article, **values: str) -> None:
    """Changes the working copy only."""
    Article.objects.filter(pk=article.pk).update(**values)
    article.refresh_from_db()
