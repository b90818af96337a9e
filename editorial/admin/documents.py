"""What editors do with a document, for every type: the form, the workflow's buttons, the history. Each verb once.

Forms and buttons go to dispatch, which opens a transaction of its own; Django's admin would wrap them in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.admin.options import csrf_protect_m
from django.core.exceptions import BadRequest, PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from editorial import commands as c
from editorial import events as e
from editorial import story
from editorial.admin.listing import DocumentList, who
from editorial.dispatch import Outcome, context_for, dispatch, history, load
from editorial.forms import ContentForm, command_form, command_of
from editorial.models import document_model
from editorial.models.content import Content
from editorial.models.document import STAGES
from editorial.permissions import RULES
from editorial.workflow import Happened, Person, Refused, Role, Stage, Standing, State, barred, evolve

# The commands with a button beside the form, by their names in addresses. Draft and Revise are the form itself; the
# others stand where they are about something: a comment, an earlier version.
BUTTONS = {
    rule.command.__name__: rule.command
    for rule in RULES.values()
    if rule.command not in (c.Draft, c.Revise, c.PublishDue, c.Resolve, c.Restore)
}
COMMANDS = {**BUTTONS, "Resolve": c.Resolve, "Restore": c.Restore}


# A command that was refused: its name, and its form as it was sent.
Tried = tuple[str, Form] | None


class DocumentAdmin(DocumentList):
    """Base of every type's admin. A subclass names its list columns and filters."""

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """For each type that the content refers to: (id, label) pairs."""
        return {type_name: labels(document_model(type_name)) for type_name in {*self.model.REFERS.values()}}

    def public_address(self, state: State) -> str:
        """Where readers see it; empty for what has no page of its own."""
        return ""

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
        document = None if object_id is None else self.known(object_id)
        if request.method == "POST":
            return self.save(request, document)
        if document is None:
            # The empty form carries the new document's id, so that a double click makes one document.
            return self.show(request, uuid4(), State(), self.content_form(self.model.blank()))
        state = load(self.model, document)
        return self.show(request, document, state, self.content_form(state.content))

    def known(self, object_id: Any) -> UUID:
        """The id of a document that exists. Raises Http404."""
        document = _uuid(object_id)
        if not self.model._base_manager.filter(pk=document).exists():
            raise Http404
        return document

    def content_form(self, content: Mapping[str, Any], request: HttpRequest | None = None) -> ContentForm:
        """The form of this content; with what was typed, where a request brings it."""
        return ContentForm(self.model, content, self.choices(), request.POST if request else None)

    def save(self, request: HttpRequest, document: UUID | None) -> HttpResponse:
        """Draft or Revise; what is refused comes back with everything that was typed."""
        new, typed = document is None, request.POST
        document = document or _posted_id(request, "document")
        state, seen = load(self.model, document), _number(typed.get("content_version"))
        form = self.content_form(state.content, request)
        if "more" in typed:
            form.add_rows(typed["more"])
            return self.show(request, document, state, form, seen=seen)
        if not form.is_valid():
            return self.show(request, document, state, form, seen=seen, status=400)
        if (unseen := form.unseen()) is not None:
            return self.show(request, document, state, form, seen=seen, unseen=unseen)
        slug = typed.get("slug", "").strip()
        if not new and (state.editions or slug == typed.get("slug_seen")):
            slug = ""  # nobody asks for another address
        command = c.Draft(form.content(), slug) if new else c.Revise(form.content(), seen, slug or None)
        try:
            outcome = self.issue(request, command, document, _posted_id(request, "command_id"))
        except Refused as refused:
            form.refuse(refused.refusals)
            if not refused.conflict:
                return self.show(request, document, state, form, seen=seen, status=400)
            now = load(self.model, document)
            conflict = self.differences(now.content, form.content())
            return self.show(request, document, now, form, status=409, conflict=conflict)
        self.message_user(request, "Saved." if outcome.events else "Nothing was changed.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", document))

    def issue(self, request: HttpRequest, command: c.Command, document: UUID, command_id: UUID) -> Outcome:
        """A form that is sent twice is recognised by its id, and does nothing the second time."""
        metadata = {"command_id": str(command_id)}
        return dispatch(command, type=self.model.TYPE, document=document, by=who(request), metadata=metadata)

    def show(
        self, request: HttpRequest, document: UUID, state: State, form: ContentForm, *, status: int = 200,
        seen: int | None = None, conflict: Any = (), unseen: Any = None, refused: Iterable[str] = (),
        tried: Tried = None,
    ) -> HttpResponse:  # fmt: skip
        """The document's page. ``seen``: the version of the content that the person has before their eyes."""
        exists, by, typed = state.stage is not Stage.ABSENT, who(request), request.POST
        buttons = self.buttons(document, state, by, tried) if exists else []
        untouched = state.editions or typed.get("slug") == typed.get("slug_seen")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": state.content.get("title") or f"New {self.model.NOUN}",
            "document": document,
            # What is sent from a page that shows a conflict is another command.
            "command_id": uuid4() if conflict else typed.get("command_id") or uuid4(),
            "seen": state.content_version if seen is None else seen,
            "state": state,
            "stage": dict(STAGES).get(state.stage, ""),
            "form": form,
            "exists": exists,
            "conflict": conflict,
            "unseen": unseen,
            "refused": refused,
            "buttons": buttons,
            "lost": _lost(tried, buttons),
            "held": self.held(document, state, by),
            "editable": self.may(c.Revise if exists else c.Draft, document, state, by),
            "problems": list(self.model.problems(state.content)) if exists else [],
            "comments": self.comments(document, state, by) if exists else [],
            "assignee": story.people().get(str(state.assignee), "") if state.assignee else "",
            "history": self.address("history", document) if exists else "",
            "public": self.public_address(state) if state.editions else "",
            "merged_into": self.merged_into(state),
            "list": self.address("changelist"),
            "slug": state.slug if untouched else typed.get("slug", state.slug),
            "action": self.address("change", document) if exists else "",
        }
        return render(request, "admin/editorial/document.html", context, status=status)

    def merged_into(self, state: State) -> dict[str, str] | None:
        """The document that stands for this one: its label and its page."""
        if not state.merged_into:
            return None
        [(key, name)] = labels(self.model, pk=state.merged_into)
        return {"label": name, "address": self.address("change", key)}

    def may(self, command: type[c.Command], document: UUID, state: State, by: Person) -> bool:
        """Whether this person may issue the command now; no rule that this asks looks at the moment."""
        moment = datetime.min.replace(tzinfo=UTC)
        return not barred(state, context_for(command, self.model, document, state, by, moment))

    def held(self, document: UUID, state: State, by: Person) -> list[str]:
        """Why what is approved cannot be published, for those who could publish it."""
        if state.stage is not Stage.APPROVED or by.role < Role.PUBLISHER:
            return []
        moment = datetime.min.replace(tzinfo=UTC)
        context = context_for(c.Publish, self.model, document, state, by, moment)
        return [refusal.text for refusal in barred(state, context) if refusal not in context.problems]

    def buttons(self, document: UUID, state: State, by: Person, tried: Tried) -> list[dict[str, Any]]:
        """A form for each command that this person may issue now; the one that was ``tried`` as it was typed."""
        known = {"content_version": state.content_version, "slug": state.slug}
        if self.model.refines(state.content, state.published or {}):
            known["change"] = "minor"
        return [
            self.button(document, name, tried[1] if tried and tried[0] == name else None, **known)
            for name, command in BUTTONS.items()
            if self.may(command, document, state, by)
        ]

    def button(self, document: UUID, name: str, form: Form | None = None, **known: Any) -> dict[str, Any]:
        form = form or self.command_form(document, name, command_id=uuid4(), **known)
        action = self.address("command", document, name)
        return {"name": name, "label": label(RULES[COMMANDS[name]].verb), "form": form, "action": action}

    def command_form(self, document: UUID, name: str, data: Any = None, **known: Any) -> Form:
        """A command's form; that of a merge lets choose from the public documents of the type, without this one."""
        into: list[tuple[str, str]] = []
        if COMMANDS[name] is c.Merge:
            public = labels(self.model, standing=Standing.LIVE)
            into = [(key, name) for key, name in public if key != str(document)]
        return command_form(COMMANDS[name], data, into, **known)

    def comments(self, document: UUID, state: State, by: Person) -> list[dict[str, Any]]:
        """Comments with what was written, newest last; those that this person may resolve with a button."""
        names, may = story.people(), self.may(c.Resolve, document, state, by)
        own = state.drafted_by == by.id or by.id in state.writers
        written = {item.version: item for item in history(document)}
        return [
            {
                "line": story.line(written[comment.id], names),
                "resolved": comment.resolved,
                "button": self.button(document, "Resolve", comment=comment.id)
                if may and not comment.resolved and (own or comment.by == by.id)
                else None,
            }
            for comment in state.comments
        ]

    def command_view(self, request: HttpRequest, document: UUID, name: str) -> HttpResponse:
        """Issue one command."""
        document = self.known(document)
        if name not in COMMANDS or not self.has_view_permission(request):
            raise PermissionDenied
        command, form = COMMANDS[name], self.command_form(document, name, request.POST)
        if not form.is_valid():
            texts = [f"{form[field].label}: {text}" for field, texts in form.errors.items() for text in texts]
            return self.refuse(request, document, (name, form), texts, 400)
        try:
            outcome = self.issue(
                request, command_of(command, form.cleaned_data), document, form.cleaned_data["command_id"]
            )
        except Refused as refused:
            reasons = [refusal.text for refusal in refused.refusals]
            lacks_role = who(request).role < (RULES[command].role or Role.NOBODY)
            return self.refuse(request, document, (name, form), reasons, 403 if lacks_role else 409)
        done = f"Done: {label(RULES[command].verb).lower()}." if outcome.events else "This was done already."
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", document))

    def refuse(
        self, request: HttpRequest, document: UUID, tried: tuple[str, Form], texts: list[str], status: int
    ) -> HttpResponse:
        state = load(self.model, document)
        # What is sent from the page that this answers with is another command, about the text that stands on it.
        again: Any = dict(tried[1].data.items())
        again["command_id"], again["content_version"] = str(uuid4()), str(state.content_version)
        tried[1].data = again
        form = self.content_form(state.content)
        return self.show(request, document, state, form, status=status, refused=texts, tried=tried)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The document's story, and any two versions side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        document = self.known(object_id)
        state = load(self.model, document)
        events = history(document)
        names = {**story.people(), **self.winners(events)}
        lines, contents = [story.line(item, names) for item in reversed(events)], _contents(events)
        may_restore = self.may(c.Restore, document, state, who(request))
        before, after = (_number(request.GET.get(name)) for name in ("from", "to"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"History of “{state.content.get('title') or 'Untitled'}”",
            "back": self.address("change", document),
            "list": self.address("changelist"),
            "story": [
                (
                    line,
                    self.button(
                        document, "Restore", version=line.version, content_version=state.content_version
                    )
                    if may_restore and line.writes and contents[line.version] != state.content
                    else None,
                )
                for line in lines
            ],
            "versions": [line.version for line in lines if line.writes],
            "sides": [
                {"name": "from", "label": "Compare version", "version": before},
                {"name": "to", "label": "with version", "version": after},
            ],
            "compared": self.compare(contents, before, after),
        }
        return render(request, "admin/editorial/history.html", context)

    def winners(self, events: Iterable[Happened]) -> dict[str, str]:
        """The labels, by id, of what the document was ever merged into; no query where it never was."""
        into = [item.event.into for item in events if isinstance(item.event, e.Merged)]
        return dict(labels(self.model, pk__in=into))

    def compare(
        self, contents: Mapping[int, Mapping[str, Any]], before: int, after: int
    ) -> list[story.Difference] | None:
        """Two versions field by field; None where there is no such version."""
        if not {before, after} <= contents.keys():
            return None
        return self.differences(contents[before], contents[after])

    def differences(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[story.Difference]:
        named = {key: title for choice in self.choices().values() for key, title in choice}
        return list(story.differences(self.model.FIELDS, before, after, named))


def label(verb: str) -> str:
    """A verb of the table as a button says it: “comment on {}” is “Comment”."""
    words = verb.replace("{} ", "").replace(" {}", "").split()
    return " ".join(words[:-1] if words[-1] in ("on", "of", "to") else words).capitalize()


def _uuid(text: Any) -> UUID:
    """Raises Http404 for what our own forms never send."""
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Http404 from error


def _posted_id(request: HttpRequest, name: str) -> UUID:
    """An id that our own forms send unseen. Raises BadRequest."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise BadRequest(f"The form has no {name}.") from error


def _lost(tried: Tried, buttons: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was typed for a button that is no longer there, by its label."""
    if tried is None or tried[0] in {button["name"] for button in buttons}:
        return []
    texts = ((str(field.label), str(field.value() or "")) for field in tried[1].visible_fields())
    return [(name, text) for name, text in texts if text]


def _contents(events: Iterable[Happened]) -> dict[int, Mapping[str, Any]]:
    """The content after each version of a stream."""
    state, contents = State(), {}
    for item in events:
        state = evolve(state, item)
        contents[item.version] = state.content
    return contents


def _number(text: str | None) -> int:
    """A version that a form names; 0, which no version has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def labels(model: type[Content], **only: Any) -> list[tuple[str, str]]:
    """(id, label) of every document of a type, for a choice, or of those ``only``; what is merged is marked so."""
    rows = model._base_manager.filter(**only).order_by("title").values_list("pk", "standing", *model.LABEL)
    return [(str(key), _label(standing, texts)) for key, standing, *texts in rows]


def _label(standing: str, texts: list[str]) -> str:
    mark = "(merged)" if standing == Standing.MERGED else ""
    return " ".join(filter(None, [*(texts if any(texts) else ["Untitled"]), mark]))
