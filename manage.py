#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it works on the local run that keeps its addresses under var/."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from aichina.local.environment import use_local_run

    use_local_run()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aichina.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        sys.exit(
            f"The database cannot be used: {reason} The one of a local run is there while `make run` runs."
        )


if __name__ == "__main__":
    main()
