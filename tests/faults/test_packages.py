"""Packages by real programs: a kill in the midst of it leaves no half of a file, and an erasure reaches the file."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client

from syndication.models.package import Package, State
from tests.editorial_steps import publish_entry
from tests.faults.programs import Programs
from tests.waiting import wait


def test_a_package_outlives_its_maker_and_no_erasure(
    programs: Programs, tmp_path: Path, settings: Any
) -> None:
    settings.PACKAGES_ROOT = root = tmp_path / "packages"
    programs.environment |= {"PACKAGES_ROOT": str(root), "SWEEP_PACKAGES_SECONDS": "0.2"}
    # Long enough to be caught at it.
    long = "**word** [link](https://example.org/) " * 2_500
    docs = [publish_entry(f"e{number}", summary="secret", body=long) for number in range(3)]
    asked = Client().generic("POST", "/api/v1/packages/").json()
    importer = programs.start("importer")
    for name in ("worker", "beat"):
        programs.start(name)

    wait(lambda: list(root.glob("*.unfinished/data/entries.csv")), "nothing is written")
    programs.kill(importer)
    package = Package.objects.get()
    assert package.state == State.MAKING
    assert Client().get(f"/packages/{package.name}").status_code == 503
    Package.objects.update(leased_until=Now() - timedelta(seconds=1))
    programs.start("importer")

    def state() -> dict[str, Any]:
        found: dict[str, Any] = Client().get(asked["url"]).json()
        return found

    wait(lambda: state()["state"] == "ready", "it is not made anew", 60)
    wait(lambda: len(list(root.iterdir())) == 1, "what the dead one left is not deleted")
    first = state()
    body = b"".join(Client().get(first["download"]).streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(body).hexdigest() == first["sha256"]

    call_command("erase", "entry", str(docs[0].id), "--field", "summary", "--ground", "privacy")
    assert Client().get(first["download"]).status_code == 503
    wait(lambda: state()["state"] == "ready", "it is not made anew after an erasure", 60)
    assert state()["sha256"] != first["sha256"]
    wait(lambda: len(list(root.iterdir())) == 1, "the old file is not deleted")
