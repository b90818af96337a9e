"""The base of every type's API: over editions alone, as of a public position, with problems that name the parameter."""

from editorial.api.description import detailed, edition, editions, listed, tabled
from editorial.api.filters import EditionFilters
from editorial.api.history import EditionsList, OneEdition
from editorial.api.lists import ListView
from editorial.api.problems import handle_exception, problem
from editorial.api.references import references
from editorial.api.selection import Selection
from editorial.api.shapes import (
    TEXT,
    AsOfSerializer,
    EditionSerializer,
    ReferenceSerializer,
    SourceSerializer,
)
from editorial.api.views import Asked, DetailView, document_of, public_document, referred

__all__ = [
    "TEXT",
    "AsOfSerializer",
    "Asked",
    "DetailView",
    "EditionFilters",
    "EditionSerializer",
    "EditionsList",
    "ListView",
    "OneEdition",
    "ReferenceSerializer",
    "Selection",
    "SourceSerializer",
    "detailed",
    "document_of",
    "edition",
    "editions",
    "handle_exception",
    "listed",
    "problem",
    "public_document",
    "references",
    "referred",
    "tabled",
]
