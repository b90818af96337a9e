"""The people who sign in. Their id is random, since it stands in the log's headers for ever."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"

    @cached_property
    def group_names(self) -> frozenset[str]:
        """The groups' names, read once for this instance: a request asks many times."""
        return frozenset(self.groups.values_list("name", flat=True))
