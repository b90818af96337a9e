"""The Celery application: periodic and deferred work. Its settings: CELERY_* of settings."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aichina.settings")

app = Celery("aichina")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logs(**_: Any) -> None:
    """Celery leaves logging to us."""


@worker_init.connect  # type: ignore[untyped-decorator]
@beat_init.connect  # type: ignore[untyped-decorator]
def _check_servers(**_: Any) -> None:
    from aichina.servers import refuse_to_start

    refuse_to_start()
