"""The composition root. Whoever imports it has the Celery application: tasks reach the broker of the settings."""

from aichina.celery import app as celery_app

__all__ = ["celery_app"]
