"""Every address of the tracker. Who may do what there: routes.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from actors.api import ActorEdition, ActorEditions, Actors, OneActor
from aichina.api import OpenAPI, index
from aichina.health import healthz, readyz
from metrics.api import ObservationsTable, OneSeries, SeriesEdition, SeriesEditions, SeriesList
from pages.api import (
    Categories,
    CategoryEdition,
    CategoryEditions,
    OneCategory,
    OnePage,
    PageEdition,
    PageEditions,
    Pages,
)
from syndication.api import Changes
from syndication.documentation import documentation
from syndication.front import FrontEdition, FrontEditions, Fronts, OneFront
from syndication.packages.api import OnePackage, Packages
from syndication.packages.download import download
from syndication.webhooks.api import OneWebhook, Replay, Rotation, Trial, Webhooks
from timeline.api import Entries, EntryEdition, EntryEditions, OneEntry

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/v1/", index, name="api"),
    path("api/v1/docs/", documentation, name="api-docs"),
    path("api/v1/openapi.json", OpenAPI.as_view(), name="openapi"),
    path("api/v1/entries/", Entries.as_view(), name="entries"),
    path("api/v1/entries/<str:key>/", OneEntry.as_view(), name="entry"),
    path("api/v1/entries/<str:key>/editions/", EntryEditions.as_view(), name="entry-editions"),
    path("api/v1/entries/<str:key>/editions/<int:number>/", EntryEdition.as_view(), name="entry-edition"),
    path("api/v1/actors/", Actors.as_view(), name="actors"),
    path("api/v1/actors/<str:key>/", OneActor.as_view(), name="actor"),
    path("api/v1/actors/<str:key>/editions/", ActorEditions.as_view(), name="actor-editions"),
    path("api/v1/actors/<str:key>/editions/<int:number>/", ActorEdition.as_view(), name="actor-edition"),
    path("api/v1/series/", SeriesList.as_view(), name="series"),
    path("api/v1/series/<str:key>/", OneSeries.as_view(), name="one-series"),
    path("api/v1/series/<str:key>/editions/", SeriesEditions.as_view(), name="series-editions"),
    path("api/v1/series/<str:key>/editions/<int:number>/", SeriesEdition.as_view(), name="series-edition"),
    path("api/v1/series/<str:key>/observations.csv", ObservationsTable.as_view(), name="observations"),
    path("api/v1/pages/", Pages.as_view(), name="pages"),
    path("api/v1/pages/<str:key>/", OnePage.as_view(), name="page"),
    path("api/v1/pages/<str:key>/editions/", PageEditions.as_view(), name="page-editions"),
    path("api/v1/pages/<str:key>/editions/<int:number>/", PageEdition.as_view(), name="page-edition"),
    path("api/v1/categories/", Categories.as_view(), name="categories"),
    path("api/v1/categories/<str:key>/", OneCategory.as_view(), name="category"),
    path("api/v1/categories/<str:key>/editions/", CategoryEditions.as_view(), name="category-editions"),
    path(
        "api/v1/categories/<str:key>/editions/<int:number>/",
        CategoryEdition.as_view(),
        name="category-edition",
    ),
    path("api/v1/front/", Fronts.as_view(), name="front"),
    path("api/v1/front/<str:key>/", OneFront.as_view(), name="one-front"),
    path("api/v1/front/<str:key>/editions/", FrontEditions.as_view(), name="front-editions"),
    path("api/v1/front/<str:key>/editions/<int:number>/", FrontEdition.as_view(), name="front-edition"),
    path("api/v1/changes/", Changes.as_view(), name="changes"),
    path("feeds/", include("syndication.feeds.urls")),
    path("api/v1/packages/", Packages.as_view(), name="packages"),
    path("api/v1/packages/<int:position>/", OnePackage.as_view(), name="package"),
    path("packages/aichina-<int:position>.zip", download, name="package-file"),
    path("api/v1/webhooks/", Webhooks.as_view(), name="webhooks"),
    path("api/v1/webhooks/<uuid:webhook>/", OneWebhook.as_view(), name="webhook"),
    path("api/v1/webhooks/<uuid:webhook>/rotate/", Rotation.as_view(), name="webhook-rotation"),
    path("api/v1/webhooks/<uuid:webhook>/replay/", Replay.as_view(), name="webhook-replay"),
    path("api/v1/webhooks/<uuid:webhook>/test/", Trial.as_view(), name="webhook-test"),
    path("", include("website.urls")),
]

handler400 = "aichina.errors.bad_request"
handler403 = "aichina.errors.permission_denied"
handler404 = "aichina.errors.page_not_found"
handler500 = "aichina.errors.server_error"
