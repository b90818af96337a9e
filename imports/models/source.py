"""Sources that editors subscribe to, what each fetch of one brought, and the items that it told.

Operational rows, not content: nothing of them is in the log, and nothing is rebuilt from it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from editorial.models.fields import ItemsField
from editorial.sources import Source as Citation
from editorial.sources import language_tag
from imports.rules import Rule
from outbound.addresses import Refused, parse

MINUTE, DAY = 60, 86_400
# What is fetched, and how it is read: where one of these changes, nothing that is remembered of the last body holds.
READ_BY = ("address", "form", "selector", "path", "columns")


class Form(models.TextChoices):
    FEED = "feed", "Feed (RSS, Atom, JSON Feed)"
    LIST = "list", "Web page with a list of links"
    PAGE = "page", "A single web page"
    TABLE = "table", "Table for a series (CSV, XLSX, JSON)"


class Trust(models.TextChoices):
    INBOX = "inbox", "Into the inbox"
    DRAFT = "draft", "Makes drafts by itself"


class Health(models.TextChoices):
    """How a source does. Paused ones are not fetched, all others are, however they do."""

    OFF = "off", "Switched off"
    ACTIVE = "active", "Active"
    FAILING = "failing", "Failing"
    QUIET = "quiet", "Gone quiet"
    PAUSED = "paused", "Paused"


class Outcome(models.TextChoices):
    RUNNING = "running", "Running"
    NEW = "new", "Something new"
    NOTHING = "nothing", "Nothing new"
    UNCHANGED = "unchanged", "Unchanged"
    FAILED = "failed", "Failed"
    GONE = "gone", "Gone"
    INTERRUPTED = "interrupted", "Interrupted"


class Source(models.Model):
    """An address that is fetched again and again.

    ``shortest`` and ``longest`` bound ``interval``, all in seconds. ``lease`` names the fetch that is under way, until
    ``leased_until`` by the database's clock; ``queued_until``: a message about it is in the broker. ``etag``,
    ``last_modified`` and ``digest`` are of the last body that was taken in whole. ``fetch_wanted`` since when a person
    waits for a fetch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=2_000, unique=True, help_text="https://…")
    form = models.CharField(max_length=5, choices=Form.choices, default=Form.FEED)
    selector = models.CharField(
        "CSS selector", max_length=500, blank=True, default="",
        help_text="Of a page with a list: which elements are, or hold, the links, as in “article h2 a”.",
    )  # fmt: skip
    columns = models.JSONField(
        default=dict, blank=True,
        help_text="Of a table: which of its columns are period, value and note.",
    )  # fmt: skip
    path = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Of a table in JSON: where its rows are, as in “data.rows”.",
    )
    series = models.UUIDField(null=True, blank=True, help_text="Of a table: the series that it is for.")
    publisher = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(
        max_length=35, blank=True, default="", help_text="en, zh, zh-Hant; left empty, as its items say."
    )
    categories = ArrayField(models.UUIDField(), default=list, blank=True, size=30)
    rules = ItemsField(Rule)
    trust = models.CharField(max_length=5, choices=Trust.choices, default=Trust.INBOX)
    daily_cap = models.PositiveSmallIntegerField(
        "drafts a day, at most", default=5, validators=[MaxValueValidator(50)]
    )
    shortest = models.PositiveIntegerField(
        "shortest interval", default=15 * MINUTE, help_text="In seconds.",
        validators=[MinValueValidator(MINUTE), MaxValueValidator(30 * DAY)],
    )  # fmt: skip
    longest = models.PositiveIntegerField(
        "longest interval", default=DAY, help_text="In seconds.",
        validators=[MinValueValidator(MINUTE), MaxValueValidator(30 * DAY)],
    )  # fmt: skip

    health = models.CharField(max_length=7, choices=Health.choices, default=Health.OFF, editable=False)
    health_since = models.DateTimeField(db_default=Now(), editable=False)
    health_why = models.TextField(blank=True, default="", editable=False)
    interval = models.PositiveIntegerField(default=15 * MINUTE, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    fetched_at = models.DateTimeField(null=True, editable=False)
    new_at = models.DateTimeField(null=True, editable=False)
    moved_to = models.CharField(max_length=2_000, blank=True, default="", editable=False)

    host = models.CharField(max_length=260, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    queued_until = models.DateTimeField(null=True, editable=False)
    fetch_wanted = models.DateTimeField(null=True, editable=False)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    etag = models.CharField(max_length=1_000, blank=True, default="", editable=False)
    last_modified = models.CharField(max_length=200, blank=True, default="", editable=False)
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["due_at"], name="source_due"),
            models.Index(fields=["host"], name="source_host"),
        ]

    def __str__(self) -> str:
        return self.name or self.address

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises outbound.addresses.Refused for what is no address."""
        self.host = parse(self.address).host
        super().save(*args, **kwargs)

    def clean(self) -> None:
        try:
            parse(self.address)
        except Refused as refused:
            raise ValidationError({"address": str(refused)}) from refused
        self.language = language_tag(self.language.strip().replace("_", "-")) if self.language else ""
        for _, sentence in Citation(language=self.language).faults():
            raise ValidationError({"language": sentence})
        needed = {
            Form.LIST: ("selector", "a CSS selector"),
            Form.TABLE: ("series", "the series that it is for"),
        }
        name, what = needed.get(Form(self.form), ("", ""))
        if name and not getattr(self, name):
            raise ValidationError({name: f"Such a source needs {what}."})
        if self.longest < self.shortest:
            raise ValidationError({"longest": "It is shorter than the shortest interval."})


class Fetch(models.Model):
    """One fetch: what happened, step by step. ``steps``: [{"text", "ms"}]; ``refusals``: sentences.

    ``done`` of ``found`` items are stored so far. ``network``, ``parsing`` and ``storing`` are milliseconds.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="fetches")
    lease = models.UUIDField()
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=11, choices=Outcome.choices, default=Outcome.RUNNING)
    status = models.PositiveSmallIntegerField(null=True)
    sentence = models.TextField(blank=True, default="")
    steps = models.JSONField(default=list)
    refusals = models.JSONField(default=list)
    received = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    network = models.PositiveIntegerField(default=0)
    parsing = models.PositiveIntegerField(default=0)
    storing = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "fetches"
        indexes = [models.Index(fields=["source", "-id"], name="fetch_source")]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.began_at}"


class Item(models.Model):
    """What a source told of a candidate, as it last told it: ``told`` is an item as imports.parsing gives them.

    ``guid``, ``place``, ``address`` and ``content`` are digests, see imports.identity; ``shared``: those by which items
    of different sources are known as the same.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items")
    candidate = models.ForeignKey("imports.Candidate", on_delete=models.CASCADE, related_name="items")
    guid = models.CharField(max_length=32, blank=True, default="")
    address = models.CharField(max_length=32, blank=True, default="")
    place = models.CharField(max_length=32, blank=True, default="")
    content = models.CharField(max_length=32, blank=True, default="")
    shared = ArrayField(models.CharField(max_length=32), default=list)
    told = models.JSONField()
    first_told_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            GinIndex(fields=["shared"], name="item_shared"),
            *(
                models.Index(fields=["source", name], name=f"item_{name}", condition=~models.Q(**{name: ""}))
                for name in ("guid", "address", "place", "content")
            ),
        ]

    def __str__(self) -> str:
        return str(self.told.get("title") or self.told.get("address") or self.pk)
