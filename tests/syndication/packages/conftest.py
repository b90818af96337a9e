"""A folder for the packages of a test, and steps with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Path:
    """The folder of the packages; at no hour is one made by itself."""
    settings.PACKAGES_ROOT, settings.PACKAGES_HOUR = tmp_path / "packages", 24
    settings.SITE_URL = "http://testserver"
    return tmp_path / "packages"
