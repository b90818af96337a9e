"""The words that make an item relevant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from editorial.admin.documents import labels
from editorial.admin.rows import Settings
from editorial.forms import ReferenceSelect
from editorial.models import document_model
from imports.models import Keyword


class KeywordForm(forms.ModelForm):
    category = forms.UUIDField(
        required=False, widget=ReferenceSelect, help_text="Proposed for what names the word."
    )

    class Meta:
        model = Keyword
        fields = ("word", "points", "category")
        help_texts = {
            "word": "In any script: 大模型, humanoid robot.",
            "points": "For the word in a text; in a title it counts twice. With 0 it counts for nothing.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].widget.choices = [("", ""), *labels(document_model("category"))]


@admin.register(Keyword)
class KeywordAdmin(Settings):
    form = KeywordForm
    list_display = ("word", "points", "category_label")
    search_fields = ("word",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        titles = document_model("category")._base_manager.filter(pk=OuterRef("category")).values("title")
        return super().get_queryset(request).annotate(category_title=Subquery(titles[:1]))

    @admin.display(description="category", empty_value="")
    def category_label(self, keyword: Any) -> str | None:
        return keyword.category_title
