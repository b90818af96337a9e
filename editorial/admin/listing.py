"""The list of a type's documents: who sees it, how it is filtered and searched, what asks for attention."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from editorial.permissions import person
from editorial.search import normalise
from editorial.workflow import Person, Role


class AssignedFilter(admin.SimpleListFilter):
    title = "assigned to"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "Me"), ("nobody", "Nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "me":
            return queryset.filter(assignee=request.user.pk)
        return queryset.filter(assignee__isnull=True) if self.value() == "nobody" else queryset


class DocumentList(admin.ModelAdmin):
    """The list's half of every type's admin. A subclass names its columns and filters."""

    list_display: Any = ("__str__", "slug", "stage", "standing", "attention", "changed")
    list_filter: ClassVar[Any] = ("stage", "standing", AssignedFilter, "unreviewed_emergency")
    search_fields = ("search_text",)
    ordering = ("-changed_at",)
    list_per_page = 50
    actions = None
    show_full_result_count = False

    @admin.display(description="changed (UTC)", ordering="changed_at")
    def changed(self, document: Any) -> str:
        return f"{document.changed_at:%Y-%m-%d %H:%M}"

    @admin.display(description="attention", empty_value="")
    def attention(self, document: Any) -> str:
        notes = []
        if document.unreviewed_emergency:
            notes.append("emergency, not yet reviewed")
        if document.scheduled_at:
            when = "late: was to be published" if document.late else "publishes"
            notes.append(f"{when} {document.scheduled_at:%Y-%m-%d %H:%M} UTC")
        if document.open_comments:
            notes.append(f"{document.open_comments} open comments")
        return "; ".join(notes)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        wanted = Q()
        for word in normalise(search_term[:200]).split():
            wanted &= Q(search_text__contains=word)
        return queryset.filter(wanted), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return is_offered(self, lookup)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        late = ExpressionWrapper(Q(scheduled_at__lt=Now()), BooleanField())
        return super().get_queryset(request).annotate(late=late)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        refuse_nul(request)
        return super().changelist_view(request, extra_context)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return who(request).role > Role.NOBODY

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: drafts are discarded, what was public is withdrawn."""
        return False


def is_offered(listing: Any, lookup: str) -> bool:
    """Whether a list offers this as a filter, as its links write it; anything else nobody could bound."""
    offered = {name if isinstance(name, str) else name.parameter_name for name in listing.list_filter}
    return lookup.removesuffix("__exact") in offered


def refuse_nul(request: HttpRequest) -> None:
    """Raises BadRequest for a filter that the database could not even be asked about."""
    if any("\x00" in value for values in request.GET.lists() for value in values[1]):
        raise BadRequest("A filter holds a NUL character.")


def who(request: HttpRequest) -> Person:
    """Who asks, as the workflow sees them."""
    return person(request.user)  # type: ignore[arg-type]
