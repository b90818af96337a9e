"""What publishers and chief editors see of webhooks: how each does, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from editorial.reading import last_public
from outbound.addresses import Refused
from pages.models.edition import Category
from syndication.admin.keys import Publishers
from syndication.changes import ENTRIES_ALONE
from syndication.models import State, Webhook
from syndication.types import TYPES
from syndication.webhooks import subscribing
from syndication.webhooks.addresses import checked

STANDING = ("owner", "id", "created_at", "standing", "lag", "last", "last_answer", "former_until")


class WebhookForm(forms.ModelForm):
    type = forms.ChoiceField(
        choices=[("", "All types"), *((name, name) for name in TYPES)],
        required=False,
        help_text="Of these alone.",
    )
    category = forms.TypedChoiceField(
        coerce=UUID, empty_value=None, required=False, help_text="Entries that are in it, and that leave it."
    )

    class Meta:
        model = Webhook
        fields = ("name", "address", "type", "category")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = Category._default_manager.live(last_public().position).order_by("title")
        named = [(str(key), title) for key, title in live.values_list("document", "title")]
        chosen = str(self.instance.category or "")
        if chosen and chosen not in dict(named):
            named.append((chosen, "a category that is not public now"))
        self.fields["category"].choices = [("", "All categories"), *named]  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        try:
            return checked(self.cleaned_data["address"]).text
        except Refused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("category") and values.get("type") not in ("", "entry"):
            self.add_error("category", ENTRIES_ALONE)
        return values


@admin.register(Webhook)
class WebhookAdmin(Publishers):
    """Of a webhook that is there, its form saves these fields alone: all others may be a delivery's by now."""

    form = WebhookForm
    list_display = ("name", "owner", "host", "standing", "lag", "last")
    list_filter = ("state",)
    search_fields = ("name", "address")
    list_select_related = ("key",)
    change_form_template = "admin/syndication/webhook.html"
    actions = ("pause_them", "resume_them")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return subscribing.with_lag(super().get_queryset(request).select_related("key"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return WebhookForm.Meta.fields + (STANDING if obj else ())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return STANDING if obj else ()

    # What is shown.

    @admin.display(description="whose")
    def owner(self, webhook: Webhook) -> str:
        return f"{webhook.key.holder}, by key {webhook.key}" if webhook.key else "Ours"

    @admin.display(description="sent to")
    def host(self, webhook: Webhook) -> str:
        return webhook.address.split("/")[2]

    @admin.display(description="state", ordering="state")
    def standing(self, webhook: Webhook) -> str:
        said = f"{webhook.get_state_display()} since {webhook.since:%Y-%m-%d %H:%M} UTC"
        if webhook.state == State.ACTIVE and webhook.failures:
            return f"{said}; failed {webhook.failures} times in a row, again at {webhook.next_at:%Y-%m-%d %H:%M} UTC"
        return f"{said}: {webhook.why}" if webhook.why else said

    @admin.display(description="changes behind")
    def lag(self, webhook: Any) -> int:
        return int(webhook.lag)

    @admin.display(description="last attempt", empty_value="nothing was sent yet")
    def last(self, webhook: Webhook) -> str | None:
        if webhook.last_at is None:
            return None
        return f"{webhook.last_at:%Y-%m-%d %H:%M} UTC, {webhook.last_ms} ms: {webhook.last_sentence}"

    # What is saved.

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        if change:
            subscribing.change(self._one(obj), {name: form.cleaned_data[name] for name in form.changed_data})
            return
        values = {name: form.cleaned_data[name] for name in WebhookForm.Meta.fields}
        made, secret = subscribing.subscribe(values, cursor=last_public().position)
        obj.__dict__.update(made.__dict__)
        request.secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.told(request, "secret", obj, secret=request.secret)  # type: ignore[attr-defined]

    def told(self, request: HttpRequest, template: str, webhook: Webhook, **more: Any) -> HttpResponse:
        """What is shown once: on the answer to a form alone, in no address, no message and no log."""
        context = {
            **self.admin_site.each_context(request),
            "title": webhook.name,
            "opts": self.opts,
            "webhook": webhook,
            **more,
        }
        response = TemplateResponse(request, f"admin/syndication/webhook_{template}.html", context)
        response["Cache-Control"] = "no-store"
        return response

    # What is done.

    @admin.action(description="Pause", permissions=["change"])
    def pause_them(self, request: HttpRequest, chosen: QuerySet) -> None:
        for webhook in chosen:
            self.pause(request, webhook)

    @admin.action(description="Resume", permissions=["change"])
    def resume_them(self, request: HttpRequest, chosen: QuerySet) -> None:
        for webhook in chosen:
            self.resume(request, webhook)

    def get_urls(self) -> list[Any]:
        door = self.admin_site.admin_view(require_POST(self.do_view))
        return [
            path("<uuid:webhook>/do/<str:name>/", door, name="syndication_webhook_do"),
            *super().get_urls(),
        ]

    def do_view(self, request: HttpRequest, webhook: UUID, name: str) -> HttpResponse:
        """One of the buttons of a webhook's page."""
        deeds: dict[str, Callable[[HttpRequest, Webhook], HttpResponse | None]] = {
            "pause": self.pause, "resume": self.resume, "rotate": self.rotate, "replay": self.replay,
            "test": self.test, "delete": self.delete_it,
        }  # fmt: skip
        found = self.get_queryset(request).filter(pk=webhook).first()
        if not self.has_change_permission(request):
            raise PermissionDenied
        if found is None or name not in deeds:
            raise Http404
        answer = deeds[name](request, found)
        return answer or HttpResponseRedirect(reverse("admin:syndication_webhook_change", args=[webhook]))

    def pause(self, request: HttpRequest, webhook: Webhook) -> None:
        # Its key's holder reads this too, and learns nobody's name.
        why = "The tracker’s publishers paused it."
        self._noted(request, webhook, subscribing.pause(self._one(webhook), why), "Paused.")

    def resume(self, request: HttpRequest, webhook: Webhook) -> None:
        self._noted(request, webhook, subscribing.resume(self._one(webhook)), "Resumed.")

    def rotate(self, request: HttpRequest, webhook: Webhook) -> HttpResponse:
        secret = subscribing.rotate(webhook.pk)
        self.log_change(request, webhook, "The secret was rotated.")
        return self.told(request, "secret", webhook, secret=secret, rotated=True)

    def replay(self, request: HttpRequest, webhook: Webhook) -> None:
        try:
            position = subscribing.position_of(request.POST.get("after", "").strip())
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        said = f"What became public after position {position} is sent from now on."
        self._noted(request, webhook, subscribing.replay(self._one(webhook), position), said)

    def test(self, request: HttpRequest, webhook: Webhook) -> HttpResponse:
        return self.told(request, "tested", webhook, tried=subscribing.ping(webhook))

    def delete_it(self, request: HttpRequest, webhook: Webhook) -> HttpResponse:
        said = f"It was sent to {webhook.address}"
        LogEntry.objects.log_actions(request.user.pk, [webhook], DELETION, change_message=said)  # type: ignore[arg-type]
        self._one(webhook).delete()
        self.message_user(request, f"“{webhook.name}” was deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:syndication_webhook_changelist"))

    @staticmethod
    def _one(webhook: Webhook) -> QuerySet[Webhook]:
        return Webhook.objects.filter(pk=webhook.pk)

    def _noted(self, request: HttpRequest, webhook: Webhook, done: int, said: str) -> None:
        if done:
            self.log_change(request, webhook, said)
        words = f"{webhook.name}: {said}" if done else f"{webhook.name}: it is not in a state for that."
        self.message_user(request, words, messages.SUCCESS if done else messages.ERROR)
