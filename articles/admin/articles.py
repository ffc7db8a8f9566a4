"""The working copy of an article in the desk."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from js_asset import Media
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from aisrace.keeping.admin import KeptAdmin
from aisrace.keeping.choices import ScopedChoices
from articles.admin.pages import list_repairs_here
from articles.admin.presence import presence_view
from articles.admin.publishing import PublishingPages
from articles.admin.richtext import RICH_TEXT
from articles.admin.states import StateFilter, name_state
from articles.drafting import choose_slug, save_at_free_address
from articles.models import Article, ArticleQuestion, Byline, Edition, Section
from articles.panel import Panel, read_panel
from experts.models import Position


class SectionInline(ScopedChoices, StackedInline):
    model = Section
    extra = 0
    verbose_name_plural = "sections, as a rule one for each expert"
    autocomplete_fields = ["expert"]
    fields = ["expert", "heading", "body", "order"]
    ordering_field = "order"
    hide_ordering_field = True
    formfield_overrides = RICH_TEXT

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).select_related("expert")


class QuestionInline(ScopedChoices, StackedInline):
    model = ArticleQuestion
    extra = 0
    verbose_name = "question"
    verbose_name_plural = "questions"
    autocomplete_fields = ["question"]
    fields = ["question", "order"]
    ordering_field = "order"
    hide_ordering_field = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArticleQuestion]:
        return super().get_queryset(request).select_related("question")


class BylineInline(ScopedChoices, StackedInline):
    model = Byline
    extra = 0
    verbose_name = "author"
    verbose_name_plural = "authors"
    autocomplete_fields = ["author"]
    fields = ["author", "order"]
    ordering_field = "order"
    hide_ordering_field = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Byline]:
        return super().get_queryset(request).select_related("author")


class ArticleForm(forms.ModelForm):
    """Nothing is required: what publishing needs, the checklist asks for."""

    class Meta:
        model = Article
        exclude: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "The address: /articles/…/. Empty: made from the headline."

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or choose_slug(self.cleaned_data.get("headline", ""))


@admin.register(Article)
class ArticleAdmin(ScopedChoices, PublishingPages, KeptAdmin):
    form = ArticleForm
    list_display = ["__str__", "state", "entered_by", "changed_at"]
    list_filter = [StateFilter, "topics", "changed_at"]
    list_select_related = ["entered_by"]
    search_fields = ["headline", "slug", "standfirst"]
    autocomplete_fields = ["topics", "verdict_positions"]
    prepopulated_fields = {"slug": ["headline"]}
    inlines = [BylineInline, QuestionInline, SectionInline]
    formfield_overrides = RICH_TEXT
    change_form_template = "articles/change_form.html"

    class Media:
        css = {"all": ["css/desk/focus.css"]}
        js = [forms.Script("js/desk/focus.js", type="module")]

    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "body", "slug"]}),
        # Behind the sections, as readers find them; the template knows “after”.
        ("Verdict", {"fields": ["verdict", "verdict_positions"], "classes": ["after"]}),
        ("How this was made", {"fields": ["method", "as_of"], "classes": ["after"]}),
        (None, {"fields": ["topics"], "classes": ["after"]}),
        (
            "Picture",
            {
                "fields": ["picture", "picture_alt", "picture_credit", ("picture_focus_x", "picture_focus_y")],
                "classes": ["after"],
            },
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        own = {
            "add/panel/": (self.panel_view, "add_panel"),
            "<int:pk>/panel/": (self.panel_view, "panel"),
            "<int:pk>/presence/": (partial(presence_view, self), "presence"),
        }
        named = [
            path(route, self.admin_site.admin_view(view), name=f"articles_article_{name}")
            for route, (view, name) in own.items()
        ]
        return named + super().get_urls()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "standfirst":
            field.widget.attrs["rows"] = 3
        if db_field.name == "headline":
            field.widget = UnfoldAdminTextareaWidget(attrs={"rows": 2, "maxlength": 200})
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "verdict_positions":
            kwargs["queryset"] = Position.objects.select_related("expert", "question")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        asked = obj.slug
        save = partial(super().save_model, request, obj, form, change)
        save_at_free_address(obj, form.data.get("slug") or obj.headline, save)
        if obj.slug != asked:
            said = f"Somebody took the address “{asked}” in the same moment: this article is at “{obj.slug}”."
            self.message_user(request, said, messages.WARNING)

    @display(description="state")
    def state(self, article: Article) -> str:
        return name_state(article, timezone.now())

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Only where readers find it."""
        is_live = obj is not None and Edition.objects.live(timezone.now()).filter(article=obj.pk).exists()
        return super().get_view_on_site_url(obj) if is_live else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows: Any = super().get_queryset(request)
        return rows.with_newest()

    # --- The panel -----------------------------------------------------------------------------------------------

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Article | None = None,
    ) -> HttpResponse:
        """With the panel of what is saved. The editor's import map is the one inline script and carries the nonce."""
        context["panel"] = panel = self.read_panel(request, obj)
        context["repairs"] = list_repairs_here(obj, panel.blockers) if obj and panel else []
        context["media"] = Media.from_media(context["media"], nonce=get_nonce(request))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def related_history(self, request: HttpRequest, row: Article) -> list[QuerySet[Any]]:
        """The positions of its experts on its questions, as far as this person may read them; quotes come with them."""
        readable = Position.objects.readable_by(request.user, timezone.now())
        return [readable.filter(expert__sections__article=row, question__articles=row).distinct()]

    def read_panel(self, request: HttpRequest, article: Article | None) -> Panel | None:
        """With the positions that this person may read."""
        now = timezone.now()
        return read_panel(article, now, Position.objects.readable_by(request.user, now)) if article else None

    def panel_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The panel of what stands in the form, saved or not: it is saved, read and rolled back."""
        article = self.get_object(request, str(pk)) if pk else None
        if pk and article is None:
            raise Http404
        if request.method != "POST" or not (
            self.has_change_permission(request, article) if article else self.has_add_permission(request)
        ):
            return HttpResponse(status=405 if request.method != "POST" else 403)
        with transaction.atomic():
            written, errors = self.apply_posted(request, article)
            panel = self.read_panel(request, written)
            repairs = list_repairs_here(written, panel.blockers) if written and panel else []
            transaction.set_rollback(True)
        context = {"panel": panel, "repairs": repairs, "errors": errors}
        return TemplateResponse(request, "articles/_panel.html", context)

    def apply_posted(self, request: HttpRequest, article: Article | None) -> tuple[Article | None, list[str]]:
        """The article with what was posted; as it is on record, and what is wrong, where that cannot be saved."""
        form = self.get_form(request, article, change=article is not None)(request.POST, instance=article)
        is_sound = form.is_valid()
        row = self.save_form(request, form, change=article is not None) if is_sound else form.instance
        formsets, _ = self._create_formsets(request, row, change=article is not None)
        if not (forms.all_valid(formsets) and is_sound):
            wrong = [*form.errors.values(), *(e for formset in formsets for f in formset.errors for e in f.values())]
            return article and Article.objects.get(pk=article.pk), [str(line) for errors in wrong for line in errors]
        save_at_free_address(row, form.data.get("slug") or row.headline)
        form.save_m2m()
        for formset in formsets:
            formset.save()
        return row, []
