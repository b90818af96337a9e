"""The base of every type's API: over editions alone, as of a public position, with problems that name the parameter."""

from editorial.api.problems import handle_exception, problem
from editorial.api.shapes import (
    AS_OF,
    TEXT,
    AsOfSerializer,
    EditionSerializer,
    ReferenceSerializer,
    SourceSerializer,
    detail_responses,
    listed,
    references,
)
from editorial.api.views import DetailView, EditionFilters, ListView, document_of

__all__ = [
    "AS_OF",
    "TEXT",
    "AsOfSerializer",
    "DetailView",
    "EditionFilters",
    "EditionSerializer",
    "ListView",
    "ReferenceSerializer",
    "SourceSerializer",
    "detail_responses",
    "document_of",
    "handle_exception",
    "listed",
    "problem",
    "references",
]
