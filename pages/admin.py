"""What editors see of categories."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin import DocumentAdmin
from pages.models import CategoryDocument


@admin.register(CategoryDocument)
class CategoryAdmin(DocumentAdmin):
    list_display = ("__str__", "slug", "order", "stage", "standing", "attention", "changed")
