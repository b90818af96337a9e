"""The public pages."""

from django.urls import path

from website import views

app_name = "website"
urlpatterns = [
    path("", views.timeline, {"front": True}, name="front"),
    path("timeline/", views.timeline, name="timeline"),
    path("timeline/<slug:slug>/", views.entry, name="entry"),
]
