"""Settings: nothing that is missing, weak or unfit gets past the start, and each refusal is a sentence."""

from __future__ import annotations

import os
import secrets
import string
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import BASE_DIR, addresses

MANAGE = [sys.executable, "manage.py"]
PROGRAMS = {
    "manage": [*MANAGE, "check"],
    "web": [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--log-level", "warning"],
    "worker": [sys.executable, "-m", "celery", "-A", "aichina.celery", "worker", "--pool=solo"],
    "beat": [sys.executable, "-m", "celery", "-A", "aichina.celery", "beat", "--pidfile="],
}
SHOW = "from django.conf import settings as s; print({expression})"


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a well configured process in production, and nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "AICHINA_VAR": str(tmp_path / "var"),
        "BEAT_SCHEDULE_FILE": str(tmp_path / "beat-schedule"),
        "PORT": "0",
        "DJANGO_SETTINGS_MODULE": "aichina.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "tracker.example.org",
        **{name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL")},
    }


def run(argv: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def refusal(argv: list[str], environment: dict[str, str]) -> str:
    """The sentence with which the program refuses to start; a greeting may come before it."""
    done = run(argv, environment)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1].removeprefix("CommandError: ")


def shown(expression: str, environment: dict[str, str]) -> str:
    done = run([sys.executable, "-c", SHOW.format(expression=expression)], environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "CACHE_URL"])
def test_what_has_no_safe_default_must_be_given(production: dict[str, str], name: str) -> None:
    del production[name]
    assert refusal(PROGRAMS["manage"], production).startswith(f"{name} is not set: ")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_refuses_in_one_sentence(production: dict[str, str], program: str) -> None:
    del production["SECRET_KEY"]
    assert refusal(PROGRAMS[program], production).startswith("SECRET_KEY is not set: ")


@pytest.mark.parametrize(
    "key", ["short", "a" * 80, "abcdefghi" * 9, "django-insecure-" + string.ascii_letters]
)
def test_a_secret_that_can_be_guessed_is_refused(production: dict[str, str], key: str) -> None:
    said = refusal(PROGRAMS["manage"], {**production, "SECRET_KEY": key})
    assert said.startswith("SECRET_KEY is weak: ")
    assert key not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///tracker.db"),
        ("DATABASE_URL", "postgres://app:word@127.0.0.1"),
        ("DATABASE_URL", "postgres://app:word@127.0.0.1:port/aichina"),
        ("DATABASE_OWNER_URL", "postgres://"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("CACHE_URL", "memcached://127.0.0.1:11211"),
    ],
)
def test_half_an_address_is_refused(production: dict[str, str], name: str, value: str) -> None:
    said = refusal(PROGRAMS["manage"], {**production, name: value})
    assert said.startswith(f"{name} is no address of a ")
    assert "word@" not in said.replace("password@", "")


def test_a_command_never_mixes_given_servers_with_those_of_a_local_run(
    production: dict[str, str], tmp_path: Path
) -> None:
    """A folder of a local run lies there; whoever names a server, or production, gets nothing from it."""
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "environment.json").write_text(
        '{"secrets": {"django": "%s"}, "ports": {"postgres": 1, "broker": 2, "cache": 3}}' % ("x1y2z3" * 20)
    )
    given = {"PATH": os.environ["PATH"], "AICHINA_VAR": str(folder)}
    assert refusal(PROGRAMS["manage"], {**given, "AICHINA_ENV": "production"}).startswith("SECRET_KEY is not")
    del production["DATABASE_URL"]
    assert refusal(PROGRAMS["manage"], production).startswith("DATABASE_URL is not set: ")


