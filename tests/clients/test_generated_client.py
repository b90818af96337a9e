"""A client that others generate from the description compiles, and reads everything."""

from __future__ import annotations

import compileall
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from editorial.reading import last_public
from syndication.keys import issue
from tests.conftest import BASE_DIR
from tests.editorial_steps import (
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)

DESCRIPTION = BASE_DIR / "docs" / "openapi.json"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    configuration = tmp_path / "configuration.yaml"
    configuration.write_text("post_hooks: []\n")
    package = tmp_path / "generated_client"
    program = str(Path(sys.executable).parent / "openapi-python-client")
    done = subprocess.run(
        [program, "generate", "--path", str(DESCRIPTION), "--output-path", str(package), "--meta", "none",
         "--config", str(configuration)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr
    assert compileall.compile_dir(package, quiet=1)
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module("generated_client")


def operations(package: ModuleType) -> dict[str, Any]:
    """The function of each operation, by the operation's name."""
    api = importlib.import_module(f"{package.__name__}.api")
    found = {}
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        if not module.ispkg:
            found[module.name.rpartition(".")[2]] = importlib.import_module(module.name).sync_detailed
    return found


def test_a_generated_client_reads_everything(site: str, generated: ModuleType) -> None:
    category, zhipu = publish_category("one"), publish_actor("one")
    publish_actor("other", relations=[{"type": "part_of", "target": str(zhipu.id), "since": "2020"}])
    publish_entry("one", categories=[str(category.id)], actors=[{"id": str(zhipu.id), "role": "acted"}])
    publish_series("one"), publish_page("one"), publish_front()
    last, read = last_public().position, {}
    with generated.Client(base_url=site) as client:
        for name, operation in operations(generated).items():
            if name.startswith("webhooks"):
                continue  # for holders of a key
            known = {"key": "front" if name.startswith("front") else "one", "number": 1, "position": last}
            wanted = inspect.signature(operation).parameters
            given = {key: value for key, value in known.items() if key in wanted}
            answer = operation(client=client, **given)
            assert answer.status_code in (200, 202), (name, answer)
            assert answer.parsed is not None, name
            read[name] = answer.parsed
    assert len(read) >= 14
    assert read["entries_list"].results[0].actors[0].slug == "one"
    assert read["entries_retrieve"].categories[0].id == category.id
    assert [change.document.slug for change in read["changes_list"].results][:2] == ["one", "one"]
    manages_webhooks(site, generated)


def manages_webhooks(site: str, generated: ModuleType) -> None:
    _, key = issue("A desk", "desk@example.org", uuid4())
    named = operations(generated)
    models = importlib.import_module("generated_client.models")
    with generated.AuthenticatedClient(base_url=site, token=key) as client:
        body = models.WebhookRequest(name="A library", address="https://library.example/hook", type_=None)
        made = named["webhooks_create"](client=client, body=body).parsed
        assert made.secret.startswith("whsec_")
        pausing = models.PatchedWebhookChange(state=models.WebhookStateChange.PAUSED)
        changed = named["webhooks_partial_update"](made.id, client=client, body=pausing).parsed
        assert (changed.state, changed.type_, changed.last) == (models.WebhookState.PAUSED, None, None)
        assert [one.id for one in named["webhooks_list"](client=client).parsed.results] == [made.id]
