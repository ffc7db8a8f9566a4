"""What the browser looks at: the demo, a small panel, a crowd on one question and an article with a wide table."""

import io
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from articles.demo import install_demo
from articles.publishing import publish, withdraw
from experts.models import Affiliation, Answer, Expert, Position, Question
from tests import make

PANEL = Path(__file__).parents[1] / "data" / "panel.csv"
LEADERS = ["andrew-ng", "yann-lecun", "alexandr-wang", "david-sacks", "kai-fu-lee"]

DEMO = "/articles/china-usa-ai-race/"
PAGES = {
    "home": "/",
    "articles": "/articles/",
    "article": DEMO,
    "article with a wide table": "/articles/wide/",
    "history": f"{DEMO}editions/",
    "earlier edition": f"{DEMO}editions/1/",
    "experts": "/experts/",
    "expert": "/experts/david-sacks/",
    "expert with a long record": "/experts/person-0/",
    "questions": "/questions/",
    "question": "/questions/who-leads-in-ai/",
    "question with a crowd": "/questions/crowd/",
    "compare": "/compare/",
    "comparison": "/compare/?expert=andrew-ng&expert=yann-lecun",
    "comparison of six": "/compare/?" + "&".join(f"expert=person-{n}" for n in range(6)),
    "topic": "/topics/artificial-intelligence/",
    "author": "/authors/aisrace-desk/",
    "about": "/about/",
    "privacy": "/privacy/",
    "cookies": "/cookies/",
}
REFUSALS = {
    "not found": "/nothing/",
    "not understood": "/experts/david-sacks/?as_of=yesterday",
    "refused comparison": "/compare/?expert=andrew-ng&expert=andrew-ng&expert=nobody",
    "withdrawn": "/articles/withdrawn/",
}
EVERY_KIND = PAGES | REFUSALS


def build() -> None:
    now = timezone.now()
    install_demo(now)
    call_command("import_positions", PANEL, "--scale", "agreement", stdout=io.StringIO(), stderr=io.StringIO())
    people, asked = make.filled_record(20, 45)
    for n, person in enumerate(people):
        Expert.objects.filter(pk=person.pk).update(slug=f"person-{n}")
    spread_out(asked[0], people)
    add_wide_article(people[:6], asked[:8])
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


def add_wide_article(people: list[Expert], asked: list[Question]) -> None:
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
    publish(article, by=None, now=timezone.now() - timedelta(days=1))
