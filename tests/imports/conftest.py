from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.imports.serving import Site, serving


@pytest.fixture
def web(settings: Any) -> Iterator[Site]:
    """A web server that the tracker may fetch from."""
    with serving() as site:
        settings.OUTBOUND_ALLOWED = [site.host]
        yield site
