"""python -m scripts.production COMMAND: run a check under production's settings, with throwaway secrets and servers.

The checks read the settings and the code; what needs a database gets the tests' own servers.
"""

from __future__ import annotations

import os
import runpy
import secrets
import sys

from tests import servers


def main(argv: list[str]) -> None:
    """Run manage.py or a module with these arguments."""
    servers.pytest_load_initial_conftests()
    try:
        os.environ |= {
            "AICHINA_ENV": "production",
            "DJANGO_SETTINGS_MODULE": "aichina.settings",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": "tracker.example.org",
        }
        sys.argv = argv
        if argv[0].endswith(".py"):
            runpy.run_path(argv[0], run_name="__main__")
        else:
            runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    finally:
        servers.pytest_unconfigure()


if __name__ == "__main__":
    main(sys.argv[1:])
