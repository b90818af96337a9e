"""A vintage as one file: its figures as CSV and JSON, its chart, and a README that says what they are."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from editorial.reading import AsOf
from metrics.api import table
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, observations
from metrics.observations import COLUMNS

README = """{title}
{underline}

{definition}

Unit: {unit}
Of: {geography}
Frequency: {frequency}
{sources}Licence of the source: {licence}
Next expected update: {next_update}

This is vintage {number}, published on {moment:%d %B %Y, %H:%M} UTC ({significance}): {note}
It is what the tracker showed at its public position {position}. To cite it, name the series, the vintage and the
position; /series/{slug}/?as_of={position} shows it for good.

Files
  observations.csv  one row for each period: {columns}
                    UTF-8. `period` is EDTF (2024-33 is the first quarter); `value` is exact; an empty one is missing.
                    A final figure says no status. A text that begins with =, +, - or @ has an apostrophe before it.
  series.json       the same with everything that is known of the series
{chart}"""
CHART = "  chart.svg, chart.png  the chart of this vintage\n"
NO_CHART = "There was no chart when this file was made.\n"


def archive(row: Series, drawing: Drawing | None, as_of: AsOf) -> bytes:
    """The zip: always the same bytes for the same vintage, drawing and position."""
    files: dict[str, str | bytes] = {
        "README.txt": readme(row, drawing, as_of),
        "observations.csv": table(row),
        "series.json": json.dumps(described(row, as_of), ensure_ascii=False, indent=2),
    }
    if drawing and drawing.svg:
        files |= {"chart.svg": drawing.svg, "chart.png": bytes(drawing.png)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{row.slug}/{name}", date_time=row.moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return packed.getvalue()


def readme(row: Series, drawing: Drawing | None, as_of: AsOf) -> str:
    """What the files are, for whoever finds them in ten years."""
    sources = "".join(f"Source: {_cited(source)}\n" for source in row.sources) or "Source wanted.\n"
    return README.format(
        title=row.title,
        underline="=" * len(row.title),
        definition=row.definition,
        unit=row.unit,
        geography=row.geography or "not said",
        frequency=row.get_frequency_display(),
        sources=sources,
        licence=row.licence or "not known",
        next_update=row.next_update.shown if row.next_update else "not known",
        number=row.number,
        moment=row.moment,
        significance=row.significance,
        note=row.note,
        position=as_of.position,
        slug=row.slug,
        columns=", ".join(COLUMNS),
        chart=CHART if drawing and drawing.svg else NO_CHART,
    )


def _cited(source: Any) -> str:
    return ", ".join(part for part in source.data().values() if part)


def described(row: Series, as_of: AsOf) -> dict[str, Any]:
    """All that is known of the vintage, as JSON values."""
    content = {
        name: getattr(row, name) for name in row.FIELDS if name not in ("sources", "beside", "next_update")
    }
    return {
        "id": str(row.document),
        "slug": row.slug,
        "as_of": {"position": as_of.position, "moment": as_of.moment.isoformat() if as_of.moment else None},
        "vintage": {
            "edition": row.number,
            "position": row.position,
            "moment": row.moment.isoformat(),
            "significance": row.significance,
            "note": row.note,
        },
        **content,
        "beside": [str(key) for key in row.beside],
        "next_update": str(row.next_update) if row.next_update else None,
        "sources": [source.data() for source in row.sources],
        "observations": [item.data() for item in observations([row.position])[row.position]],
    }
