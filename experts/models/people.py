from datetime import date
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from aisrace.keeping.models import Kept
from aisrace.lib.fields import LineField, PercentField, ProseField, is_web_address
from aisrace.lib.figures import month
from aisrace.lib.files import RandomName
from aisrace.lib.pictures import PortraitField
from aisrace.lib.watching import Watched
from experts.models.base import FromTable, Public
from experts.querysets import PublicQuerySet


class Expert(Watched, Public, FromTable, Kept):
    """A person or an organisation whose positions are on record."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANISATION = "organisation", "Organisation"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = LineField(max_length=200)
    sort_name = LineField(max_length=200, blank=True, help_text="As in an index: “Lee, Kai-Fu”. Empty: the name.")
    aliases = ProseField(
        "other names", blank=True, help_text="One a line: other spellings and scripts by which texts name them."
    )
    slug = models.SlugField(max_length=100, unique=True)
    bio = ProseField(blank=True)
    portrait = PortraitField(upload_to=RandomName("portraits"), blank=True)
    portrait_alt = LineField("portrait description", max_length=200, blank=True)
    portrait_credit = LineField(max_length=200, blank=True)
    portrait_focus_x = PercentField()
    portrait_focus_y = PercentField()
    website = models.URLField(max_length=500, blank=True)
    wikidata_id = models.CharField(
        "Wikidata id", max_length=16, blank=True, validators=[RegexValidator(r"^Q[1-9]\d*$", "Like Q42.")]
    )

    objects: ClassVar = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="expert_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=["person", "organisation"]), name="expert_kind_known"),
            models.CheckConstraint(condition=is_web_address("website"), name="expert_website_on_the_web"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("expert", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = self.sort_name or self.name
        super().save(*args, **kwargs)


class Affiliation(Watched):
    """A role at an organisation, dated as far as known, so that a page can show the role held *when speaking*."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="affiliations")
    role = LineField(max_length=200, blank=True)
    organisation = LineField(max_length=200)
    starts_on = models.DateField(null=True, blank=True, help_text="First day in the role, where it is known.")
    ends_on = models.DateField(null=True, blank=True, help_text="First day after it, where it is known.")
    seen_from = models.DateField(
        null=True, blank=True, help_text="The first day on which a source shows the role, where its start is not known."
    )
    seen_until = models.DateField(
        null=True, blank=True, help_text="The last day on which a source shows the role; later it is told “as of”."
    )
    interests = ProseField("declared interests", blank=True)

    class Meta:
        ordering = ["expert_id", Coalesce("starts_on", "seen_from").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="affiliation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(seen_from=None) | Q(seen_until=None) | Q(seen_until__gte=F("seen_from")),
                name="affiliation_seen_until_after_seen_from",
            ),
            models.CheckConstraint(condition=~Q(organisation=""), name="affiliation_has_an_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.organisation}" if self.role else self.organisation

    def is_held_on(self, day: date) -> bool:
        """As far as known: not before the start or the first sighting, not from the end on.

        A role that has no end but was not seen lately may still be held; see `is_seen_on`.
        """
        begins = self.starts_on or self.seen_from
        return (begins is None or begins <= day) and (self.ends_on is None or self.ends_on > day)

    def is_seen_on(self, day: date) -> bool:
        """Whether anybody vouches for that day: it lies before a known end or no later than the last sighting."""
        return self.is_held_on(day) and (self.ends_on is not None or self.seen_until is None or day <= self.seen_until)

    @property
    def told_dates(self) -> str:
        """What is known of when: “from May 2003 until June 2017”, “seen May 2012 to May 2017”, “as of May 2017”."""
        known = [("from", self.starts_on), ("until", self.ends_on)]
        if any(day for _, day in known):
            return " ".join(f"{word} {month(day)}" for word, day in known if day)
        first, last = self.seen_from or self.seen_until, self.seen_until
        if first is None or last is None:
            return f"from {month(first)} at the latest" if first else ""
        return f"as of {month(last)}" if month(first) == month(last) else f"seen {month(first)} to {month(last)}"
