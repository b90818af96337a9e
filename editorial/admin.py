"""What editors do, for every type: the list, the form, the workflow's buttons, the history. Each verb stands here once.

Forms and buttons go to dispatch, which opens a transaction of its own; Django's admin would wrap them in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import csrf_protect_m
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from editorial import commands as c
from editorial.dispatch import content_at, context_for, dispatch, history, load
from editorial.forms import ContentForm, command_form, command_of
from editorial.models import User
from editorial.models.content import Content
from editorial.permissions import OPERATOR, RULES, SCHEDULER, person
from editorial.search import normalise
from editorial.workflow import Context, Happened, Refused, Role, Stage, State, barred

# The commands that have a button of their own; Draft and Revise are the form itself.
BUTTONS = {
    rule.command.__name__: rule.command
    for rule in RULES.values()
    if rule.command not in (c.Draft, c.Revise, c.PublishDue, c.Resolve, c.Restore)
}
COMMANDS = {**BUTTONS, "Resolve": c.Resolve, "Restore": c.Restore}
MACHINES = {SCHEDULER.id: "The scheduler", OPERATOR.id: "The server's operator"}
NOBODY_KNOWN = "A former colleague"


class DocumentAdmin(admin.ModelAdmin):
    """Base of every type's admin. A subclass names its list columns, and the choices of its references."""

    list_display: Any = ("__str__", "slug", "stage", "standing", "late", "changed_at")
    list_filter: ClassVar[Any] = ("stage", "standing", "unreviewed_emergency")
    search_fields = ("search_text",)
    ordering = ("-changed_at",)
    list_per_page = 50
    actions = None
    show_full_result_count = False

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """For each field that refers to documents: (id, title) pairs."""
        return {}

    @admin.display(description="late", boolean=False)
    def late(self, document: Any) -> str:
        if document.unreviewed_emergency:
            return "emergency, unreviewed"
        return f"scheduled {document.scheduled_at:%Y-%m-%d %H:%M} UTC" if document.scheduled_at else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        wanted = Q()
        for word in normalise(search_term[:200]).split():
            wanted &= Q(search_text__contains=word)
        return queryset.filter(wanted), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list offers as a filter."""
        return lookup.split("__")[0] in {
            name if isinstance(name, str) else name[0] for name in self.list_filter
        }

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request.user).role > Role.NOBODY  # type: ignore[arg-type]

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: drafts are discarded, what was public is withdrawn."""
        return False

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_command"
        view = self.admin_site.admin_view(require_POST(self.command_view))
        return [path("<uuid:document>/command/<str:name>/", view, name=name), *super().get_urls()]

    def address(self, view: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=args)

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
        if object_id is None:
            return self.add(request)
        document = self.known(object_id)
        if request.method == "POST":
            return self.save(request, document)
        state = load(self.model, document)
        return self.show(request, document, state, ContentForm(self.model, state.content, self.choices()))

    def known(self, object_id: Any) -> UUID:
        """The id of a document that exists. Raises Http404."""
        try:
            document = UUID(str(object_id))
        except ValueError as error:
            raise Http404 from error
        if not self.model._base_manager.filter(pk=document).exists():
            raise Http404
        return document

    def add(self, request: HttpRequest) -> HttpResponse:
        """The empty form carries the new document's id, so that a double click makes one document."""
        if request.method == "POST":
            return self.save(request, None)
        form = ContentForm(self.model, self.model.blank(), self.choices())
        return self.show(request, uuid4(), State(), form)

    def save(self, request: HttpRequest, document: UUID | None) -> HttpResponse:
        """Draft or Revise; what is refused comes back with everything that was typed."""
        new = document is None
        try:
            document = document or UUID(request.POST.get("document", ""))
            seen = int(request.POST.get("content_version", "0") or 0)
        except ValueError:
            raise Http404 from None
        state = load(self.model, document)
        form = ContentForm(self.model, state.content, self.choices(), request.POST)
        if not form.is_valid():
            return self.show(request, document, state, form, status=400)
        slug = request.POST.get("slug", "").strip()
        command = c.Draft(form.content(), slug) if new else c.Revise(form.content(), seen, slug or None)
        try:
            outcome = dispatch(command, type=self.model.TYPE, document=document, by=person(request.user))  # type: ignore[arg-type]
        except Refused as refused:
            for refusal in refused.refusals:
                form.refuse(refusal.field, refusal.text)
            now = load(self.model, document)
            conflict = self.differences(now.content, form.content()) if refused.conflict else []
            return self.show(
                request, document, now, form, status=409 if refused.conflict else 400, conflict=conflict
            )
        self.message_user(request, "Saved." if outcome.events else "Nothing was changed.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", document))

    def show(
        self, request: HttpRequest, document: UUID, state: State, form: ContentForm, *, status: int = 200,
        conflict: Any = (), refused: Any = (), tried: Any = None,
    ) -> HttpResponse:  # fmt: skip
        exists = state.stage is not Stage.ABSENT
        by = person(request.user)  # type: ignore[arg-type]
        names = people()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": state.content.get("title") or f"New {self.model.NOUN}", "document": document,
            "state": state, "form": form, "exists": exists, "conflict": conflict, "refused": refused,
            "buttons": self.buttons(document, state, by, tried) if exists else [],
            "editable": not barred(state, self.context(c.Revise if exists else c.Draft, document, by, state)),
            "problems": list(self.model.problems(state.content)) if exists else [],
            "comments": self.comments(document, state, by, names) if exists else [],
            "history": self.address("history", document) if exists else "",
            "list": self.address("changelist"),
            "slug": request.POST.get("slug", state.slug),
            "four_eyes": settings.EDITORIAL_FOUR_EYES,
        }  # fmt: skip
        return render(request, "admin/editorial/document.html", context, status=status)

    def context(self, command: type[c.Command], document: UUID, by: Any, state: State) -> Context:
        """What decides whether a button is shown; no rule that it asks looks at the moment."""
        return context_for(command, self.model, document, state, by, datetime.min.replace(tzinfo=UTC))

    def buttons(self, document: UUID, state: State, by: Any, tried: Any) -> list[dict[str, Any]]:
        """A form for each command that this person may issue now."""
        allowed = []
        for name, command in BUTTONS.items():
            if barred(state, self.context(command, document, by, state)):
                continue
            form = tried[1] if tried and tried[0] == name else command_form(
                command, content_version=state.content_version, command_id=uuid4(), slug=state.slug
            )  # fmt: skip
            action = self.address("command", document, name)
            allowed.append({"verb": RULES[command].verb, "form": form, "action": action, "name": name})
        return allowed

    def comments(
        self, document: UUID, state: State, by: Any, names: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        texts = {
            item.version: item for item in history(document) if item.version in {x.id for x in state.comments}
        }
        return [
            {
                "who": name_of(comment.by, names), "text": getattr(texts[comment.id].event, "text", ""),
                "at": texts[comment.id].at, "resolved": comment.resolved,
                "form": command_form(c.Resolve, comment=comment.id, command_id=uuid4()),
                "action": self.address("command", document, "Resolve"),
            }
            for comment in state.comments
        ]  # fmt: skip

    def command_view(self, request: HttpRequest, document: UUID, name: str) -> HttpResponse:
        """Issue one command. A replayed form is recognised by its id, and does nothing."""
        document = self.known(document)
        if name not in COMMANDS or not self.has_view_permission(request):
            raise PermissionDenied
        command = COMMANDS[name]
        form = command_form(command, request.POST)
        state = load(self.model, document)
        content = ContentForm(self.model, state.content, self.choices())
        if not form.is_valid():
            return self.show(request, document, state, content, status=400, tried=(name, form),
                             refused=[text for texts in form.errors.values() for text in texts])  # fmt: skip
        command_id = str(form.cleaned_data["command_id"])
        by = person(request.user)  # type: ignore[arg-type]
        try:
            outcome = dispatch(
                command_of(command, form.cleaned_data), type=self.model.TYPE, document=document, by=by,
                metadata={"command_id": command_id},
            )  # fmt: skip
        except Refused as refused:
            status = 403 if by.role < (RULES[command].role or Role.NOBODY) else 409
            return self.show(request, document, load(self.model, document), content, status=status,
                             tried=(name, form), refused=[refusal.text for refusal in refused.refusals])  # fmt: skip
        done = f"Done: {RULES[command].verb}." if outcome.events else "This was done already."
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", document))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The document's story, and any two versions side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        document, names = self.known(object_id), people()
        story = history(document)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": "History", "document": document,
            "back": self.address("change", document),
            "story": [line(item, names) for item in reversed(story)],
            "compared": self.compare(document, request.GET),
            "versions": [item.version for item in story],
            "chosen": {"from": request.GET.get("from"), "to": request.GET.get("to")},
        }  # fmt: skip
        return render(request, "admin/editorial/history.html", context)

    def compare(self, document: UUID, asked: Mapping[str, str]) -> list[dict[str, Any]] | None:
        texts = [asked.get(name, "") for name in ("from", "to")]
        if not all(text.isascii() and text.isdigit() and len(text) < 9 for text in texts):
            return None
        before, after = (content_at(document, int(text)) for text in texts)
        return None if before is None or after is None else self.differences(before, after)

    def differences(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Field by field what two contents differ in."""
        return [
            {
                "field": name.replace("_", " "),
                "before": _words(before.get(name)),
                "after": _words(after.get(name)),
            }
            for name in self.model.FIELDS
            if before.get(name) != after.get(name)
        ]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(", ".join(item.values()) if isinstance(item, dict) else str(item) for item in value)
    return "" if value is None else str(value)


def people() -> dict[str, str]:
    """Names of all people by id."""
    return {str(user.pk): user.get_full_name() or user.username for user in User.objects.all()}


def name_of(person_id: str, names: Mapping[str, str]) -> str:
    return MACHINES.get(person_id) or names.get(person_id, NOBODY_KNOWN)


def line(item: Happened, names: Mapping[str, str]) -> dict[str, Any]:
    """One event as a line of the story."""
    notes = [
        getattr(item.event, field.name) for field in fields(item.event) if field.name in item.event.NOTES
    ]
    verb = "".join(
        f" {letter.lower()}" if letter.isupper() else letter for letter in type(item.event).__name__
    )
    changed = sorted(getattr(item.event, "content", {})) if item.version > 1 else []
    return {
        "version": item.version, "who": name_of(item.actor, names), "what": verb.strip(), "at": item.at,
        "notes": [note for note in notes if note], "changed": changed,
    }  # fmt: skip


def titles(model: type[Content]) -> list[tuple[str, str]]:
    """(id, title) of every document of a type, for a choice."""
    rows = model._base_manager.order_by("title").values_list("pk", "title")
    return [(str(key), title or "Untitled") for key, title in rows]


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """People are made inactive, never deleted: the log names them by their id."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = "AI in China tracker"
admin.site.site_url = "/"
