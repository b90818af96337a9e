"""manage.py check_servers: whether database, broker and cache are fit for use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aichina.servers import faults


class Command(BaseCommand):
    help = (
        "Check versions, roles and the broker's eviction policy; web and workers do the same when they start."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if found := faults():
            raise CommandError("\n".join(found))
        self.stdout.write("Database, broker and cache are fit for use.")
