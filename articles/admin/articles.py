"""The working copy of an article in the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from articles.models import Article, ArticleQuestion, Byline, Section
from articles.publishing import NotReady, blockers, publish
from experts.models import Position


class SectionInline(StackedInline):
    model = Section
    extra = 0
    autocomplete_fields = ["expert"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).select_related("expert")


class QuestionInline(StackedInline):
    model = ArticleQuestion
    extra = 0
    autocomplete_fields = ["question"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArticleQuestion]:
        return super().get_queryset(request).select_related("question")


class BylineInline(StackedInline):
    model = Byline
    extra = 0
    autocomplete_fields = ["author"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Byline]:
        return super().get_queryset(request).select_related("author")


@admin.register(Article)
class ArticleAdmin(KeptAdmin):
    list_display = ["__str__", "slug", "as_of", "created_at", "changed_at"]
    list_filter = ["topics", "changed_at"]
    search_fields = ["headline", "slug", "standfirst"]
    autocomplete_fields = ["topics", "verdict_positions"]
    readonly_fields = ["checklist"]
    prepopulated_fields = {"slug": ["headline"]}
    inlines = [SectionInline, QuestionInline, BylineInline]
    actions = ["publish_now"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "verdict_positions":
            kwargs["queryset"] = Position.objects.select_related("expert", "question")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description="before it can be published")
    def checklist(self, article: Article) -> str:
        reasons = blockers(article) if article.pk else ["Save it first."]
        return list_reasons(reasons) or "Nothing: it is ready."

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    @admin.action(description="Publish now", permissions=["publish"])
    def publish_now(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        for article in articles:
            now = timezone.now()
            try:
                edition = publish(article, by=request.user, now=now)  # type: ignore[arg-type]
            except NotReady as refused:
                reasons = list_reasons(refused.reasons)
                self.message_user(request, format_html("“{}” stays as it is:{}", article, reasons), messages.ERROR)
                continue
            if edition.live_at == now:
                self.message_user(request, f"“{article}” is live as edition {edition.number}.", messages.SUCCESS)
            else:
                self.message_user(request, f"“{article}” has not changed since edition {edition.number}.")


def list_reasons(reasons: list[str]) -> str:
    items = format_html_join("", "<li>{}</li>", ((reason,) for reason in reasons))
    return format_html("<ul>{}</ul>", items) if reasons else ""
