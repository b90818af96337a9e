"""Sources as editors see them: the list, what is added by address, the form, each source's fetches, OPML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from editorial.admin.rows import Settings
from editorial.uploads import refused_uploads
from imports import fetching, subscribing, tasks
from imports.admin import source_health as health
from imports.admin.source_adding import filled_in, options
from imports.admin.source_form import EDITED, Difference, SourceForm, changed, differences, fingerprint
from imports.admin.source_trials import LIMITS, Trial, try_file, try_rules
from imports.models import Health, Outcome, Source
from imports.models.source import READ_BY
from outbound.sandbox import Ended, Unreadable

# What is forgotten where something else is fetched, or is read in another way.
RESTART = {"etag": "", "last_modified": "", "digest": "", "moved_to": ""}
FETCHES_A_PAGE, FETCHES_BESIDE = 50, 5
TAKEN = "There is another source with this address."


@admin.register(Source)
class SourceAdmin(Settings):
    """The form is saved by a view of ours: it asks the internet first, and no transaction waits for that."""

    list_display = ("name", "form_name", "state", "next_fetch", "last_new", "yielded")
    list_filter = ("health", "form", "trust", "language")
    search_fields = ("name", "address", "publisher")
    actions = ("fetch_now", "switch_on", "switch_off")
    change_list_template = "admin/imports/source_list.html"

    # The list.

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(clock=Now())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        alarms, more = health.alarms()
        told = [(health.state_sentence(source), source) for source in alarms]
        response: Any = super().changelist_view(request, {"alarms": told, "more_alarms": more})
        shown = getattr(response, "context_data", {}).get("cl")
        if shown is not None:
            rows = list(shown.result_list)
            found = health.yields(rows)
            for row in rows:
                row.brought = found[row.pk]
            shown.result_list = rows
        return response

    @admin.display(description="form", ordering="form")
    def form_name(self, source: Source) -> str:
        return source.get_form_display().split(" (")[0]

    @admin.display(description="state", ordering="health")
    def state(self, source: Source) -> str:
        return format_html('<span class="health {}">{}</span>', source.health, health.state_sentence(source))

    @admin.display(description="next fetch", ordering="due_at")
    def next_fetch(self, source: Source) -> str:
        return health.next_fetch(source)

    @admin.display(description="last new (UTC)", ordering="new_at", empty_value="never")
    def last_new(self, source: Source) -> str | None:
        return f"{source.new_at:%Y-%m-%d %H:%M}" if source.new_at else None

    @admin.display(description="yield")
    def yielded(self, source: Any) -> str:
        return source.brought

    @admin.action(description="Fetch now")
    def fetch_now(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.want(request, chosen)
        self.message_user(request, "They are fetched as soon as a worker is free.", messages.SUCCESS)

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, chosen: QuerySet) -> None:
        for source in chosen:
            self.switch(request, source, on=True)
        self.message_user(request, "Switched on.", messages.SUCCESS)

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, chosen: QuerySet) -> None:
        for source in chosen:
            self.switch(request, source, on=False)
        self.message_user(request, "Switched off.", messages.SUCCESS)

    # What is done with one source.

    def want(self, request: HttpRequest, sources: Iterable[Source]) -> None:
        """Have them fetched. A broker that does not answer costs a minute: the rows say it too."""
        for source in sources:
            fetching.want(source.pk, request.user)  # type: ignore[arg-type]
        tasks.nudge()

    def switch(self, request: HttpRequest, source: Source, *, on: bool) -> None:
        if on:
            subscribing.switch_on(source)
        else:
            subscribing.switch_off(source, f"{request.user.get_username()} switched it off.")
        self.log_change(request, source, f"Switched {'on' if on else 'off'}.")

    def get_urls(self) -> list[Any]:
        one = "<uuid:source>"
        return [
            self.door("opml/", "opml", self.opml_view),
            self.door("sources.opml", "sources", require_safe(self.download_view)),
            self.door(f"{one}/fetches/", "fetches", require_safe(self.fetches_view)),
            self.door(f"{one}/progress/", "progress", require_safe(self.progress_view)),
            self.door(f"{one}/fetch/", "fetch", require_POST(self.fetch_view)),
            self.door(f"{one}/switch/", "switch", require_POST(self.switch_view), changes=True),
            self.door(f"{one}/move/", "move", require_POST(self.move_view), changes=True),
            *super().get_urls(),
        ]

    def door(self, route: str, name: str, view: Callable[..., HttpResponse], *, changes: bool = False) -> Any:
        """A view for those who may look, or ``changes`` something, beside those that Django's admin makes."""

        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            may = self.has_change_permission if changes else self.has_view_permission
            if not may(request):
                raise PermissionDenied
            return view(request, **named)

        return path(route, self.admin_site.admin_view(guarded), name=f"imports_source_{name}")

    def address(self, view: str, *args: Any) -> str:
        return reverse(f"admin:imports_source_{view}", args=args)

    def known(self, key: Any) -> Source:
        """Raises Http404."""
        try:
            return health.by_the_clock().get(pk=UUID(str(key)))
        except (ValueError, Source.DoesNotExist) as error:
            raise Http404 from error

    def fetch_view(self, request: HttpRequest, source: UUID) -> HttpResponse:
        self.want(request, [self.known(source)])
        return HttpResponseRedirect(self.address("fetches", source))

    def switch_view(self, request: HttpRequest, source: UUID) -> HttpResponse:
        found, on = self.known(source), request.POST.get("on") == "1"
        self.switch(request, found, on=on)
        self.message_user(request, f"Switched {'on' if on else 'off'}.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", source))

    def move_view(self, request: HttpRequest, source: UUID) -> HttpResponse:
        """Take over the address that the server says the source has moved to, as the person saw it."""
        found, to = self.known(source), request.POST.get("to", "")
        values = {**RESTART, "address": to, "due_at": Now()}
        if not to or found.moved_to != to:
            self.message_user(request, "It has not moved there; look again.", messages.ERROR)
        elif not self.store(found, values):
            self.message_user(request, TAKEN, messages.ERROR)
        else:
            self.log_change(request, found, f"Moved to {to}.")
            self.message_user(request, "From now on, the new address is fetched.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", source))

    def store(self, source: Source, values: Mapping[str, Any]) -> bool:
        """Write these fields alone: the others may be a fetch's by now. False where the address is another's."""
        for name, value in values.items():
            setattr(source, name, value)
        try:
            with transaction.atomic():
                source.save(update_fields=[*values, "host"])
        except IntegrityError:
            return False
        return True

    # The form.

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:  # fmt: skip
        source = None if object_id is None else self.known(object_id)
        may = self.has_view_permission if source and request.method != "POST" else self.has_change_permission
        if not may(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.look(request) if "look" in request.POST else self.save(request, source)
        if source is None and "address" not in request.GET:
            return self.show_look(request)
        headings = request.GET.getlist("heading") if source is None else []
        return self.show(request, source, SourceForm(source or filled_in(request.GET), headings=headings))

    def look(self, request: HttpRequest) -> HttpResponse:
        """Ask what stands at an address, and offer what was found."""
        address = request.POST["look"].strip()
        try:
            found = subscribing.look(address, limits=LIMITS)
        except subscribing.NothingThere as nothing:
            return self.show_look(
                request, address=address, steps=nothing.steps, failed=str(nothing), status=400
            )
        return self.show_look(
            request, address=address, steps=found.steps, found=found, options=options(found)
        )

    def show_look(self, request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {**self.page("Add a source"), "max_address": 2_000, **more}
        return self.render(request, "source_look", context, status)

    def save(self, request: HttpRequest, stored: Source | None) -> HttpResponse:
        """Try what was typed, show what it would do, and save what the person has seen."""
        form = SourceForm(copy(stored) if stored else Source(), request.POST)
        if "more" in request.POST:
            form.add_rows()
            return self.show(request, stored, form)
        if "columns" in request.POST:
            return self.read_headings(request, stored, form)
        if not form.is_valid():
            before = _sent_before(form.source) if stored is None else None
            return before or self.show(request, stored, form, status=400)
        if stored and fingerprint(stored) != request.POST.get("seen"):
            return self.conflict(request, stored, form)
        trial = self.trial(request, stored, form)
        if trial is not None:
            return self.show(request, stored, form, trial=trial, status=400 if trial.refused else 200)
        return self.add(request, form) if stored is None else self.change(request, stored, form)

    def read_headings(self, request: HttpRequest, stored: Source | None, form: SourceForm) -> HttpResponse:
        """Of a table, so that its columns can be chosen."""
        form.fields.is_valid()
        source = form.source
        source.columns = {}
        tried = try_file(source)
        again = SourceForm(copy(stored) if stored else Source(), request.POST, tried.headings)
        return self.show(request, stored, again, trial=Trial("", tried, None))

    def trial(self, request: HttpRequest, stored: Source | None, form: SourceForm) -> Trial | None:
        """What has to be looked at before it is saved; None where there is nothing, or this was looked at."""
        differs = set(EDITED) if stored is None else set(changed(stored, form.source))
        seen = fingerprint(form.source) + (fingerprint(stored) if stored else "")
        if request.POST.get("looked_at") == seen:
            return None
        rules = try_rules(stored, form.source.rules, form.names) if stored and "rules" in differs else None
        file = try_file(form.source) if differs & set(READ_BY) else None
        return Trial(seen, file, rules) if file or rules else None

    def add(self, request: HttpRequest, form: SourceForm) -> HttpResponse:
        source = form.source
        try:
            with transaction.atomic():
                source.save(force_insert=True)
        except IntegrityError:
            form.refuse("address", TAKEN)
            return _sent_before(source) or self.show(request, None, form, status=409)
        subscribing.switch_on(source)
        self.log_addition(request, source, f"Added {source.address}.")
        self.want(request, [source])
        self.message_user(request, "Added, and switched on. It is fetched now.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("fetches", source.pk))

    def change(self, request: HttpRequest, stored: Source, form: SourceForm) -> HttpResponse:
        """Write what differs, unless somebody else changed the source after this form was opened."""
        typed = form.source
        with transaction.atomic():
            row = health.by_the_clock().select_for_update().get(pk=stored.pk)
            if fingerprint(row) != request.POST.get("seen"):
                return self.conflict(request, row, form)
            differs = changed(row, typed)
            values = {name: getattr(typed, name) for name in differs}
            if set(differs) & set(READ_BY):
                values |= {**RESTART, "due_at": Now()}
            if values and not self.store(row, values):
                form.refuse("address", TAKEN)
                return self.show(request, stored, form, status=409)
            if differs:
                self.log_change(request, row, _told(differences(stored, row, form.names)))
        self.message_user(request, "Saved." if differs else "Nothing was changed.", messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", stored.pk))

    def conflict(self, request: HttpRequest, stands: Source, form: SourceForm) -> HttpResponse:
        """Somebody else was quicker: what was typed stays, beside what stands now."""
        differs = differences(stands, form.source, form.names)
        return self.show(request, stands, form, conflict=differs, status=409)

    def show(
        self, request: HttpRequest, stored: Source | None, form: SourceForm, *, trial: Trial | None = None,
        conflict: Any = (), status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        """The page of a source; ``stored`` is it as it stands, None for one that is being added."""
        seen = request.POST.get("seen") if request.method == "POST" and not conflict else None
        context = {
            **self.page(stored.name if stored else "Add a source"),
            "form": form,
            "source": stored,
            "seen": seen or (fingerprint(stored) if stored else ""),
            "trial": trial,
            "conflict": conflict,
            "editable": self.has_change_permission(request),
            **(self.standing(request, stored, FETCHES_BESIDE) if stored else {}),
        }
        return self.render(request, "source_form", context, status)

    # A source's fetches.

    def standing(
        self, request: HttpRequest, source: Source, most: int, before: int | None = None
    ) -> dict[str, Any]:
        """What a source's pages show of how it does: its state, its chart, and ``most`` of its fetches."""
        rows = list(source.fetches.select_related("asked_by").order_by("-pk")[: health.SHOWN_FETCHES])
        older = rows
        if before is not None:
            older = list(
                source.fetches.select_related("asked_by").filter(pk__lt=before).order_by("-pk")[: most + 1]
            )
        running = health.is_running(source)
        return {
            "source": source,
            "sentence": health.state_sentence(source),
            "next_fetch": health.next_fetch(source),
            "switched_on": source.health not in (Health.OFF, Health.PAUSED),
            "may_change": self.has_change_permission(request),
            "chart": health.chart(rows),
            "fetches": older[:most],
            "older": older[most - 1].pk if len(older) > most else None,
            "running": rows[0] if running and rows and rows[0].outcome == Outcome.RUNNING else None,
            "waiting": running or source.fetch_wanted is not None,
        }

    def fetches_view(self, request: HttpRequest, source: UUID) -> HttpResponse:
        """The log, newest first."""
        found, text = self.known(source), request.GET.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
        context = {
            **self.page(f"Fetches of {found}"),
            **self.standing(request, found, FETCHES_A_PAGE, before),
            "before": before,
        }
        return self.render(request, "source_fetches", context)

    def progress_view(self, request: HttpRequest, source: UUID) -> JsonResponse:
        """How far a fetch is, for a page that asks again and again."""
        found = self.known(source)
        last = found.fetches.order_by("-pk").first()
        running = health.is_running(found)
        counts = {"found": last.found, "done": last.done} if running and last else {"found": 0, "done": 0}
        waiting = running or found.fetch_wanted is not None
        answer = JsonResponse({"waiting": waiting, "running": running, **counts})
        answer["Cache-Control"] = "no-store"
        return answer

    # OPML.

    def opml_view(self, request: HttpRequest) -> HttpResponse:
        """Take on the feeds of a file, switched off."""
        if request.method != "POST":
            return self.render(request, "source_opml", self.page("Sources as OPML"))
        if not self.has_change_permission(request):
            raise PermissionDenied
        refused, done = list(refused_uploads(request).values()), None
        file = request.FILES.get("file")
        if file is None and not refused:
            refused = ["Choose a file."]
        if file is not None:
            try:
                done = subscribing.import_opml(file.read())
            except (Unreadable, Ended) as error:
                refused = [str(error)]
        if done:
            self.log_imported(request, done.new)
        context = {**self.page("Sources as OPML"), "refused": refused, "done": done}
        return self.render(request, "source_opml", context, 200 if done else 400)

    def log_imported(self, request: HttpRequest, new: Iterable[Source]) -> None:
        by = request.user.pk
        LogEntry.objects.log_actions(by, list(new), ADDITION, change_message="Came with an OPML file.")  # type: ignore[arg-type]

    def download_view(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(subscribing.export_opml(), content_type="text/x-opml; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="sources.opml"'
        return answer

    # Pages.

    def page(self, title: str) -> dict[str, Any]:
        return {"title": title, "opts": self.opts, "list": self.address("changelist")}

    def render(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "may_change": self.has_change_permission(request),
            **context,
        }
        return render(request, f"admin/imports/{template}.html", whole, status=status)


def _sent_before(source: Source) -> HttpResponse | None:
    """Where a form leads that is sent twice: the source is there already, just as it was typed."""
    stands = Source.objects.filter(address=source.address).first()
    if stands is None or fingerprint(stands) != fingerprint(source):
        return None
    return HttpResponseRedirect(reverse("admin:imports_source_fetches", args=[stands.pk]))


def _told(differs: Iterable[Difference]) -> str:
    """What an editor changed, as Django's log of the admin keeps it."""
    return " ".join(
        f"{each.label.capitalize()}: “{each.before[:200]}” → “{each.after[:200]}”." for each in differs
    )
