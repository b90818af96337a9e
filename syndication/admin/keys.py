"""What publishers and chief editors see of the keys of programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from editorial.admin.listing import who
from editorial.admin.rows import Looking
from editorial.workflow import Role
from syndication.keys import issue, revoke
from syndication.models import Key


class Publishers(Looking):
    """Base of what only publishers and chief editors look at and change."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return who(request).role >= Role.PUBLISHER

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class RevokeForm(forms.ModelForm):
    class Meta:
        model = Key
        fields = ("why",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "why" in self.fields:
            self.fields["why"].required = True


@admin.register(Key)
class KeyAdmin(Publishers):
    """A key is issued, and its text shown once; it is revoked, and nothing of it is deleted."""

    list_display = ("name", "holder", "shown", "created_at", "last_used_at", "revoked_at")
    search_fields = ("name", "holder", "prefix")
    change_form_template = "admin/syndication/key.html"
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and (obj is None or obj.revoked_at is None)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "holder")
        return ("name", "holder", "shown", "created_at", "last_used_at", "revoked_at", "why")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("name", "holder", "shown", "created_at", "last_used_at", "revoked_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({"form": RevokeForm} if change else {}), **kwargs)

    @admin.display(description="key")
    def shown(self, key: Key) -> str:
        return f"aic_{key.prefix}_…"

    def save_model(self, request: HttpRequest, obj: Key, form: Any, change: bool) -> None:
        if change:
            revoke(obj, obj.why)
            return
        issued, text = issue(obj.name, obj.holder, UUID(str(request.user.pk)))
        obj.__dict__.update(issued.__dict__)
        request.issued = text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Key, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key itself, on the answer to the form alone: in no address, no message and no log."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The key was issued",
            "opts": self.opts,
            "key": obj,
            "text": request.issued,  # type: ignore[attr-defined]
        }
        response = TemplateResponse(request, "admin/syndication/issued.html", context)
        response["Cache-Control"] = "no-store"
        return response
