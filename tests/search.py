"""A site to search: the cast, and texts that are hard to find."""

from datetime import date

from articles.publishing import publish
from experts.models import Expert
from tests import make, site
from tests.make import NOW


def build() -> site.Site:
    made = site.build()
    record = made.record
    Expert.objects.filter(slug="bo").update(bio="Bo ran the U.S. sleeper lobby and wrote about A.I. in timetables.")
    lee = make.expert("Kai-Fu Lee", slug="lee", aliases="李开复\nLi Kaifu", bio="Writes naïve poems about the sea.")
    zoe = make.expert("Zoë Ærø-Łukasik", slug="zoe", sort_name="zoe")
    make.affiliation(lee, "Sinovation Ventures", role="Chairman")
    trains = record.questions["trains"]
    said = make.position(
        lee, trains, "Unlikely", stated_on=date(2025, 3, 1), summary="He trusts the policies of airlines."
    )
    original = {"kind": "translated", "language": "zh", "original": "夜行列车是昨日的梦。"}
    make.quote(said, "The night train is a dream of yesterday.", **original)
    other = make.position(
        zoe, trains, "Likely", stated_on=date(2025, 3, 2), summary="Policy decides. Policy can change."
    )
    make.quote(other, "Nationalised railways run more night trains than private ones.")
    make.position(zoe, record.questions["ferries"], stated_on=date(2025, 3, 2))
    writer = make.author("Otto Grün", slug="otto-gruen")
    about = make.article(
        "Ferries against tunnels",
        slug="ferries",
        standfirst="Ships that carry trains, and holes that carry them faster.",
        body="<p>The tunnel was dug by <strong>hand</strong>. A ferry is a naive answer to a policy question.</p>",
        method="<p>We dug on.</p>",
        experts=[record.experts["cato"], zoe],
        questions=[record.questions["ferries"]],
        authors=[writer],
    )
    publish(about, by=None, now=NOW)
    return made
