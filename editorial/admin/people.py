"""The people who sign in, and the admin's name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from editorial.models import User


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """People are made inactive, never deleted: the log names them by their id."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = "AI in China tracker"
admin.site.site_url = "/"
