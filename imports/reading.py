"""What each form of source is read by, in a child process (outbound.sandbox): bytes to items."""

from __future__ import annotations

from typing import Any

from imports.models import Form, Source
from outbound import sandbox


def read(source: Source, content: bytes, *, address: str, content_type: str) -> dict[str, Any]:
    """What the bytes say, as imports.parsing gives it. Raises sandbox.Unreadable and sandbox.Ended."""
    where = {"address": address, "content_type": content_type}
    if source.form == Form.LIST:
        return _run("links", content, selector=source.selector, **where)
    if source.form == Form.PAGE:
        return _run("page", content, **where)
    if source.form == Form.TABLE:
        return _run("table", content, columns=source.columns, path=source.path)
    return _run("feed", content, **where)


def discover(content: bytes, *, address: str, content_type: str) -> dict[str, Any]:
    """What stands at an address, and which feeds it names. Raises likewise."""
    return _run("discovery", content, address=address, content_type=content_type)


def outlines(content: bytes) -> list[dict[str, Any]]:
    """The sources of an OPML file. Raises likewise."""
    found: list[dict[str, Any]] = _run("opml", content)["outlines"]
    return found


def _run(reader: str, content: bytes, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.run(f"imports.parsing.{reader}:read", content, **arguments)
    return found
