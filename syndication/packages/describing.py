"""What a package says of itself: datapackage.json, a README and a CITATION.cff."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from editorial.api.cursor import cursor_at
from editorial.api.shapes import rfc3339
from editorial.reading import AsOf
from syndication.packages.files import Resource

TITLE = "AI in China tracker"
TEXT = (
    "Everything that was public in the tracker at one position: entries, actors, data series, texts, "
    "and how they came about."
)
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl"}

README = """# {title}, as of position {position}

{text}
It is the state of {moment}, at the tracker’s public position {position}.

## Files

{files}
`datapackage.json` (Frictionless Data Package, version 1) describes every column, gives keys and references, and the
size and SHA-256 of each file; `frictionless validate datapackage.json` checks them all. All is UTF-8.

- **JSON Lines** (`.jsonl`): one JSON object a line, as the API gives it, with exact texts. A file without a line is
  left out.
- **CSV** (RFC 4180, a header first): the same as tables, for spreadsheets and databases. What is a list has a table of
  its own, or is JSON in its cell. An empty cell is an empty text, or nothing. A text that begins with =, +, - or @ (or
  their wide forms) and is no number, or that begins or ends with a blank, has an apostrophe before it, so that no
  spreadsheet takes it for a formula or strips it; where it has such an apostrophe of its own, there is one more. To
  have the text as it was, take one apostrophe away there, or read the JSON Lines.
- **Dates** are EDTF, as precise as is known; `earliest` and `latest` are the days that they may mean. Moments are UTC.
- **Figures** are decimals as they were published, exact to the last digit: read them as decimals, not as floating
  point.

## What is in it

What was public at the position, as the API gives it with `as_of={position}`. What was withdrawn since, and hidden,
stands there without its text, and with the notice (`text_hidden`); what was erased is gone. References lead to what
was public then; what was merged into another document stands under that one.

To go on from here, follow the changes: {site}/api/v1/changes/?after={cursor}

## Citing it

{citation}

The page as it was: {site}/?as_of={position}

## Licence

{licence}
The figures of a series come under the licence of their source, as far as it is known: column `licence` of `series`.
"""
NO_LICENCE = "The tracker states no licence for its texts; ask its editors before you publish them anew."


def citation(as_of: AsOf) -> str:
    """In a sentence."""
    assert as_of.moment
    return (
        f"{TITLE}, public position {as_of.position}, {as_of.moment:%d %B %Y}. "
        f"{settings.SITE_URL}/?as_of={as_of.position}"
    )


def package(as_of: AsOf, resources: Iterable[Resource]) -> dict[str, Any]:
    """datapackage.json."""
    assert as_of.moment
    licence = _licence()
    return {
        "profile": "data-package",
        "name": "aichina-tracker",
        "title": TITLE,
        "description": TEXT,
        "version": str(as_of.position),
        "created": rfc3339(as_of.moment),
        "homepage": settings.SITE_URL,
        **({"licenses": [licence]} if licence else {}),
        "sources": [{"title": TITLE, "path": f"{settings.SITE_URL}/api/v1/"}],
        "contributors": [{"title": TITLE, "path": settings.SITE_URL, "role": "publisher"}],
        "citation": citation(as_of),
        "position": as_of.position,
        "moment": rfc3339(as_of.moment),
        "cursor": cursor_at(as_of.position),
        "resources": [_resource(resource) for resource in resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    ending = resource.path.rpartition(".")[2]
    return {
        "profile": "tabular-data-resource" if resource.is_table else "data-resource",
        "name": resource.name,
        "path": resource.path,
        "title": resource.table.text,
        "format": ending,
        "mediatype": MEDIA[ending],
        "encoding": "utf-8",
        "bytes": resource.file.size,
        "hash": f"sha256:{resource.file.sha256}",
        **({"dialect": DIALECT} if resource.is_table else {}),
        "schema": resource.table.schema(),
    }


def _licence() -> dict[str, str]:
    """The licence of the content: by its name (SPDX), its address, or both."""
    given = {"name": settings.CONTENT_LICENCE, "path": settings.CONTENT_LICENCE_URL}
    return {key: text for key, text in given.items() if text}


def readme(as_of: AsOf, resources: Iterable[Resource]) -> str:
    """For whoever finds the files in ten years."""
    assert as_of.moment
    return README.format(
        title=TITLE,
        text=TEXT,
        position=as_of.position,
        moment=f"{as_of.moment:%d %B %Y, %H:%M:%S} UTC",
        files="".join(f"- `{resource.path}`: {resource.table.text}\n" for resource in resources),
        cursor=cursor_at(as_of.position),
        site=settings.SITE_URL,
        citation=citation(as_of),
        licence=" ".join(_licence().values()) or NO_LICENCE,
    )


def citation_file(as_of: AsOf) -> str:
    """CITATION.cff; its values are JSON, which is YAML too."""
    assert as_of.moment
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them.",
        "type": "dataset",
        "title": TITLE,
        "authors": [{"name": TITLE, "website": settings.SITE_URL}],
        "version": str(as_of.position),
        "date-released": as_of.moment.date().isoformat(),
        "url": f"{settings.SITE_URL}/?as_of={as_of.position}",
    }
    if settings.CONTENT_LICENCE:
        values["license"] = settings.CONTENT_LICENCE
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
