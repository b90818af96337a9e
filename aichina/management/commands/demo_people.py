"""manage.py demo_people FILE: the demo people, with random passwords that only the file's owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aichina.people import PEOPLE, ensure_people
from editorial.models import User

ADMINISTRATOR = "admin"


class Command(BaseCommand):
    help = "Make the demo people of a local run and write their random passwords to FILE; a file that exists is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.exists():
            return
        people = {**ensure_people(), ADMINISTRATOR: _administrator()}
        roles = {name: group for name, _, group in PEOPLE} | {ADMINISTRATOR: "people and groups"}
        lines = []
        for username, user in people.items():
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save(update_fields=["password"])
            lines.append(f"{username:<8} {password}  {roles[username]}\n")
        _write(path, "".join(lines))


def _administrator() -> User:
    user, _ = User.objects.get_or_create(
        username=ADMINISTRATOR, defaults={"is_staff": True, "is_superuser": True}
    )
    return user


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and readable by the owner from the first byte on."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        unfinished.rename(path)
    except OSError as error:
        raise CommandError(f"The logins could not be written to {path}: {error.strerror}.") from error
