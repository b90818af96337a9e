"""manage.py draw_charts: draw every chart that is not drawn, as after an update that draws them differently."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from metrics.draw import redraw_all


class Command(BaseCommand):
    help = "Draw the charts of all vintages that are not drawn yet, and forget those that nothing shows."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Drew {redraw_all()} charts.")
