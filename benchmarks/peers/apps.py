from __future__ import annotations

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "benchmarks.peers"
    label = "peers"
    default_auto_field = "django.db.models.BigAutoField"
