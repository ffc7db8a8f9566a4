"""The publication in Django's admin: the working copy may be edited, what was published may be looked at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from articles.models import Article, ArticleQuestion, Author, Byline, Edition, LogEntry, Section
from articles.publishing import NotReady, blockers, publish
from experts.models import Position


class SectionInline(admin.StackedInline):
    model = Section
    extra = 0
    autocomplete_fields = ["expert"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).select_related("expert")


class QuestionInline(admin.TabularInline):
    model = ArticleQuestion
    extra = 0
    autocomplete_fields = ["question"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArticleQuestion]:
        return super().get_queryset(request).select_related("question")


class BylineInline(admin.TabularInline):
    model = Byline
    extra = 0
    autocomplete_fields = ["author"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Byline]:
        return super().get_queryset(request).select_related("author")


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
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


class ReadOnlyAdmin(admin.ModelAdmin):
    """For rows that are never changed: to be looked at by those who may."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["headline", "number", "kind", "live_at", "updated_at"]
    list_filter = ["kind", "live_at"]
    list_select_related = ["article"]
    search_fields = ["headline", "slug", "note"]
    date_hierarchy = "live_at"
    exclude = ["content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).defer("content")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["article", "verb", "edition_number", "by", "at", "note"]
    list_display_links = ["article", "verb"]
    list_filter = ["verb", "at"]
    list_select_related = ["article", "by"]
    search_fields = ["article__headline", "article__slug", "note"]
    date_hierarchy = "at"
