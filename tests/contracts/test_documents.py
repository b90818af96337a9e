"""What the documents say is what the code does."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

from aichina.management.commands import document_tables


def test_the_tables_in_the_documents_are_those_that_the_code_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("document_tables", check=True)
    less = {address: route for address, route in document_tables.ROUTES.items() if address != "timeline/"}
    monkeypatch.setattr(document_tables, "ROUTES", less)
    with pytest.raises(CommandError, match=r"docs/api\.md is out of date"):
        call_command("document_tables", check=True)


def documents() -> list[str]:
    return [
        str(p.relative_to(settings.BASE_DIR))
        for p in (*settings.BASE_DIR.glob("*.md"), *settings.BASE_DIR.glob("docs/**/*.md"))
    ]


@pytest.mark.parametrize("name", documents())
def test_documents_name_files_and_commands_that_there_are(name: str) -> None:
    path = settings.BASE_DIR / name
    text = path.read_text()
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (path.parent / link).exists(), link
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", (settings.BASE_DIR / "Makefile").read_text(), re.MULTILINE), target
    for command in re.findall(r"manage\.py ([a-z_]+)", text):
        assert command in get_commands(), command
