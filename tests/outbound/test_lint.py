"""No room but outbound/ can import another way out: the lint refuses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import BASE_DIR

WAYS_OUT = """\
import aiohttp
import ftplib
import h11
import http.client
import httpcore
import httpcore2
import httpx
import httpx2
import requests
import smtplib
import socket
import ssl
import trafilatura.downloads
import urllib.request
import urllib3
import xmlrpc.client
from asyncio import open_connection
from http import client
from trafilatura import fetch_url
from urllib import request
from urllib.request import urlopen
"""


def refused(path: str, code: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise", "-q",
         "--stdin-filename", path, "-"],
        cwd=BASE_DIR, input=code, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.count("use outbound.client")


@pytest.mark.parametrize(
    "room",
    [
        "actors",
        "aichina",
        "editorial",
        "edtf",
        "imports",
        "ledger",
        "metrics",
        "pages",
        "timeline",
        "website",
    ],
)
def test_no_other_client_can_be_imported(room: str) -> None:
    for path in (f"{room}/new.py", f"{room}/deep/er/new.py"):
        assert refused(path, WAYS_OUT) == WAYS_OUT.count("\n")
    assert refused(f"{room}/new.py", "from urllib.parse import urlsplit\nfrom http import HTTPStatus\n") == 0
