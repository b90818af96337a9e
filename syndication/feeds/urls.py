"""Where the feeds are."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from syndication.feeds.formats import MEDIA
from syndication.feeds.views import KINDS, ActorFeed, CategoryFeed, CorrectionsFeed, TimelineFeed, TrackerFeed


class Form(StringConverter):
    regex = "|".join(name.replace(".", r"\.") for name in MEDIA)


class FeedKind(StringConverter):
    regex = "|".join(KINDS)


register_converter(Form, "form")
register_converter(FeedKind, "feed_kind")

app_name = "feeds"
urlpatterns = [
    path("<form:form>", TrackerFeed.as_view(), name="tracker"),
    path("<feed_kind:kind>/<form:form>", TrackerFeed.as_view(), name="kind"),
    path("timeline/<form:form>", TimelineFeed.as_view(), name="timeline"),
    path("corrections/<form:form>", CorrectionsFeed.as_view(), name="corrections"),
    path("category/<str:key>/<form:form>", CategoryFeed.as_view(), name="category"),
    path("actor/<str:key>/<form:form>", ActorFeed.as_view(), name="actor"),
]
