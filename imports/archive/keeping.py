"""What stands at an address at a moment: asked for through the one door, read to text, kept as a snapshot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from imports.archive import warc
from imports.models import Address, Snapshot
from imports.parsing.charset import decoded
from imports.parsing.item import MAX_TEXT, paragraphs
from imports.reading import page
from outbound import client, sandbox

# Reports may be large files.
LIMITS = client.Limits(received=30_000_000, unfolded=60_000_000, whole=60.0)
# Bytes of a plain text that are read, as many as its longest text may need.
MOST_READ = 4 * MAX_TEXT


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer, with its text; ``digest`` is of the text, or of the bytes where there is none."""

    answer: client.Answer
    at: datetime
    text: str
    digest: str

    @property
    def found(self) -> bool:
        return 200 <= self.answer.status < 300


def look(address: str, at: datetime) -> Taken:
    """What stands there. Raises client.Failed."""
    answer = client.fetch(address, limits=LIMITS)
    text = _text(answer) if 200 <= answer.status < 300 else ""
    digest = hashlib.sha256(text.encode() if text else answer.content).hexdigest()
    return Taken(answer, at, text, digest)


def _text(answer: client.Answer) -> str:
    """Empty for a file that is no text, and for a page that cannot be read."""
    content_type = answer.headers.get("content-type", "").lower()
    if is_page(content_type):
        try:
            return page(answer.content, address=answer.address, content_type=content_type)
        except (sandbox.Unreadable, sandbox.Ended):
            return ""
    if content_type.startswith("text/"):
        return paragraphs(decoded(answer.content[:MOST_READ], content_type))
    return ""


def is_page(content_type: str) -> bool:
    """Whether this is a web page; what says nothing of itself is one."""
    return not content_type or "html" in content_type.lower()


def snapshot(address: Address, taken: Taken) -> Snapshot:
    """Keep the file, and return its row, not saved: a crash in between leaves a file that nothing names.

    Raises OSError.
    """
    answer, content = taken.answer, warc.written(address.address, taken.answer, taken.at)
    return Snapshot(
        address=address, taken_at=taken.at, status=answer.status, final_address=answer.address,
        content_type=answer.headers.get("content-type", "")[:200], digest=taken.digest, text=taken.text,
        file=warc.keep(content, taken.at), size=len(content),
    )  # fmt: skip
