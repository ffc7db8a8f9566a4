"""What the examples of the API's documentation are made of: names that are on this site, for readers to see."""

from datetime import datetime
from urllib.parse import quote

from django.db.models import Count, Max
from django.utils import timezone

from aisrace.search.words import STOP, spell
from articles.models import Edition
from experts.models import Position


def find_samples(now: datetime) -> dict[str, str]:
    """The newest article, the question that most have answered, an answer to it, two of those who answer most.

    What there is none of is left out. Four queries.
    """
    found = {"today": timezone.localdate(now).isoformat()}
    if slug := Edition.objects.live(now).recent().values_list("slug", flat=True).first():
        found["article"] = slug
    answers = Position.objects.public(now).filter(answer__isnull=False).order_by()
    asked = (
        answers.values("question", "question__slug", "question__wording")
        .annotate(n=Count("expert", distinct=True), last=Max("stated_on"))
        .order_by("-n", "question")
        .first()
    )
    if asked is None:
        return found
    given = answers.filter(question=asked["question"])
    busiest = answers.filter(expert__in=given.values("expert")).values("expert__slug")
    experts = [row["expert__slug"] for row in busiest.annotate(n=Count("question")).order_by("-n", "expert")[:2]]
    found |= {"question": asked["question__slug"], "day": asked["last"].isoformat(), "expert": experts[0]}
    found["answer"] = given.order_by("pk").values_list("answer__label", flat=True)[0]
    if len(experts) > 1:
        found["other"] = experts[1]
    if len(words := [word for word in spell(asked["question__wording"]) if word not in STOP]) > 1:
        found["words"] = quote(" ".join(words[:2]))
    return found
