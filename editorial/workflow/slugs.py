"""Slugs: the readable part of a document's address."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 100
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def slugify(title: str) -> str:
    """A slug from a title; empty where the title has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", title.replace("'", "").replace("’", ""))
    ascii_text = plain.encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    if len(words) <= MAX_LENGTH:
        return words
    return words[: MAX_LENGTH + 1].rsplit("-", 1)[0][:MAX_LENGTH].strip("-")


def slug_problem(slug: str) -> str | None:
    """Why this is no slug, in one sentence; None if it is one."""
    if len(slug) > MAX_LENGTH:
        return f"An address has {MAX_LENGTH} characters at most; this one has {len(slug)}."
    if not _SLUG.fullmatch(slug):
        return f"“{slug}” is no address: use small letters, digits and single hyphens, as in “china-signs-declaration”."
    if _UUID.fullmatch(slug):
        return "An address must not look like an identifier; use words."
    return None
