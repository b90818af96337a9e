from __future__ import annotations

from django.db import models


class Named(models.Model):
    id = models.UUIDField(primary_key=True)
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Category(Named):
    pass


class Actor(Named):
    pass


class Entry(Named):
    """The fields of ours; who and what it refers to stand in tables of their own."""

    kind = models.CharField(max_length=12, db_index=True)
    summary = models.TextField()
    body = models.TextField()
    date = models.CharField(max_length=40)
    date_shown = models.CharField(max_length=80)
    earliest = models.DateField(db_index=True)
    latest = models.DateField()
    date_kind = models.CharField(max_length=10)
    basis = models.TextField()
    sources = models.JSONField()
    note = models.TextField()
    significance = models.CharField(max_length=12)
    first_published_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    categories = models.ManyToManyField(Category)
    actors = models.ManyToManyField(Actor, through="Involved")
    related = models.ManyToManyField("self", symmetrical=False)

    class Meta:
        ordering = ["-earliest", "-id"]


class Involved(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="involved")
    actor = models.ForeignKey(Actor, models.CASCADE)
    role = models.CharField(max_length=12)
