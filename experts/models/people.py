from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aisrace.lib.fields import LineField, ProseField
from experts.models.base import FromTable, Public
from experts.querysets import AffiliationQuerySet, PublicQuerySet


class Expert(Public, FromTable):
    """A person or an organisation whose positions are on record."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANISATION = "organisation", "Organisation"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = LineField(max_length=200)
    sort_name = LineField(max_length=200, blank=True, help_text="As in an index: “Lee, Kai-Fu”. Empty: the name.")
    slug = models.SlugField(max_length=100, unique=True)
    bio = ProseField(blank=True)
    portrait = models.ImageField(upload_to="portraits/", blank=True)
    portrait_alt = LineField("portrait description", max_length=200, blank=True)
    portrait_credit = LineField(max_length=200, blank=True)
    website = models.URLField(max_length=500, blank=True)
    wikidata_id = models.CharField(
        "Wikidata id", max_length=16, blank=True, validators=[RegexValidator(r"^Q[1-9]\d*$", "Like Q42.")]
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="expert_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=["person", "organisation"]), name="expert_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("expert", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = self.sort_name or self.name
        super().save(*args, **kwargs)


class Affiliation(models.Model):
    """A role at an organisation, dated as far as known, so that a page can show the role held *when speaking*."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="affiliations")
    role = LineField(max_length=200, blank=True)
    organisation = LineField(max_length=200)
    starts_on = models.DateField(null=True, blank=True, help_text="First day in the role. Empty: not known.")
    ends_on = models.DateField(null=True, blank=True, help_text="First day after it. Empty: not known to have ended.")
    checked_on = models.DateField(
        null=True, blank=True, help_text="The last day on which we know the role was held; shown as “as of”."
    )
    interests = ProseField("declared interests", blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["expert_id", F("starts_on").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="affiliation_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(organisation=""), name="affiliation_has_an_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.organisation}" if self.role else self.organisation

    def is_held_on(self, day: date) -> bool:
        """The instance twin of `held_on(day)`."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on > day)
