"""A command killed at each of its messages to the database leaves all of its events and rows, or none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.db import connection

from editorial import rebuild
from ledger import log, verify
from tests.conftest import BASE_DIR, addresses
from tests.editorial_steps import Doc, draft_entry
from tests.faults.proxy import CountingProxy

# Waits for a line, so that imports and the connection's own messages are not counted; then issues the command.
VICTIM = """
import django, json, sys
from uuid import UUID
django.setup()
from django.db import connection
from editorial import commands as c
from tests.editorial_steps import AUTHOR, PUBLISHER, REVIEWER, Doc
connection.ensure_connection()
print("ready", flush=True)
doc = Doc(id=UUID(json.loads(sys.stdin.readline())))
{command}
print("done", flush=True)
"""
COMMANDS = {
    "publish": ("doc.do(c.Publish({seen}), PUBLISHER)", 2),
    "revise": ('doc.do(c.Revise({{"summary": "New."}}, {seen}), AUTHOR)', 1),
}


def victim(proxy: CountingProxy, database: str, command: str) -> subprocess.Popen[str]:
    url = urlsplit(addresses(database)["DATABASE_URL"])
    through = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{proxy.port}").geturl()
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM.format(command=command)],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": through, "DJANGO_SETTINGS_MODULE": "aichina.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def run(process: subprocess.Popen[str], document: UUID) -> bool:
    """Let the victim go. Whether it lived to say that it was done."""
    out, _ = process.communicate(json.dumps(str(document)) + "\n", timeout=60)
    return "done" in out


@pytest.mark.parametrize(
    "after", [pytest.param(False, id="before"), pytest.param(True, id="after", marks=pytest.mark.torture)]
)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_killed_at_any_message_is_whole_or_absent(
    committed_db: str, name: str, after: bool
) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])
    proxy = CountingProxy((str(url.hostname), int(url.port or 5432)))
    outcomes = []
    for message in range(1, 60):
        doc = draft_entry(f"doc-{uuid4().hex[:8]}")
        if name == "publish":
            doc.approve()
        template, _ = COMMANDS[name]
        before = doc.state.version
        process = victim(proxy, committed_db, template.format(seen=doc.seen))
        proxy.arm(process.pid, message, after=after)
        lived = run(process, doc.id)
        outcomes.append(check(doc, before, lived))
        if lived:
            break
    proxy.close()
    assert outcomes[-1], "the sweep never reached the end of the command"
    assert outcomes[0] is False
    assert len(outcomes) > 5
    assert verify.verify() == []
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


def check(doc: Doc, before: int, lived: bool) -> bool:
    """Log and tables agree; what was acknowledged is there. Returns whether the command took place."""
    connection.close()
    events = log.stream(doc.id)
    took_place = len(events) > before
    assert len(events) in (before, before + 1)
    assert doc.state.version == len(events)
    assert took_place or not lived
    return took_place
