"""Sources that died, moved or changed: what was found, what rests on each, and what the snapshots say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import csrf_protect_m
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from editorial.admin.rows import Looking
from editorial.models import document_model
from editorial.workflow import State
from imports.archive import citations, differing, following, warc
from imports.archive.citations import Citation
from imports.models import Finding, Snapshot

# In a row of the list, so many documents are named; the task's page names all.
SHOWN = 5


class Findings(ChangeList):
    """The list, each row with what rests on its address: as many queries however many rows there are."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        cited = citations.of({row.address.address for row in self.result_list})
        for row in self.result_list:
            row.citations = cited.get(row.address.address, [])


class OpenFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("resolved", "Resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("open", "resolved"):
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() == "open")


class ResolveForm(forms.Form):
    note = forms.CharField(
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        help_text="What you did about it, for other editors.",
    )


@admin.register(Finding)
class FindingAdmin(Looking):
    list_display = ("sentence", "kind", "source_address", "rests_on_it", "found", "resolved")
    list_filter = (OpenFilter, "kind")
    list_select_related = ("address", "resolved_by")
    search_fields = ("address__address",)
    actions = None

    @admin.display(description="address")
    def source_address(self, finding: Finding) -> str:
        return finding.address.address

    @admin.display(description="rests on it", empty_value="")
    def rests_on_it(self, finding: Any) -> str:
        cited: list[Citation] = finding.citations
        shown = [(_links(citation)[0], citation.title) for citation in cited[:SHOWN]]
        more = f" and {len(cited) - SHOWN} more" if len(cited) > SHOWN else ""
        return format_html("{}{}", format_html_join(", ", '<a href="{}">{}</a>', shown), more)

    @admin.display(description="found (UTC)", ordering="found_at")
    def found(self, finding: Finding) -> str:
        return f"{finding.found_at:%Y-%m-%d %H:%M}"

    @admin.display(description="resolved", empty_value="")
    def resolved(self, finding: Finding) -> str:
        if finding.resolved_at is None:
            return ""
        by = f" by {finding.resolved_by.get_username()}" if finding.resolved_by else ""
        return f"{finding.resolved_at:%Y-%m-%d}{by}"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Findings

    def get_urls(self) -> list[Any]:
        views = ("text", self.text_view), ("warc", self.warc_view)
        own = [
            path(
                f"snapshot/<int:snapshot>/{name}/",
                self.admin_site.admin_view(view),
                name=f"imports_snapshot_{name}",
            )
            for name, view in views
        ]
        return [*own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever looks at a task may say that it is done."""
        return self.has_view_permission(request)

    @csrf_protect_m  # type: ignore[untyped-decorator]
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        finding = self.known(object_id)
        form = ResolveForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.show(request, finding, form)
        if following.resolve(finding, request.user.pk, form.cleaned_data["note"]):
            self.message_user(request, "Resolved.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:imports_finding_changelist"))
        form.add_error(None, "It was resolved meanwhile; what was noted then stands above.")
        return self.show(request, self.known(object_id), form, status=409)

    def known(self, object_id: str | None) -> Finding:
        """Raises Http404."""
        if not (object_id and object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404
        related = Finding.objects.select_related("address", "before", "after", "resolved_by")
        return get_object_or_404(related, pk=object_id)

    def show(
        self, request: HttpRequest, finding: Finding, form: ResolveForm, status: int = 0
    ) -> HttpResponse:
        before, after = finding.before, finding.after
        cited = citations.of([finding.address.address]).get(finding.address.address, [])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": finding.get_kind_display(),
            "finding": finding,
            "form": form,
            "cited": [(citation, *_links(citation)) for citation in cited],
            "sides": differing.sides(before.text, after.text) if before and after else None,
        }
        status = status or (400 if form.is_bound else 200)
        return render(request, "admin/imports/finding.html", context, status=status)

    def text_view(self, request: HttpRequest, snapshot: int) -> HttpResponse:
        """What a snapshot says, as text."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Snapshot",
            "snapshot": _snapshot(snapshot),
        }
        return render(request, "admin/imports/snapshot.html", context)

    def warc_view(self, request: HttpRequest, snapshot: int) -> FileResponse:
        """The file, as it is kept; nothing shows what is in it, for it is a stranger's."""
        row = _snapshot(snapshot)
        try:
            file = warc.place(row.file).open("rb")
        except OSError as error:
            raise Http404("The file of this snapshot is not there.") from error
        name = row.file.rpartition("/")[2]
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/warc")


def _snapshot(key: int) -> Snapshot:
    return get_object_or_404(Snapshot.objects.select_related("address"), pk=min(key, 2**63 - 1))


def _links(citation: Citation) -> tuple[str, str]:
    """Where editors change it, and where readers see it."""
    model = document_model(citation.type)
    change = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[citation.document]
    )
    page: str = admin.site.get_model_admin(model).public_address(State(slug=citation.slug))  # type: ignore[attr-defined]
    return change, page
