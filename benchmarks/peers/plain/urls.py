"""The API: serializers with nested ones, a viewset that prefetches, a router."""

from __future__ import annotations

from typing import Any

from rest_framework import routers, serializers, viewsets

from benchmarks.peers.plain.models import Actor, Category, Entry, Involved
from editorial.markdown import _render


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "slug", "title")


class ActorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Actor
        fields = ("id", "slug", "title")


class InvolvedSerializer(serializers.ModelSerializer):
    actor = ActorSerializer()

    class Meta:
        model = Involved
        fields = ("actor", "role")


class RelatedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = ("id", "slug", "title")


class EntrySerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="entry-detail")
    body_html = serializers.SerializerMethodField()
    categories = CategorySerializer(many=True)
    involved = InvolvedSerializer(many=True)
    related = RelatedSerializer(many=True)

    class Meta:
        model = Entry
        fields = (
            "id", "slug", "url", "kind", "title", "summary", "body", "body_html", "date", "date_shown", "earliest",
            "latest", "date_kind", "basis", "sources", "note", "significance", "first_published_at", "updated_at",
            "categories", "involved", "related",
        )  # fmt: skip

    def get_body_html(self, row: Entry) -> Any:
        return _render(row.body, None)


class Entries(viewsets.ModelViewSet):
    queryset = Entry.objects.prefetch_related("categories", "involved__actor", "related")
    serializer_class = EntrySerializer
    filterset_fields = ("kind", "categories")
    search_fields = ("title", "summary", "body", "basis")


router = routers.SimpleRouter()
router.register("entries", Entries)
urlpatterns = router.urls
