"""The admin of rows that are no documents: every editor looks; who may change them, each says for itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse

from editorial.admin.listing import is_offered, refuse_nul, who
from editorial.workflow import Role


class Looking(admin.ModelAdmin):
    """Base of what every editor may look at. Nobody adds, changes or deletes it in Django's own forms."""

    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return who(request).role > Role.NOBODY

    has_module_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list offers as a filter, as its links write it."""
        return is_offered(self, lookup)

    def check_key(self, key: str) -> None:
        """Raises BadRequest for what can be the key of no row."""
        try:
            self.model._meta.pk.to_python(key.replace("\x00", "?"))
        except ValidationError as error:
            raise BadRequest("A row is named by what is no key.") from error

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        refuse_nul(request)
        for key in request.POST.getlist("_selected_action"):
            self.check_key(key)
        return super().changelist_view(request, extra_context)


class Settings(Looking):
    """Base of what every editor may look at, and reviewers and above may add and change."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return who(request).role >= Role.REVIEWER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)
