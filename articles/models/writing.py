"""The working copy: private, saved as often as wanted, never read by a public page."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aisrace.keeping.models import Kept
from aisrace.lib.fields import HtmlField, LineField, PercentField, ProseField, is_web_address
from aisrace.lib.files import RandomName
from aisrace.lib.pictures import PictureField
from aisrace.lib.watching import Watched
from articles.querysets import ArticleQuerySet
from experts.models import Expert, Position, Question, Topic


class Author(Watched, Kept):
    """Somebody who writes articles; not an expert whose positions are compared."""

    name = LineField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    bio = ProseField(blank=True)
    website = models.URLField(max_length=500, blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=is_web_address("website"), name="author_website_on_the_web")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("author", args=[self.slug])


class Article(Kept):
    """Compares experts on questions. Its experts are those of its sections, in their order."""

    headline = LineField(max_length=200, blank=True)
    slug = models.SlugField(max_length=100, unique=True)
    standfirst = ProseField(blank=True, help_text="One or two sentences under the headline.")
    body = HtmlField("introduction", blank=True)
    verdict = HtmlField(blank=True, help_text="What the comparison adds up to.")
    verdict_positions = models.ManyToManyField(
        Position, blank=True, related_name="verdicts", help_text="The positions that the verdict rests on."
    )
    method = HtmlField("how this was made", blank=True)
    questions = models.ManyToManyField(Question, through="ArticleQuestion", related_name="articles")
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    picture = PictureField(upload_to=RandomName("pictures"), blank=True)
    picture_alt = LineField("picture description", max_length=300, blank=True)
    picture_credit = LineField(max_length=200, blank=True)
    picture_focus_x = PercentField()
    picture_focus_y = PercentField()
    as_of = models.DateField(
        null=True, blank=True, help_text="Compare positions as they stood on this day. Empty: when published."
    )
    submitted_at = models.DateTimeField("awaiting review since", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-id"]
        permissions = [
            ("publish_article", "Can publish and withdraw articles"),
            ("edit_any_article", "Can work on articles that others began"),
        ]

    def __str__(self) -> str:
        return self.headline or f"Untitled ({self.slug})"

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])

    def is_editable_by(self, user: User | AnonymousUser) -> bool:
        if user.has_perm("articles.edit_any_article"):
            return True
        is_own = self.entered_by_id == user.pk or self.authors.filter(user=user.pk).exists()
        return is_own and user.has_perm("articles.change_article")


class Section(models.Model):
    """A part of the article, about one expert or none."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField(default=0)
    heading = LineField(max_length=200, blank=True, help_text="Empty: the expert's name.")
    expert = models.ForeignKey(Expert, models.PROTECT, null=True, blank=True, related_name="sections")
    body = HtmlField(blank=True)

    class Meta:
        ordering = ["article_id", "order", "id"]
        constraints = [
            models.UniqueConstraint("article", "expert", name="section_once_per_expert"),
            models.CheckConstraint(
                condition=~Q(heading="") | Q(expert__isnull=False), name="section_has_a_heading_or_an_expert"
            ),
        ]

    def __str__(self) -> str:
        return self.heading or str(self.expert)


class ArticleQuestion(models.Model):
    article = models.ForeignKey(Article, models.CASCADE)
    question = models.ForeignKey(Question, models.PROTECT)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "question of the article"
        verbose_name_plural = "questions of the article"
        ordering = ["article_id", "order", "id"]
        constraints = [models.UniqueConstraint("article", "question", name="question_once_per_article")]

    def __str__(self) -> str:
        return str(self.question)


class Byline(models.Model):
    article = models.ForeignKey(Article, models.CASCADE)
    author = models.ForeignKey(Author, models.PROTECT)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["article_id", "order", "id"]
        constraints = [models.UniqueConstraint("article", "author", name="author_once_per_article")]

    def __str__(self) -> str:
        return str(self.author)
