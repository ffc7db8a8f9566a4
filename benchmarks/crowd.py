"""A crowd under one article, the same at every run: threads longer than a page shows them, and one very deep."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from articles.models import Edition
from benchmarks.panel import name_people, speak
from comments.bodies import Body, render
from comments.models import Comment, Commenter
from comments.paths import place

PEOPLE = 400
TEXTS = 200  # different ones: to render ten thousand is not what is measured
LENGTHS = (40, 120, 250, 400, 900)  # characters
PICKS = 5
THREAD = (12, 28)  # comments, at least and at most
PORTION = 500  # rows a statement
FIRST_KEY = 1_000_000  # rows name each other, so their keys are chosen here
GONE = ("held", "rejected", "spam", "deleted", "erased")


def fill(newest: Edition, since: datetime, count: int, deep: int) -> None:
    """So many comments, a second apart; the last `deep` of them are one thread, each the answer to the one before."""
    chance = random.Random(1)
    people, bodies = make_people(since), make_bodies(chance)
    comments: list[Comment] = []
    for number, parent in enumerate(choose_parents(count, deep, chance)):
        at = since + timedelta(seconds=number)
        comment = Comment(article_id=newest.article_id, edition=newest.number, created_at=at)
        place(comment, None if parent is None else comments[parent], at)
        comment.pk = FIRST_KEY + number
        comment.parent = None  # by its key alone: a chain of ten thousand rows that hold each other is hard to let go
        comment.parent_id = None if parent is None else FIRST_KEY + parent
        comment.commenter = chance.choice(people)
        comment.name = comment.commenter.name
        comment.text, body = chance.choice(bodies)
        comment.html, comment.renderer, comment.seal = body.html, body.renderer, body.seal
        describe(comment, newest, chance)
        if number < PICKS:
            comment.state, comment.featured_at = Comment.State.VISIBLE, at
        comments.append(comment)
    Comment.objects.bulk_create(comments, batch_size=PORTION)


def make_people(since: datetime) -> list[Commenter]:
    names = [" ".join(reversed(name.split(", "))) for name in name_people(PEOPLE, "crowd")]
    return Commenter.objects.bulk_create(
        Commenter(address=f"{number}@example.org", name=name, first_seen_at=since, confirmed_at=since)
        for number, name in enumerate(names)
    )


def make_bodies(chance: random.Random) -> list[tuple[str, Body]]:
    texts = [f"{speak(chance, chance.choice(LENGTHS))}." for _ in range(TEXTS)]
    return [(text, render(text)) for text in texts]


def choose_parents(count: int, deep: int, chance: random.Random) -> Iterator[int | None]:
    """For each comment the number of the one that it answers."""
    begun = 0
    while begun < count - deep:
        size = min(chance.randint(*THREAD), count - deep - begun)
        yield None
        yield from (begun + chance.randrange(number) for number in range(1, size))
        begun += size
    yield None
    yield from range(begun, count - 1)


def describe(comment: Comment, newest: Edition, chance: random.Random) -> None:
    """Of a hundred three are gone, ten hang on a position, five tell an own answer."""
    comment.state = chance.choice(GONE) if chance.random() < 0.03 else Comment.State.VISIBLE
    comment.shown_at, comment.votes = comment.created_at, int(chance.expovariate(0.5))
    shown = newest.content["comparison"]
    if chance.random() < 0.1:
        comment.position_id = chance.choice(shown["positions"])["id"]
        comment.purpose = chance.choice(Comment.Purpose.values)
    if chance.random() < 0.05:
        comment.question_id, comment.answer_id = choose_answer(shown, chance)


def choose_answer(shown: dict, chance: random.Random) -> tuple[int, int]:
    question = chance.choice(shown["questions"])
    scale = next(scale for scale in shown["scales"] if scale["id"] == question["scale"])
    return question["id"], chance.choice(scale["answers"])["id"]
