"""The people who sign in. Their id is random, since it stands in the log's headers for ever."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"
