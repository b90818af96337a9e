from benchmarks.peers.common import *  # noqa: F403

INSTALLED_APPS = [
    "benchmarks.peers.wagtailed", "wagtail", "wagtail.api.v2", "wagtail.search", "wagtail.sites", "wagtail.users",
    "wagtail.images", "wagtail.documents", "wagtail.admin", "modelcluster", "taggit", "rest_framework",
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.postgres",
]  # fmt: skip
ROOT_URLCONF = "benchmarks.peers.wagtailed.urls"
WAGTAIL_SITE_NAME = "Benchmark"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
