"""Errors that readers have reported: what is said, how long it has been open, and the public answer."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.models import Edition
from comments.admin.trailing import TrailingAdmin, name_person
from comments.corrections import NotSettled, check, settle, tell_clock
from comments.models import Comment, ReportedError

EXCERPT = 90  # characters in the list


class SettleForm(forms.ModelForm):
    class Meta:
        model = ReportedError
        fields = ["outcome", "answer", "edition"]
        labels = {"answer": "Public answer", "edition": "Edition that corrects it"}
        help_texts = {"edition": "Its number, once it is published. Empty where nothing had to be corrected."}

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        outcome, answer = asked.get("outcome", ""), asked.get("answer", "").strip()
        try:
            check(self.instance, outcome, answer, asked.get("edition"), timezone.now())
        except NotSettled as refusal:
            self.add_error(refusal.field, str(refusal))
        return asked

    def _post_clean(self) -> None:
        """The row is written by `settle`, as a whole: half of it would not pass the constraints of the model."""


@admin.register(ReportedError)
class ReportedErrorAdmin(TrailingAdmin):
    form = SettleForm
    list_display = ["told", "told_article", "told_clock", "told_outcome"]
    list_display_links = ["told"]
    list_filter = ["outcome"]
    search_fields = ["answer", "comment__text"]
    fields = ["said", "told_article", "told_clock", "outcome", "answer", "edition"]
    readonly_fields = ["said", "told_article", "told_clock"]

    class Media:
        css = {"all": ["css/desk/moderating.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportedError]:
        """Open ones first, longest first."""
        live = Edition.objects.live(timezone.now()).filter(article=OuterRef("article"))
        rows = super().get_queryset(request).select_related("comment")
        return rows.annotate(headline=Subquery(live.values("headline")[:1])).order_by("outcome", "at", "pk")

    @admin.display(description="what is reported")
    def told(self, row: ReportedError) -> str:
        text = " ".join(tell_said(row.comment)[: EXCERPT * 2].split())
        return f"{text[:EXCERPT]}…" if len(text) > EXCERPT else text

    @admin.display(description="what is reported")
    def said(self, row: ReportedError) -> str:
        address = reverse("admin:comments_comment_change", args=[row.comment_id])
        text = tell_said(row.comment)
        return format_html(
            '<p class="moderating-said" dir="auto">{}</p><a class="moderating-more" href="{}">See the comment</a>',
            text,
            address,
        )

    @admin.display(description="article")
    def told_article(self, row: Any) -> str:
        return row.headline or "Not live"

    @admin.display(description="time", ordering="at")
    def told_clock(self, row: ReportedError) -> str:
        return tell_clock(row, timezone.now()).capitalize()

    @admin.display(description="outcome", ordering="outcome")
    def told_outcome(self, row: ReportedError) -> str:
        return row.get_outcome_display()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        asked = form.cleaned_data
        by, now = name_person(request), timezone.now()
        settle(obj.pk, asked["outcome"], asked["answer"], asked["edition"], by=by, now=now)


def tell_said(comment: Comment) -> str:
    return comment.text if comment.state == Comment.State.VISIBLE else "The comment is gone, or hidden."