@pytest.mark.parametrize("lacking", ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL"])
def test_a_local_run_takes_all_four_servers_or_none(production: dict[str, str], lacking: str) -> None:
    production["DATABASE_OWNER_URL"] = os.environ["DATABASE_OWNER_URL"]
    del production[lacking]
    said = refusal([sys.executable, "-m", "aichina.local"], {**production, "PORT": "8000"})
    assert said == f"Some servers are given, but not {lacking}: set all four addresses, or none."


@pytest.mark.parametrize("program", ["web", "worker", "beat"])
def test_nothing_works_as_the_owner_of_the_log(
    production: dict[str, str], program: str, committed_db: str
) -> None:
    production["DATABASE_URL"] = addresses(committed_db)["DATABASE_OWNER_URL"]
    assert "owns the event log" in refusal(PROGRAMS[program], production)
    assert refusal([*MANAGE, "check_servers"], production).startswith("DATABASE_URL: the role “owner” owns")


@pytest.mark.parametrize("program", ["web", "worker", "beat"])
def test_a_broker_that_may_throw_work_away_is_refused(production: dict[str, str], program: str) -> None:
    production["REDIS_URL"] = os.environ["CACHE_URL"]
    said = refusal(PROGRAMS[program], production)
    assert said.startswith(
        "REDIS_URL: this server may throw queued work away (maxmemory-policy is “allkeys-lru”)"
    )


def test_a_broker_that_is_away_keeps_nobody_from_starting(production: dict[str, str]) -> None:
    production["REDIS_URL"] = production["CACHE_URL"] = "redis://127.0.0.1:1/0"
    assert run([*MANAGE, "check_servers"], production).returncode == 0


def test_secrets_may_stand_in_files(production: dict[str, str], tmp_path: Path) -> None:
    """As containers mount them, with the newline that an editor leaves at the end."""
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CACHE_URL"):
        (tmp_path / name).write_text(production.pop(name) + "\n")
        production[f"{name}_FILE"] = str(tmp_path / name)
    assert run([*MANAGE, "check_servers"], production).returncode == 0
    (tmp_path / "REDIS_URL").unlink()
    assert refusal(PROGRAMS["manage"], production).startswith(
        "REDIS_URL_FILE names a file that cannot be read"
    )


def test_what_is_not_set_is_safe(production: dict[str, str]) -> None:
    flags = (
        "SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.EDITORIAL_FOUR_EYES, s.DEBUG"
    )
    assert shown(f"s.{flags}", production) == "True True True True False"
    assert shown("s.SECURE_HSTS_SECONDS >= 31536000", production) == "True"
    assert shown("getattr(s, 'SECURE_PROXY_SSL_HEADER', None)", production) == "None"
    assert shown("s.ALLOWED_HOSTS", production) == "['tracker.example.org']"
    assert shown("s.OUTBOUND_ALLOWED", production) == "[]"


def test_no_variable_turns_debug_on(production: dict[str, str]) -> None:
    for name in ("DEBUG", "DJANGO_DEBUG", "AICHINA_DEBUG"):
        production[name] = "1"
    assert shown("s.DEBUG", production) == "False"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDITORIAL_FOUR_EYES", "enabled"), ("EDITORIAL_FOUR_EYES", "tru"), ("BEHIND_TLS_PROXY", "maybe"),
        ("PUBLISH_DUE_SECONDS", "ten"), ("HEARTBEAT_MAX_AGE", "-1"), ("LOG_LEVEL", "verbose"),
        ("SECRET_KEY_FALLBACKS", "x"), ("EDITORIAL_FOUR_EYES_FILE", "/nowhere"),
        ("OUTBOUND_ALLOWED", "127.0.0.1:8123"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_is_refused(production: dict[str, str], name: str, value: str) -> None:
    sentence = refusal(PROGRAMS["manage"], {**production, name: value})
    assert name.removesuffix("_FILE") in sentence


@pytest.mark.parametrize(
    ("word", "on"), [("", True), ("on", True), ("Off", False), ("0", False), ("true", True)]
)
def test_four_eyes_are_off_only_where_somebody_says_off(
    production: dict[str, str], word: str, on: bool
) -> None:
    assert shown("s.EDITORIAL_FOUR_EYES", {**production, "EDITORIAL_FOUR_EYES": word}) == str(on)


def test_a_secret_that_repeats_itself_is_weak(production: dict[str, str]) -> None:
    assert "SECRET_KEY is weak" in refusal(PROGRAMS["manage"], {**production, "SECRET_KEY": "0123456789" * 6})


def test_a_broker_on_a_socket_is_spelt_as_celery_does(production: dict[str, str]) -> None:
    given = {**production, "REDIS_URL": "unix:///run/broker.sock"}
    assert shown("s.CELERY_BROKER_URL", given) == "redis+socket:///run/broker.sock"


def test_the_web_does_not_start_without_the_files_of_its_pages(
    production: dict[str, str], tmp_path: Path
) -> None:
    sentence = refusal(PROGRAMS["web"], {**production, "STATIC_ROOT": str(tmp_path / "none")})
    assert sentence == "The static files are not there: run manage.py collectstatic first."
