from benchmarks.peers.common import *  # noqa: F403
from benchmarks.peers.common import REST_FRAMEWORK

INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.postgres", "rest_framework", "django_filters",
    "benchmarks.peers.plain",
]  # fmt: skip
ROOT_URLCONF = "benchmarks.peers.plain.urls"
REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 20,
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend", "rest_framework.filters.SearchFilter",
    ],
}  # fmt: skip
