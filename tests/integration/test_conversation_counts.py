"""Ten thousand random deeds in four lives: on the way and at the end every count that is shown can be counted by hand.

The other side is `Recount`: it reads all rows and goes from replies to what they answer, and knows no path, no index
and no query of the conversation.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from articles.models import Edition
from comments.confirming import confirm, list_waiting
from comments.discussion import OF_A_THREAD, SHOWN, THREADS, Order, find_place, read_page, read_thread
from comments.drafts import NotUnderstood
from comments.editing import NotYours, delete, edit
from comments.models import Comment, Commenter, Decision, Letter, Vote
from comments.models.comments import LEVELS
from comments.moderating import NotDecidable, approve, feature, hold, mark_spam, reject, unfeature
from comments.rights import erase_person
from comments.submitting import Refused
from comments.tallies import Talk, read_readers, tally
from comments.undoing import HappenedSince, undo
from comments.visitors import Visitor
from comments.voting import NotVotable, vote
from experts.frozen import load
from tests import databases, make, talk
from tests.make import NOW

pytestmark = pytest.mark.django_db

LIVES = 4
DEEDS = 2_500  # in each
LOOKS = 250  # deeds between two looks at the sums
LOOKS_AT_PAGES = 1_250  # and at all pages
SAMPLE = 10  # short threads and single comments that are looked up at each look
READERS = 40
LATELY = 40  # comments: what is edited, answered and voted on most
READ = (
    *("id", "parent_id", "depth", "thread", "state", "created_at", "votes", "featured_at", "position_id", "purpose"),
    *("commenter_id", "question_id", "answer_id"),
)
GONE = {"held", "rejected", "spam", "deleted", "erased"}
REFUSALS = (NotDecidable, NotUnderstood, NotVotable, NotYours, HappenedSince, Refused)


# --- Counted by hand -------------------------------------------------------------------------------------------------


@dataclass
class Recount:
    """Of one article. `shown` are the comments with a place on the page, by what they answer."""

    rows: dict[int, dict[str, Any]]
    replies: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, article_id: int) -> "Recount":
        rows = Comment.objects.filter(article=article_id).order_by("id").values(*READ)
        made = cls({row["id"]: row for row in rows})
        for row in made.rows.values():
            made.replies.setdefault(made.stands_below(row), []).append(row)
        for rows in made.replies.values():
            rows.sort(key=lambda row: (row["created_at"], row["id"]))
        return made

    def stands_below(self, row: dict[str, Any]) -> int | None:
        """What it answers; far down, the last comment above it that is as deep as is shown."""
        above = row["parent_id"]
        while above is not None and self.rows[above]["depth"] > LEVELS:
            above = self.rows[above]["parent_id"]
        return above

    @property
    def visible(self) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["state"] == "visible"]

    def has_place(self, row: dict[str, Any]) -> bool:
        if row["state"] == "visible":
            return True
        return row["state"] in GONE and any(map(self.is_visible_or_below, self.replies.get(row["id"], ())))

    def is_visible_or_below(self, row: dict[str, Any]) -> bool:
        return row["state"] == "visible" or any(map(self.is_visible_or_below, self.replies.get(row["id"], ())))

    def read(self, row: dict[str, Any]) -> list[int]:
        """The comment and all below it that has a place, in reading order."""
        below = [key for reply in self.replies.get(row["id"], ()) for key in self.read(reply)]
        return [row["id"], *below] if self.has_place(row) else below

    def threads(self, position: int | None = None) -> list[dict[str, Any]]:
        """The oldest first."""
        firsts = [row for row in self.replies.get(None, ()) if self.has_place(row)]
        return [row for row in firsts if position is None or row["position_id"] == position]

    def sort(self, order: Order, threads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        newest = threads[::-1]
        if order == Order.VALUED:
            return sorted(newest, key=lambda row: -row["votes"])
        if order == Order.POSITION:
            return sorted(threads, key=lambda row: (row["position_id"] is None, row["position_id"] or 0))
        return newest if order == Order.NEWEST else threads

    def talks(self) -> dict[int, Talk]:
        said: dict[int, Counter[str]] = {}
        for row in self.visible:
            if row["position_id"]:
                said.setdefault(row["position_id"], Counter())[row["purpose"]] += 1
        return {
            position: Talk(n.total(), n["agrees"], n["challenges"], n["source"], n["error"])
            for position, n in said.items()
        }

    def answers(self) -> Counter[tuple[int, int]]:
        """Of each reader the last one to each question."""
        last = {(row["commenter_id"], row["question_id"]): row["answer_id"] for row in self.visible if row["answer_id"]}
        return Counter((question, answer) for (_, question), answer in last.items())


def assert_sums(edition: Edition) -> None:
    by_hand, counted = Recount.of(edition.article_id), tally(edition.article_id)
    assert counted.total == len(by_hand.visible)
    assert counted.answers == sum(row["answer_id"] is not None for row in by_hand.visible)
    assert counted.featured == sum(row["featured_at"] is not None for row in by_hand.visible)
    assert counted.positions == by_hand.talks()
    answers = by_hand.answers()
    for readers in read_readers(edition.article_id, load(edition.content["comparison"]).questions):
        of = {share.answer.id: share.count for share in (*readers.shares, *readers.off_axis)}
        assert of == {answer: answers[readers.question.id, answer] for answer in of}
        assert readers.n == sum(n for (question, _), n in answers.items() if question == readers.question.id)
        on_axis = sum(share.count for share in readers.shares)
        for share in readers.shares:
            assert share.share == (on_axis and share.count / on_axis)


def assert_votes() -> None:
    rows = Counter(Vote.objects.values_list("comment", flat=True))
    assert dict(Comment.objects.filter(votes__gt=0).values_list("pk", "votes")) == dict(rows)


def assert_pages(edition: Edition) -> None:
    """All orders, all pages, every thread to its end: what has a place is there once, and nothing else is."""
    by_hand = Recount.of(edition.article_id)
    positions = [None, *(said["id"] for said in edition.content["comparison"]["positions"])]
    for order, position in [*((order, None) for order in Order), *((Order.NEWEST, key) for key in positions[1:])]:
        threads = by_hand.sort(order, by_hand.threads(position))
        assert read_all(edition, order, position, len(threads)) == [
            (keys[:SHOWN], len(keys[SHOWN:])) for keys in map(by_hand.read, threads)
        ]
    read = [by_hand.read(first) for first in by_hand.threads()]
    chance = random.Random(len(by_hand.rows))
    short = [keys for keys in read if len(keys) <= SHOWN]
    for keys in [keys for keys in read if len(keys) > SHOWN] + chance.sample(short, min(SAMPLE, len(short))):
        assert_thread(edition, keys, by_hand)
    placed = [(keys, key) for keys in read for key in keys]
    for keys, key in chance.sample(placed, min(SAMPLE, len(placed))):
        place = find_place(edition.article_id, key)
        assert place
        assert (place.first, place.number) == (keys[0], keys.index(key) // OF_A_THREAD + 1)
    for key in by_hand.rows.keys() - {key for _, key in placed}:
        assert find_place(edition.article_id, key) is None
        break


def read_all(edition: Edition, order: Order, position: int | None, count: int) -> list[tuple[list[int], int]]:
    found = []
    pages = max(1, -(-count // THREADS))
    for number in range(1, pages + 1):
        page = read_page(edition.article_id, edition.updated_at, order, number, position)
        assert (page.number, page.pages, page.count) == (number, pages, count)
        assert len(page.threads) == min(THREADS, count - THREADS * (number - 1))
        found += [([line.row.id for line in thread.lines], thread.more) for thread in page.threads]
    return found


def assert_thread(edition: Edition, keys: list[int], by_hand: Recount) -> None:
    """Its pages one after the other, and what is said on each line."""
    thread = by_hand.rows[keys[0]]["thread"]
    pages = -(-len(keys) // OF_A_THREAD)
    read = [read_thread(edition.article_id, thread, edition.updated_at, number + 1) for number in range(pages)]
    assert {(page.pages, page.count) for page in read} == {(pages, len(keys))}
    lines = [line for page in read for line in page.lines]
    assert [line.row.id for line in lines] == keys
    for line in lines:
        row = by_hand.rows[line.row.id]
        assert line.is_visible == (row["state"] == "visible")
        assert bool(line.html) == line.is_visible
        assert line.level == min(row["depth"], LEVELS + 1)


# --- Ten thousand deeds ----------------------------------------------------------------------------------------------


@dataclass
class Life:
    """What is going on under some articles. Each deed picks its own victims; what the rules refuse does nothing."""

    chance: random.Random
    editions: list[Edition]
    moderator: Any
    now: datetime = NOW + timedelta(minutes=1)
    readers: list[Commenter] = field(default_factory=list)
    said: list[tuple[int, Edition, Visitor]] = field(default_factory=list)
    chain: list[tuple[int, Edition, Visitor]] = field(default_factory=list)  # each the answer to the one before
    done: Counter[str] = field(default_factory=Counter)

    def live(self, deeds: dict[Callable[["Life"], Any], int]) -> None:
        """One deed, a moment later. Of what was done it counts what was not refused."""
        self.now += timedelta(seconds=self.chance.randint(1, 9), microseconds=self.chance.randrange(10**6))
        (deed,) = self.chance.choices(list(deeds), list(deeds.values()))
        try:
            self.done[deed.__name__] += deed(self) is not None
        except REFUSALS:
            self.done[f"{deed.__name__}, refused"] += 1

    def some(self) -> tuple[int, Edition, Visitor]:
        """A comment, mostly a late one."""
        return self.chance.choice(self.said[-LATELY:] if self.chance.random() < 0.7 else self.said)

    def reader(self) -> Commenter:
        return self.chance.choice(self.readers)

    def say(self, edition: Edition, visitor: Visitor, **more: str) -> Comment | None:
        shown = edition.content["comparison"]
        if self.chance.random() < 0.3:
            more["position"] = str(self.chance.choice(shown["positions"])["id"])
        if self.chance.random() < 0.3:
            more["answer"] = str(self.chance.choice(shown["scales"][0]["answers"])["id"])
        if self.chance.random() < 0.3 and "answer" in more:
            more["answer"] = f"{self.chance.choice(shown['questions'])['id']}-{more['answer']}"
        purpose = self.chance.choice(["", *Comment.Purpose.values])
        links = " https://example.org/ " * self.chance.choice([0, 0, 0, 0, 4])  # too many: held
        text = f"Number {self.done.total()}.{links}"
        submission = talk.say(edition, text, visitor=visitor, now=self.now, purpose=purpose, **more)
        self.said.append((submission.comment.pk, edition, visitor))
        return submission.comment


def begin(life: Life) -> Any:
    return life.say(life.chance.choice(life.editions), talk.remembered(life.reader()))


def reply(life: Life) -> Any:
    """Now and then to the end of one chain, which so goes far down; where that is hidden, one further up."""
    goes_deep = bool(life.chain) and life.chance.random() < 0.3
    above = life.chain.pop() if goes_deep else life.some()
    comment = life.say(above[1], talk.remembered(life.reader()), parent=str(above[0]))
    if goes_deep or not life.chain:
        life.chain += [above, life.said[-1]]
    return comment


def knock(life: Life) -> Any:
    """Somebody whom nobody knows, whose address is to be confirmed."""
    address = f"new-{life.done.total()}@example.org"
    key, edition, _ = life.some()
    parent = {"parent": str(key)} if life.chance.random() < 0.5 else {}
    return life.say(edition, Visitor("192.0.2.9"), address=address, **parent)


def open_letter(life: Life) -> Any:
    unused = Letter.objects.filter(used_at=None, kind="confirm").select_related("commenter").order_by("pk")
    if not unused:
        return None
    letter = life.chance.choice(unused)
    chosen = {comment.pk for comment in list_waiting(letter.commenter)}
    done = confirm(letter, chosen, Visitor("192.0.2.9"), now=life.now)
    life.readers.append(letter.commenter)
    return done


def find_valuable(life: Life) -> Any:
    return vote(life.some()[0], life.reader(), wants=True, now=life.now)


def find_it_no_more(life: Life) -> Any:
    given = Vote.objects.select_related("commenter").order_by("-pk")[: life.chance.randint(1, 50)]
    last = list(given)[-1:]
    return vote(last[0].comment_id, last[0].commenter, wants=False, now=life.now) if last else None


def mend(life: Life) -> Any:
    key, _, visitor = life.some()
    links = " https://example.org/ " * life.chance.choice([0, 0, 4])
    return edit(key, f"Mended {life.done.total()}.{links}", visitor, now=life.now)


def take_back(life: Life) -> Any:
    key, _, visitor = life.some()
    return delete(key, visitor, now=life.now) or None


def decide(verb: Callable[..., Any], *details: str) -> Callable[[Life], Any]:
    def deed(life: Life) -> Any:
        return verb(life.some()[0], *details, by=life.moderator, now=life.now)

    deed.__name__ = verb.__name__
    return deed


def decide_next(life: Life) -> Any:
    """As a moderator works: what has been waiting longest is approved."""
    key = Comment.objects.held().values_list("pk", flat=True).first()
    return approve(key, by=life.moderator, now=life.now) if key else None


def pick_no_more(life: Life) -> Any:
    picks = list(Comment.objects.featured().values_list("pk", flat=True))
    return unfeature(life.chance.choice(picks), by=life.moderator, now=life.now) if picks else None


def change_ones_mind(life: Life) -> Any:
    late = list(Decision.objects.filter(undone_at=None).order_by("-pk").values_list("pk", flat=True)[:20])
    return (undo(life.chance.choice(late), by=life.moderator, now=life.now) or None) if late else None


def leave(life: Life) -> Any:
    """Somebody else comes."""
    reader = life.readers.pop(life.chance.randrange(len(life.readers)))
    life.readers.append(talk.person(f"Reader {life.done.total()}"))
    return erase_person(reader, now=life.now) or None


DEEDS_OF_A_DAY: dict[Callable[[Life], Any], int] = {
    begin: 14,
    reply: 26,
    knock: 2,
    open_letter: 2,
    find_valuable: 24,
    find_it_no_more: 6,
    mend: 5,
    take_back: 3,
    decide(approve): 2,
    decide(reject, "other"): 3,
    decide(mark_spam): 2,
    decide(hold): 2,
    decide(feature): 2,
    pick_no_more: 1,
    decide_next: 3,
    change_ones_mind: 3,
    leave: 1,
}


def debate() -> Edition:
    """Two on two questions with one scale, so that an answer may name its question or not."""
    scale = make.scale()
    asked = [make.question(f"Question {n}?", scale=scale, public_at=None) for n in (1, 2)]
    experts = [make.expert(name, public_at=None) for name in ("Ada Fernwick", "Bo Quillane")]
    for expert in experts:
        for question in asked:
            make.position(expert, question, public_at=None)
    return talk.live(experts=experts, questions=asked)


def look(editions: Iterable[Edition], at_pages: bool) -> None:
    databases.count_rows()
    assert_votes()
    for edition in editions:
        assert_sums(edition)
        if at_pages:
            assert_pages(edition)


@pytest.mark.parametrize("seed", range(LIVES))
def test_every_count_after_ten_thousand_deeds(settings: Any, seed: int) -> None:
    settings.COMMENTS_MODE, settings.COMMENTS_PROOF_OF_WORK, settings.COMMENTS_LIMITS = "open", False, False
    life = Life(random.Random(seed), [debate(), debate()], talk.moderator())
    life.readers += [talk.person(f"Reader {n}") for n in range(READERS)]
    begin(life)
    for number in range(1, DEEDS + 1):
        life.live(DEEDS_OF_A_DAY)
        if number % LOOKS == 0 or number in (10, 50):
            look(life.editions, at_pages=number % LOOKS_AT_PAGES == 0 or number < LOOKS)
    # It was a life: nothing was done seldom, and threads went deep.
    assert all(life.done[deed.__name__] > 5 for deed in DEEDS_OF_A_DAY), life.done
    assert max(Comment.objects.visible().values_list("depth", flat=True)) > 10 * LEVELS
    assert set(Comment.objects.values_list("state", flat=True)) == set(Comment.State.values)
