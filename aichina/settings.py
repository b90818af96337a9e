"""Settings, all from the environment, and safe when nothing is set: docs/operations.md lists them.

AICHINA_ENV is `production` unless the local run or the tests say otherwise.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path
from typing import Any, NoReturn

import environ

from aichina import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

LOCAL = env.str("AICHINA_ENV", "production") in ("local", "test")
DEBUG = False


def refuse(sentence: str) -> NoReturn:
    """End the process, whichever it is, with a sentence for who started it and no traceback."""
    sys.exit(sentence)


def given(name: str) -> str:
    """A setting, from the variable or from the file that NAME_FILE names; empty where there is none."""
    try:
        value: str = env.str(name, "")
    except OSError as error:
        refuse(f"{name}_FILE names a file that cannot be read: {error.strerror}.")
    return value.strip()


def required(name: str, how: str) -> str:
    """A setting without a default."""
    return given(name) or refuse(f"{name} is not set: {how} For a local run, `make run` sets everything.")


def secret_key() -> str:
    """The key that signs sessions and forms."""
    return strong(
        "SECRET_KEY", required("SECRET_KEY", "give 50 random characters or more, kept out of the code.")
    )


def strong(name: str, key: str) -> str:
    """A secret of at least 50 characters, of which 10 differ, and that does not repeat itself."""
    repeats = key in (key + key)[1:-1]
    if len(key) < 50 or len(set(key)) < 10 or repeats or key.startswith("django-insecure"):
        refuse(f"{name} is weak: give 50 random characters or more.")
    return key


def database(name: str, url: str) -> dict[str, Any]:
    """A connection in READ COMMITTED that is checked before it is used again, and never waits without end."""
    try:
        parsed = environ.Env.db_url_config(url)
    except (ValueError, KeyError):
        parsed = {}
    if "postgresql" not in parsed.get("ENGINE", "") or not parsed.get("NAME"):
        refuse(
            f"{name} is no address of a PostgreSQL database (postgres://role:password@host:port/database)."
        )
    options = {"connect_timeout": 5, "application_name": "aichina", **parsed.pop("OPTIONS", {})}
    return {
        **parsed,
        "ENGINE": "aichina.postgresql",
        "CONN_MAX_AGE": 3600,  # a new one costs a reader as much as ten answers
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def redis(name: str, how: str) -> str:
    """The address of a Redis or Valkey."""
    url = required(name, how)
    if not url.startswith(("redis://", "rediss://", "unix://")):
        refuse(f"{name} is no address of a Redis or Valkey (redis://:password@host:port/0).")
    return url


def switch(name: str, default: bool) -> bool:
    """A setting that is on or off; a word that is neither must not be taken for one of them."""
    word = given(name).lower() or ("on" if default else "off")
    if word not in ("on", "off", "true", "false", "yes", "no", "1", "0"):
        refuse(f"{name} is “{word}”: write on or off.")
    return word in ("on", "true", "yes", "1")


def seconds(name: str, default: float) -> float:
    """A setting that is a number of seconds."""
    text = given(name) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        refuse(f"{name} is “{text}”: write a number of seconds.")
    return number


def whole(name: str, default: int, most: int = 999_999_999) -> int:
    """A setting that is a whole number, from 0 to ``most``."""
    text = given(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        refuse(f"{name} is “{text}”: write a whole number, from 0 to {most}.")
    return int(text)


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = [
    strong("SECRET_KEY_FALLBACKS", key) for key in env.list("SECRET_KEY_FALLBACKS", default=[])
]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if LOCAL else env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS is not set: name the hosts that readers use, separated by commas.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# `default` is the application's role, which may append to the log and not change it; `owner` migrates, rebuilds and
# erases. A web or worker process needs no owner.
DATABASES = {
    "default": database(
        "DATABASE_URL", required("DATABASE_URL", "give the address of the application's role.")
    )
}
if given("DATABASE_OWNER_URL"):
    DATABASES["owner"] = database("DATABASE_OWNER_URL", given("DATABASE_OWNER_URL"))
# A request that hangs in the database ends; commands of the owner may take their time.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c statement_timeout=30s")

REDIS_URL = redis("REDIS_URL", "give the address of the broker, a Redis or Valkey that evicts nothing.")
CACHE_URL = redis("CACHE_URL", "give the address of the cache, another Redis or Valkey.")

INSTALLED_APPS = [
    "aichina",
    "imports",
    "syndication",
    "website",
    "timeline",
    "actors",
    "metrics",
    "pages",
    "editorial",
    "ledger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
]

MIDDLEWARE = [
    "aichina.middleware.security_headers",
    "aichina.middleware.cross_origin",
    "aichina.middleware.utf8_alone",
    "aichina.middleware.measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aichina.middleware.Sessions",
    "aichina.middleware.Slashes",
    # Before the token is asked for: what there is not is a 404 or a 405, whoever asks.
    "aichina.middleware.DeclaredRoutes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "aichina.middleware.SignedIn",
    "aichina.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "aichina.middleware.compressed",
]

ROOT_URLCONF = "aichina.urls"
WSGI_APPLICATION = "aichina.wsgi.application"
AUTH_USER_MODEL = "editorial.User"
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "aichina.errors.csrf_failure"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
APPEND_SLASH = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "var" / "static")
# On loopback nothing is won by compressing, and each start would wait for it.
_storage = (
    "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    if LOCAL
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {"staticfiles": {"BACKEND": _storage}}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# A local run speaks plain HTTP on loopback.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
if switch("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# More than any one field may hold, so that the form itself can say which.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_HANDLERS = ["editorial.uploads.BoundedUpload"]

# Where readers find the tracker, for whatever is made without a request of theirs: webhooks, packages.
SITE_URL = given("SITE_URL").rstrip("/") or (
    f"http://127.0.0.1:{env.str('PORT', '8000')}" if LOCAL else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
)

# How often one may ask in a minute without a key, from one address, and with one; a local run is one's own.
API_LIMIT_ADDRESS = whole("API_LIMIT_ADDRESS", 60_000 if LOCAL else 3_000)
API_LIMIT_KEY = whole("API_LIMIT_KEY", 60_000 if LOCAL else 30_000)
# How many sign-ins may fail in five minutes: for one account from one address, and from one address in all.
SIGN_IN_LIMIT_ACCOUNT = whole("SIGN_IN_LIMIT_ACCOUNT", 10)
SIGN_IN_LIMIT_ADDRESS = whole("SIGN_IN_LIMIT_ADDRESS", 100)
# How many proxies of our own stand in front, each of which says in X-Forwarded-For whom it saw.
TRUSTED_PROXIES = whole("TRUSTED_PROXIES", 0)

# As in gunicorn.conf.py. So many of a web process's threads may wait for the next change; the others answer meanwhile.
WEB_THREADS = whole("WEB_THREADS", 16, 1000)
STREAMS_PER_PROCESS = whole("STREAMS_PER_PROCESS", WEB_THREADS // 2, max(WEB_THREADS - 1, 0))

EDITORIAL_FOUR_EYES = switch("EDITORIAL_FOUR_EYES", True)

# Addresses (“127.0.0.1:8123”) that may be fetched from although they are not on the public internet.
OUTBOUND_ALLOWED: list[str] = env.list("OUTBOUND_ALLOWED", default=[])
if OUTBOUND_ALLOWED and not LOCAL:
    refuse(
        "OUTBOUND_ALLOWED is set: it opens this machine’s own network, and is for local runs and tests alone."
    )
# A web address or an e-mail address that tells those whom the tracker fetches from who it is.
OUTBOUND_CONTACT = given("OUTBOUND_CONTACT")

# Whether what published documents cite is fetched and kept, and where. A local run leaves the world alone.
ARCHIVE_SOURCES = switch("ARCHIVE_SOURCES", not LOCAL)
ARCHIVE_ROOT = env.path("ARCHIVE_ROOT", default=BASE_DIR / "var" / "archive")

# A fetch that is not renewed for so long is taken for dead, and its source is due again; longer than any one step of a
# fetch (30 seconds of network). A message about a due source that reached no importer by then is sent again.
IMPORT_LEASE_SECONDS = seconds("IMPORT_LEASE_SECONDS", 90.0)
IMPORT_QUEUED_SECONDS = seconds("IMPORT_QUEUED_SECONDS", 60.0)

# Under which licence the tracker gives its texts: a name (SPDX), and an address. The opening content has one; who
# publishes texts of their own says which.
CONTENT_LICENCE = given("CONTENT_LICENCE") or ("CC-BY-4.0" if LOCAL else "")
CONTENT_LICENCE_URL = given("CONTENT_LICENCE_URL") or (
    "https://creativecommons.org/licenses/by/4.0/" if CONTENT_LICENCE == "CC-BY-4.0" else ""
)
# Packages of everything public: where they are, from which hour (UTC) on each day's is made (24: none), and how many
# are kept of the nightly ones, and of those that somebody asked for.
PACKAGES_ROOT = Path(given("PACKAGES_ROOT") or BASE_DIR / "var" / "packages")
PACKAGES_HOUR = whole("PACKAGES_HOUR", 3)
PACKAGES_KEPT = whole("PACKAGES_KEPT", 30)
# A delivery that is not renewed for so long is taken for dead, and done again; longer than any one may take (15
# seconds). A message about a webhook that is due is sent again when it has reached no worker by then.
WEBHOOK_LEASE_SECONDS = seconds("WEBHOOK_LEASE_SECONDS", 60.0)
WEBHOOK_QUEUED_SECONDS = seconds("WEBHOOK_QUEUED_SECONDS", 60.0)


def build() -> str:
    """Names this version of code and templates: part of every validator."""
    digest = hashlib.sha256()
    for folder in (
        "actors",
        "aichina",
        "editorial",
        "edtf",
        "imports",
        "ledger",
        "metrics",
        "outbound",
        "pages",
        "syndication",
        "timeline",
        "website",
        "templates",
        "static",
    ):
        for path in sorted((BASE_DIR / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".sql"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


BUILD = env.str("AICHINA_BUILD", "") or build()

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "editorial.api.handle_exception",
    "DEFAULT_PARSER_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AI in China tracker",
    "DESCRIPTION": "What is public, as of any moment, and all that became so. The guide is at `/api/v1/docs/`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "editorial.api.description.headers",
        "aichina.api.announce",
    ],
    "WEBHOOKS": ["syndication.webhooks.messages.CHANGE", "syndication.webhooks.messages.PING"],
    "APPEND_COMPONENTS": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "ENUM_NAME_OVERRIDES": {
        "EntryKind": "timeline.models.content.Kind",
        "ActorKind": "actors.models.content.Kind",
        "ChangeTypeEnum": "syndication.types.TYPES",
        "WebhookState": "syndication.models.webhook.State",
        "WebhookStateChange": "syndication.webhooks.shapes.STATES",
    },
}

# Nothing that must happen rests on the broker: it is a row, and a task finds it. Every wait is bounded, so that a
# broker that is frozen hangs nobody.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)  # as Celery spells it
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
# What waits for the internet, or takes minutes, has workers of its own, so that nothing else waits with it.
CELERY_TASK_ROUTES = {
    **{
        name: {"queue": "imports"}
        for name in ("imports.fetch", "imports.archive", "syndication.make_packages")
    },
    "syndication.deliver": {"queue": "webhooks"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", str(BASE_DIR / "var" / "beat-schedule"))
# Messages expire by the worker's clock, which may be wrong by minutes; they do so that a broker whose worker is gone
# does not fill up.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds(f"{variable}_SECONDS", every), "options": {"expires": 3600}}
    for name, task, variable, every in (
        ("publish what is due", "editorial.publish_due", "PUBLISH_DUE", 10.0),
        ("draw charts", "metrics.draw", "DRAW_CHARTS", 5.0),
        ("draw what was missed", "metrics.sweep", "SWEEP_CHARTS", 300.0),
        ("fetch what is due", "imports.due", "FETCH_DUE", 5.0),
        ("settle the inbox", "imports.settle", "SETTLE_INBOX", 10.0),
        ("forget old fetches", "imports.tidy", "TIDY_IMPORTS", 3600.0),
        ("know what is cited", "imports.cite", "CITE", 10.0),
        ("know what was missed", "imports.cite_all", "CITE_ALL", 3600.0),
        ("check what is cited", "imports.archive", "ARCHIVE", 20.0),
        ("see to the packages", "syndication.sweep_packages", "SWEEP_PACKAGES", 10.0),
        ("send what is due", "syndication.due", "SEND_DUE", 5.0),
        ("heartbeat", "aichina.heartbeat", "HEARTBEAT", 5.0),
        ("audit the log", "aichina.audit", "AUDIT", 30.0),
    )
}
# /readyz is red when the last heartbeat is older than this.
HEARTBEAT_MAX_AGE = seconds("HEARTBEAT_MAX_AGE", 30.0)

LOGGING_CONFIG = None
LOG_LEVEL = given("LOG_LEVEL").upper() or "INFO"
if LOG_LEVEL not in logging.getLevelNamesMapping():
    refuse(f"LOG_LEVEL is “{LOG_LEVEL}”: write DEBUG, INFO, WARNING or ERROR.")
logs.configure(local=LOCAL, level=LOG_LEVEL)
