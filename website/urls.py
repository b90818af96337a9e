"""The public pages."""

from django.urls import path

from website.views import actors, pages, timeline

app_name = "website"
urlpatterns = [
    path("", timeline.timeline, {"front": True}, name="front"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/<slug:slug>/", timeline.entry, name="entry"),
    path("pages/<slug:slug>/", pages.page, name="page"),
    path("actors/", actors.index, name="actors"),
    path("actors/<slug:slug>/", actors.actor, name="actor"),
]
