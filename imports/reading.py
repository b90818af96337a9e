"""What each form of source is read by, in a child process (outbound.sandbox): bytes to items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imports.models import Form, Source
from outbound import sandbox


def read(
    source: Source,
    content: bytes,
    *,
    address: str,
    content_type: str,
    between: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """What the bytes say, as imports.parsing gives it. Raises sandbox.Unreadable and sandbox.Ended.

    What is long is read in parts, each by a child of its own; ``between`` them whatever the caller has to do.
    """
    reader, arguments = _reader(source, {"address": address, "content_type": content_type})
    found = _run(reader, content, **arguments)
    while found.get("next"):
        between()
        part = _run(reader, content, **arguments, start=found["next"])
        found["next"] = part["next"]
        for name in ("items", "refused", "notes"):
            found[name] += part[name]
    return found


def _reader(source: Source, where: dict[str, str]) -> tuple[str, dict[str, Any]]:
    if source.form == Form.LIST:
        return "links", {**where, "selector": source.selector}
    if source.form == Form.TABLE:
        return "table", {
            "columns": source.columns,
            "path": source.path,
            "content_type": where["content_type"],
        }
    return ("page" if source.form == Form.PAGE else "feed"), where


def discover(content: bytes, *, address: str, content_type: str) -> dict[str, Any]:
    """What stands at an address, and which feeds it names. Raises likewise."""
    return _run("discovery", content, address=address, content_type=content_type)


def page(content: bytes, *, address: str, content_type: str) -> str:
    """The text of a web page; empty where it has none. Raises likewise."""
    found = _run("page", content, address=address, content_type=content_type)
    return "\n\n".join(item["text"] for item in found["items"])


def headings(content: bytes, *, content_type: str) -> list[str]:
    """The columns that a table names. Raises likewise."""
    found: list[str] = _run("table", content, content_type=content_type)["headings"]
    return found


def outlines(content: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The sources of an OPML file, and why others are none. Raises likewise."""
    found = _run("opml", content)
    return found["outlines"], [each["why"] for each in found["refused"]]


def _run(reader: str, content: bytes, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.run(f"imports.parsing.{reader}:read", content, **arguments)
    return found
