from django.db import models

from aisrace.lib.fields import LineField


class FormerAddress(models.Model):
    """An address that a public page has had and left: readers who come there are led to where it is now."""

    kind = LineField(max_length=100, help_text="The model, as “experts.expert”.")
    slug = models.SlugField(max_length=100)
    row_id = models.BigIntegerField()
    left_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "former addresses"
        ordering = ["kind", "slug"]
        constraints = [models.UniqueConstraint("kind", "slug", name="former_address_once_per_kind")]

    def __str__(self) -> str:
        return self.slug
