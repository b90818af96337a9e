"""Everything shown can be rebuilt from the log: identical, table by table, also while editors work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from editorial import commands as c
from editorial import rebuild
from ledger import verify
from tests.conftest import BASE_DIR, addresses
from tests.editorial_steps import CHIEF, REVIEWER, publish_actor, publish_category, publish_entry

EDITOR = """
import django, sys
django.setup()
from editorial import commands as c
from editorial.workflow import Refused
from tests.editorial_steps import CHIEF, publish_entry
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    doc = publish_entry(f"editor-{sys.argv[1]}-{number}")
    doc.correct(summary=f"Number {number}.")
    doc.do(c.Comment("A comment."), CHIEF)
    doc.rename(f"renamed-{sys.argv[1]}-{number}")
    publish_entry(f"same-{sys.argv[1]}-{number}").merge(doc).unmerge()
    doc.withdraw(hide_past=number % 2 == 0)
"""


def identical(differences: list[rebuild.Difference]) -> bool:
    return all((found.missing, found.extra) == (0, 0) for found in differences)


@contextmanager
def editors_at_work(database: str, count: int, documents: int) -> Iterator[list[subprocess.Popen[str]]]:
    env = {**os.environ, **addresses(database), "DJANGO_SETTINGS_MODULE": "aichina.settings"}
    argv = [sys.executable, "-c", EDITOR]
    started = [
        subprocess.Popen(
            [*argv, str(n), str(documents)], cwd=BASE_DIR, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for n in range(count)
    ]  # fmt: skip
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    yield started
    for process in started:
        process.communicate(timeout=120)
        assert process.returncode == 0


def a_bit_of_everything() -> None:
    category = publish_category("rules", "Rules")
    doc = publish_entry("a", categories=[str(category.id)])
    doc.correct(summary="Corrected.")
    doc.rename("b").withdraw().reinstate()
    other = publish_entry("c", related=[str(doc.id)])
    other.do(c.Comment("A comment."), REVIEWER)
    other.do(c.Revise({"title": "In an emergency"}, other.seen), CHIEF)
    other.do(c.PublishInEmergency(other.seen, "It cannot wait.", "correction", "It was wrong."), CHIEF)
    other.withdraw(hide_past=False)
    actors = [publish_actor(slug) for slug in ("first", "second", "third")]
    actors[0].merge(actors[1]).unmerge().merge(actors[1])
    actors[1].merge(actors[2])


def tamper(sql: str) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('editorial.projecting', 'on', true)")
        cursor.execute(sql)


def test_the_check_holds_while_editors_work(committed_db: str) -> None:
    publish_entry("before")
    with editors_at_work(committed_db, 2, 12) as editors:
        checks = 0
        while any(editor.poll() is None for editor in editors):
            assert identical(rebuild.check())
            checks += 1
    assert checks > 2
    assert identical(rebuild.check())
    assert verify.verify() == []


def test_a_rebuild_mends_what_was_changed_while_editors_work(committed_db: str) -> None:
    a_bit_of_everything()
    with editors_at_work(committed_db, 2, 12) as editors:
        while any(editor.poll() is None for editor in editors):
            tamper("UPDATE timeline_entry SET title = 'Forged' WHERE slug = 'c'")
            tamper(
                "DELETE FROM editorial_change WHERE position = (SELECT min(position) FROM editorial_change)"
            )
            assert not identical(rebuild.rebuild())
    assert identical(rebuild.check())
    assert verify.verify() == []


TAMPERING = {
    "a changed title": "UPDATE timeline_entry SET title = 'Forged'",
    "a shorter life": "UPDATE timeline_entry SET valid_to = valid_from + 1 WHERE valid_to IS NULL",
    "a text that was hidden": "UPDATE timeline_entry SET summary = 'Shown' WHERE hidden",
    "a deleted edition": "DELETE FROM timeline_entry WHERE position = (SELECT max(position) FROM timeline_entry)",
    "a deleted change": "DELETE FROM editorial_change WHERE position = (SELECT max(position) FROM editorial_change)",
    "a freed address": "DELETE FROM editorial_slug WHERE slug = 'a'",
    "a forged approval": "UPDATE timeline_entrydocument SET state = jsonb_set(state, '{stage}', '\"approved\"')",
    "a redirect to nobody": "UPDATE editorial_redirect SET target = document",
    "a redirect without an end": "DELETE FROM editorial_redirect WHERE valid_to IS NOT NULL",
    "a category of nobody": "UPDATE pages_category SET title = 'Forged'",
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_with_a_table_is_found_and_mended(committed_db: str, name: str, capsys: Any) -> None:
    a_bit_of_everything()
    call_command("rebuild", check=True)
    tamper(TAMPERING[name])
    with pytest.raises(CommandError):
        call_command("rebuild", check=True)
    call_command("rebuild")
    call_command("rebuild", check=True)


@pytest.mark.parametrize(
    "table",
    [
        "timeline_entry",
        "timeline_entrydocument",
        "pages_category",
        "editorial_change",
        "editorial_slug",
        "editorial_redirect",
    ],
)
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nobody_writes_a_projected_table_past_the_door(committed_db: str, table: str, alias: str) -> None:
    a_bit_of_everything()
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET document = document", f"TRUNCATE {table}"):
        refused = pytest.raises(
            Exception, match=r"projected from the event log|permission denied|does not exist"
        )
        with refused, connections[alias].cursor() as cursor:
            cursor.execute(sql)
    assert identical(rebuild.check())
