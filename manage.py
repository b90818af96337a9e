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

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
