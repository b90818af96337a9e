"""manage.py roles: the SQL that makes the two database roles."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand

from aichina.roles import default_privileges, make_roles


class Command(BaseCommand):
    help = (
        "Print the SQL that makes the owner's and the application's role, for a superuser to run. Passwords come from "
        "OWNER_PASSWORD and APP_PASSWORD; without them, set your own in what is printed."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        roles = make_roles(os.environ.get("OWNER_PASSWORD", "…"), os.environ.get("APP_PASSWORD", "…"))
        database = ["CREATE DATABASE aichina OWNER owner", "\\connect aichina"]
        for line in (*roles, *database, *default_privileges()):
            self.stdout.write(line if line.startswith("\\") else f"{line};")
