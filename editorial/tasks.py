"""Periodic work of editorial: what is scheduled is published, and the log is verified as it grows.

Both find their work in the database, so that a lost message costs delay alone.
"""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db.models.functions import Now

from editorial.commands import PublishDue
from editorial.dispatch import dispatch
from editorial.models import document_models
from editorial.permissions import SCHEDULER
from editorial.workflow import Refused, Stage

logger = structlog.get_logger(__name__)


@shared_task(name="editorial.publish_due", ignore_result=True)  # type: ignore[untyped-decorator]
def publish_due() -> int:
    """Publish every document whose time has come, each in a transaction of its own. Returns how many.

    What is refused at its time stays scheduled, is marked as late in the admin's list, and is tried again.
    """
    published = 0
    for type_name, model in document_models().items():
        due = model._base_manager.filter(stage=Stage.SCHEDULED, scheduled_at__lte=Now())
        for document in due.order_by("scheduled_at").values_list("pk", flat=True):
            try:
                dispatch(PublishDue(), type=type_name, document=document, by=SCHEDULER)
                published += 1
            except Refused as refused:
                logger.warning("schedule_refused", document=str(document), reasons=str(refused))
    return published
