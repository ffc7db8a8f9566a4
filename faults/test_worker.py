"""The worker killed again and again while letters and editions come due: none is lost, each edition is told once."""

import json
import random
import time
from pathlib import Path

from faults.house import ask, build, often, wait_until
from faults.mailbox import mailbox

PREPARE = """
import json, sys
from datetime import timedelta
from django.utils import timezone
from articles.models import Article
from articles.publishing import publish
from comments.models import Commenter, Letter
from experts.models import Question
from tests import make

letters, editions, seconds = {letters}, {editions}, {seconds}
now = timezone.now()
people = Commenter.objects.bulk_create(
    Commenter(address=f"reader-{{n}}@example.org", name="Rosa", first_seen_at=now, confirmed_at=now)
    for n in range(letters)
)
Letter.objects.bulk_create(
    Letter(commenter=person, kind="remember", made_at=now, due_at=now + timedelta(seconds=n * seconds / letters))
    for n, person in enumerate(people)
)
slugs = []
for n in range(editions):
    article = make.article(f"Number {{n}}", slug=f"number-{{n}}")
    publish(article, by=None, now=now, at=now + timedelta(seconds=1 + n * seconds / editions))
    slugs.append(article.slug)
print(json.dumps(slugs))
"""
# Whoever claimed a letter and was killed is given ten minutes.
LATER = """
from datetime import timedelta
from django.utils import timezone
from comments.sending import send_due
while send_due(timezone.now() + timedelta(minutes=11)): pass
"""
LEFT = """
from articles.models import Announcement
from comments.models import Letter
from django.utils import timezone
print(Letter.objects.filter(sent_at=None, claimed_at=None).count() + Announcement.objects.filter(done_at=None).count())
"""
TOLD = """
import json
from collections import Counter
from aisrace.keeping.models import Deed
told = Counter(Deed.objects.filter(verb="went live").values_list("label", flat=True))
print(json.dumps([told[f"Number {{n}}"] for n in range({editions})]))
"""


def test_killed_while_letters_and_editions_come_due(tmp_path: Path, database_url: str) -> None:
    kills, letters, editions = often(5, 200), often(100, 1000), often(5, 50)
    chance, seconds = random.Random(1), kills * 2.5
    with (
        mailbox() as post,
        build(
            tmp_path / "house",
            database_url,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(post.port),
            EMAIL_SECURITY="none",
        ) as house,
    ):
        slugs = json.loads(house.run(PREPARE.format(letters=letters, editions=editions, seconds=seconds)))
        for _ in range(kills):
            worker = house.start("manage.py", "sweep", "--every", "1")
            before = post.taken.total()
            # Most of that is its start; some are killed in that, too.
            wait_until(lambda: post.taken.total() > before or chance.random() < 0.002, 30, "a letter")  # noqa: B023 (asked at once)
            time.sleep(chance.uniform(0, 0.8))
            house.kill(worker)
        house.start("manage.py", "sweep", "--every", "1")
        wait_until(lambda: house.run(LEFT) == "0", 120 + seconds, "what is due is done")
        house.run(LATER)
        assert set(post.taken) >= {f"reader-{n}@example.org" for n in range(letters)}, "none is lost"
        assert post.taken.total() - letters <= kills + 1, "at most one goes out twice for each kill"
        assert json.loads(house.run(TOLD.format(editions=editions))) == [1] * editions
        house.serve()
        assert {ask(house.port, f"/articles/{slug}/").status for slug in slugs} == {200}
