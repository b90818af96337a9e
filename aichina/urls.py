"""Every address of the tracker. Who may do what there: routes.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path

from aichina.api import OpenAPI, index
from aichina.health import healthz, readyz
from editorial.api import not_found
from timeline.api import Entries, OneEntry

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/v1/", index, name="api"),
    path("api/v1/openapi.json", OpenAPI.as_view(), name="openapi"),
    path("api/v1/entries/", Entries.as_view(), name="entries"),
    path("api/v1/entries/<str:key>/", OneEntry.as_view(), name="entry"),
    re_path("^api/", not_found),
    path("", include("website.urls")),
]
