"""What editors see of categories and pages."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin import DocumentAdmin
from editorial.workflow import State
from pages.models import CategoryDocument, FrontDocument, PageDocument


@admin.register(CategoryDocument)
class CategoryAdmin(DocumentAdmin):
    list_display = ("__str__", "slug", "order", "stage", "standing", "attention", "changed")


@admin.register(PageDocument)
class PageAdmin(DocumentAdmin):
    def public_address(self, state: State) -> str:
        return f"/pages/{state.slug}/"


@admin.register(FrontDocument)
class FrontAdmin(DocumentAdmin):
    def public_address(self, state: State) -> str:
        return "/"
