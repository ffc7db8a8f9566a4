"""How the conversations are run: on the whole site, and where one article differs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from articles.models import Article, Edition
from comments.admin.trailing import TrailingAdmin, name_person
from comments.conducting import run_conversation
from comments.drafts import read_key
from comments.models import Conversation


class ArticleField(forms.ModelChoiceField):
    """Articles by the headline that readers know: the working copy may be called otherwise."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.published_headline


def list_published() -> QuerySet[Article]:
    live = Edition.objects.live(timezone.now()).filter(article=OuterRef("pk"))
    named = Article.objects.annotate(published_headline=Subquery(live.values("headline")[:1]))
    return named.exclude(published_headline=None).order_by("published_headline")


class ConversationForm(forms.ModelForm):
    article = ArticleField(
        Article.objects.none(),
        required=False,
        empty_label="All articles",
        widget=UnfoldAdminSelectWidget,
        help_text="“All articles” is how it is everywhere, unless an article differs.",
    )
    mode = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        choices=[("", "As everywhere"), *Conversation.Mode.choices],
        help_text="For all articles, “as everywhere” is what the site was started with.",
    )

    class Meta:
        model = Conversation
        fields = ["article", "mode", "close_after", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "article" in self.fields:
            self.fields["article"].queryset = list_published()  # type: ignore[attr-defined]


@admin.register(Conversation)
class ConversationAdmin(TrailingAdmin):
    form = ConversationForm
    list_display = ["told", "mode", "close_after", "told_note"]
    list_display_links = ["told"]
    list_filter = ["mode"]
    fields = ["article", "mode", "close_after", "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """The whole site first."""
        live = Edition.objects.live(timezone.now()).filter(article=OuterRef("article"))
        rows = super().get_queryset(request).annotate(headline=Subquery(live.values("headline")[:1]))
        return rows.order_by(F("headline").asc(nulls_first=True), "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["told"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["told", *self.fields[1:]] if obj else [*self.fields]

    @admin.display(description="conversation")
    def told(self, row: Any) -> str:
        if row.article_id is None:
            return "All articles"
        return getattr(row, "headline", None) or "An article that is not live"

    @admin.display(description="note")
    def told_note(self, row: Conversation) -> str:
        return row.note if len(row.note) <= 80 else f"{row.note[:80]}…"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """An article that is set already, or all of them, leads to what is set."""
        key = read_key(request.GET.get("article", ""))
        known = Conversation.objects.filter(article=key).first() if key or "all" in request.GET else None
        if known and request.method == "GET":
            return HttpResponseRedirect(reverse("admin:comments_conversation_change", args=[known.pk]))
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Conversation, form: Any, change: bool) -> None:
        obj.pk = run_conversation(obj, by=name_person(request), now=timezone.now()).pk
