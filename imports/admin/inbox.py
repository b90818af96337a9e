"""The inbox of editors: the queue, a candidate with what is like it, and the form of the draft that it may become.

Every decision is a form that goes to one view, carries the version of the candidate that was seen, and is refused in
words with all that was typed. Commands open a transaction of their own, so nothing here is wrapped in one.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from actors.models import ActorDocument
from editorial.admin.documents import labels
from editorial.admin.listing import who
from editorial.admin.rows import Looking
from editorial.forms import ContentForm
from editorial.models import User
from editorial.workflow import Refused, Role
from imports import drafting
from imports.admin import beside, queue
from imports.admin.deciding import REASONS, VERBS, Asked, Unclear, number, said, sent_twice
from imports.models import Candidate, State
from imports.models.candidate import OPEN
from imports.triage import Conflict
from metrics.models import SeriesDocument
from pages.models import CategoryDocument
from timeline.models import EntryDocument

# What few drafts need when they are made; entries are too many to choose related ones from here.
FIRST, FOLDED, ABSENT = ("title", "summary"), ("body", "basis"), ("related",)


@admin.register(Candidate)
class InboxAdmin(Looking):
    """Candidates are decided on here; nothing adds, changes or deletes them."""

    def get_urls(self) -> list[Any]:
        protected = self.admin_site.admin_view
        return [
            path("", protected(self.inbox), name="imports_candidate_changelist"),
            path(
                "<int:candidate>/<str:name>/",
                protected(require_POST(self.decide)),
                name="imports_candidate_decide",
            ),
        ]

    def inbox(self, request: HttpRequest) -> HttpResponse:
        """The page, at the candidate that ``at`` names, else at the first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = queue.Wanted.of(request.GET)
        at = request.GET.get("at")
        key = queue.first(wanted, signed_in(request)) if at is None else number(at)
        one = None if key is None else get_object_or_404(queue.whole(), pk=key)
        return self.show(request, wanted, one)

    def decide(self, request: HttpRequest, candidate: int, name: str) -> HttpResponse:
        """Carry out one decision, and go on to the next candidate."""
        if name not in VERBS:
            raise Http404
        if who(request).role < Role.AUTHOR:
            raise PermissionDenied
        wanted, one = queue.Wanted.of(request.GET), get_object_or_404(queue.whole(), pk=candidate)
        form = content_form(one, request) if "sources-TOTAL_FORMS" in request.POST else None
        drafts = name == "accept" and one.observations is None
        if drafts and (form is None or not form.is_valid()):
            return self.show(request, wanted, one, form=form, status=400)
        asked = Asked(
            one, number(request.POST.get("version")), signed_in(request), request.POST.dict(),
            form.content() if drafts and form else None,
        )  # fmt: skip
        goes_on = queue.following(wanted, asked.by, one)
        try:
            message = VERBS[name][1](asked)
        except (Conflict, Unclear, Refused) as refusal:
            if not (isinstance(refusal, Conflict) and sent_twice(name, asked)):
                return self.refuse(request, wanted, one, name, form, refusal)
            message = "This was done already."
        self.message_user(request, message, messages.SUCCESS)
        address = reverse("admin:imports_candidate_changelist")
        return HttpResponseRedirect(f"{address}?{wanted.query(at=goes_on)}")

    def refuse(
        self, request: HttpRequest, wanted: queue.Wanted, one: Candidate, name: str, form: ContentForm | None,
        refusal: Conflict | Unclear | Refused,
    ) -> HttpResponse:  # fmt: skip
        """The page again, as the candidate is now, with what was typed and why it was refused."""
        one = queue.whole().get(pk=one.pk)
        if isinstance(refusal, Refused) and name == "accept" and form is not None:
            form.refuse(refusal.refusals)
            return self.show(request, wanted, one, form=form, status=400)
        refusals = refusal.refusals if isinstance(refusal, Refused) else ()
        texts = [each.text for each in refusals] or [str(refusal)]
        typed = isinstance(refusal, Unclear) or (refusals and all(each.kind == "input" for each in refusals))
        status = 400 if typed else 409
        return self.show(request, wanted, one, form=form, status=status, refused=texts, tried=name)

    def show(
        self, request: HttpRequest, wanted: queue.Wanted, one: Candidate | None, *, status: int = 200,
        form: ContentForm | None = None, refused: list[str] | None = None, tried: str = "",
    ) -> HttpResponse:  # fmt: skip
        sources, languages = queue.offered(wanted)
        user, find = signed_in(request), request.GET.get("find", "").strip()
        context = {
            **self.admin_site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "title": "Inbox",
            "list": reverse("admin:imports_candidate_changelist"),
            "wanted": wanted,
            "query": wanted.query(),
            "pairs": wanted.pairs(at=one.pk if one else ""),
            "states": State.choices,
            "orders": [("score", "Relevance"), ("newest", "Newest")],
            "sources": sources,
            "languages": languages,
            "assignees": queue.ASSIGNEES.items(),
            "window": queue.window(wanted, user, one),
            "one": one,
            "row": queue.row(one) if one else None,
            "find": find,
            "refused": refused or [],
            "tried": tried,
            "typed": request.POST,
        }
        if one is not None:
            context |= self.about(one, user, find, form)
        return render(request, "admin/imports/inbox.html", context, status=status)

    def about(self, one: Candidate, user: User, find: str, form: ContentForm | None) -> dict[str, Any]:
        """What the page says of one candidate."""
        is_open, is_table = one.state in OPEN, one.observations is not None
        if is_open and not is_table and form is None:
            form = content_form(one)
        return {
            "version": one.version,
            "is_open": is_open,
            "may_reopen": one.state in (State.DISMISSED, State.BLOCKED),
            "published": one.published.replace("T", ", ").replace("Z", " UTC"),
            "link": one.address if on_the_web(one.address) else "",
            "items": [(item, on_the_web(item.told.get("address", ""))) for item in _items(one)],
            "story": one.decisions.select_related("by"),
            "became": _became(one),
            "citation": drafting.citation(one),
            "duplicates": beside.duplicates(one, find) if is_open and not is_table else {},
            "figures": beside.figures(one) if is_table and one.document else None,
            "form": form,
            "fields": _fields(form) if form else ([], []),
            "rows": {name: _rows(rows) for name, rows in form.rows.items()} if form else {},
            "reasons": list(enumerate(REASONS, 1)),
            "people": _people(user) if is_open else [],
        }


def signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def on_the_web(address: str) -> bool:
    """Whether it may stand in a link; whatever else an item brings is shown as text alone."""
    return address.lower().startswith(("http://", "https://"))


def content_form(one: Candidate, request: HttpRequest | None = None) -> ContentForm:
    """The draft's form, filled in; with what was typed, where a request brings it."""
    typed = request.POST if request else None
    choices = {"category": labels(CategoryDocument), "actor": labels(ActorDocument)}
    return ContentForm(EntryDocument, drafting.content(one), choices, typed)


def _items(one: Candidate) -> Any:
    return one.items.select_related("source").order_by("pk")


def _became(one: Candidate) -> SafeString | str:
    """A link to the entry or series that came of it."""
    if one.document is None or one.state in OPEN:
        return ""
    return said("", SeriesDocument if one.observations is not None else EntryDocument, one.document)


def _fields(form: ContentForm) -> tuple[list[Any], list[Any]]:
    """The fields that are shown at once, and those that are folded away unless something stands in them."""
    empty = {field.name for field in form.form if not (field.errors or field.value())}
    shown = [field for field in form.form if field.name not in empty.intersection(FOLDED + ABSENT)]
    return sorted(shown, key=lambda field: field.name not in FIRST), [
        field for field in form.form if field.name in empty.intersection(FOLDED)
    ]


def _rows(rows: Any) -> dict[str, Any]:
    """A list's rows: those that are filled in, and the empty ones."""
    filled = [row for row in rows if (row.has_changed() if row.is_bound else row.initial)]
    return {"all": rows, "filled": filled, "empty": [row for row in rows if row not in filled]}


def _people(user: User) -> list[tuple[str, str]]:
    """Who works here, by id and name, the one who asks first."""
    rows = User.objects.filter(is_active=True, is_staff=True).order_by("first_name", "username")
    named = [(str(row.pk), row.get_full_name() or row.username) for row in rows]
    return sorted(named, key=lambda pair: pair[0] != str(user.pk))
