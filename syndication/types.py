"""The types of documents that are public: where each is read, and as what."""

from __future__ import annotations

from actors.api import OneActor
from editorial.api import DetailView
from metrics.api import OneSeries
from pages.api import OneCategory, OnePage
from syndication.front import OneFront
from timeline.api import OneEntry

# The name of each type's address, by the type.
ROUTES = {
    "actor": "actor",
    "category": "category",
    "entry": "entry",
    "front": "one-front",
    "page": "page",
    "series": "one-series",
}
VIEWS: dict[str, type[DetailView]] = {
    view.TYPE: view for view in (OneActor, OneCategory, OneEntry, OneFront, OnePage, OneSeries)
}
TYPES = sorted(VIEWS)
