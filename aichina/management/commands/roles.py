"""manage.py roles: the SQL that makes the two database roles."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from aichina.roles import APP, OWNER, default_privileges, make_roles


class Command(BaseCommand):
    help = (
        "Print the SQL that makes the two roles and the database, for a superuser to run, with the names that "
        "DATABASE_URL and DATABASE_OWNER_URL give them. Passwords come from OWNER_PASSWORD and APP_PASSWORD; without "
        "them, set your own in what is printed."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        default, owned = settings.DATABASES["default"], settings.DATABASES.get("owner", {})
        owner, app = owned.get("USER") or OWNER, default["USER"] or APP
        roles = make_roles(
            os.environ.get("OWNER_PASSWORD", "…"), os.environ.get("APP_PASSWORD", "…"), owner, app
        )
        database = [f'CREATE DATABASE "{default["NAME"]}" OWNER "{owner}"', f'\\connect "{default["NAME"]}"']
        for line in (*roles, *database, *default_privileges(owner, app)):
            self.stdout.write(line if line.startswith("\\") else f"{line};")
