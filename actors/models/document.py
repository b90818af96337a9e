from __future__ import annotations

from typing import ClassVar

from actors.models.content import ActorContent
from actors.models.edition import Actor
from editorial.models import Document


class ActorDocument(ActorContent, Document):
    """An actor's profile as editors work on it."""

    TYPE: ClassVar[str] = "actor"
    NOUN: ClassVar[str] = "profile"
    EDITION: ClassVar[type[Actor]] = Actor

    class Meta(Document.Meta):
        verbose_name = "actor"
        verbose_name_plural = "actors"
