"""The cast on the public pages: an article in two editions, one that was taken back, and the address of every page."""

from dataclasses import dataclass
from datetime import timedelta

from articles.models import Article, Edition
from articles.publishing import publish, withdraw
from experts.models import Topic
from tests import cast, make
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
    "compare": "/compare/",
    "comparison": "/compare/?expert=ada&expert=bo&expert=cato",
    "topic": "/topics/night-trains/",
    "author": "/authors/nell-upham/",
    "about": "/about/",
    "privacy": "/privacy/",
    "cookies": "/cookies/",
}
WITHDRAWN = "/articles/forged/"


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
    publish(article, by=None, now=NOW + timedelta(hours=1), kind=Edition.Kind.CORRECTION, note="It was not slow.")

    withdrawn = make.article("A forged timetable", slug="forged", body="<p>It says platform nine and a half.</p>")
    publish(withdrawn, by=None, now=NOW)
    withdraw(withdrawn, by=None, now=NOW + timedelta(hours=2), reason=REASON)
    return Site(record, article, withdrawn)


def rewrite(article: Article, **values: str) -> None:
    """Changes the working copy only."""
    Article.objects.filter(pk=article.pk).update(**values)
    article.refresh_from_db()
