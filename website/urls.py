"""The public pages."""

from django.urls import path

from website.views import actors, front, pages, series, timeline

app_name = "website"
urlpatterns = [
    path("", front.front, name="front"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/<slug:slug>/", timeline.entry, name="entry"),
    path("pages/<slug:slug>/", pages.page, name="page"),
    path("actors/", actors.index, name="actors"),
    path("actors/<slug:slug>/", actors.actor, name="actor"),
    path("series/", series.index, name="series-index"),
    path("series/<slug:slug>/", series.series, name="series"),
    path("series/<slug:slug>/chart.svg", series.chart_svg, name="chart-svg"),
    path("series/<slug:slug>/chart-dark.svg", series.chart_dark, name="chart-dark"),
    path("series/<slug:slug>/chart.png", series.chart_png, name="chart-png"),
    path("series/<slug:slug>/archive.zip", series.archive_zip, name="archive"),
]
