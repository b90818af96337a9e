from __future__ import annotations

from actors.models.content import ActorContent, actor_indexes
from editorial.models.edition import Edition


class Actor(ActorContent, Edition):
    """An edition of an actor's profile."""

    class Meta(Edition.Meta):
        indexes = [*Edition.Meta.indexes, *actor_indexes()]
