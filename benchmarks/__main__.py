"""`python -m benchmarks [--quick]`: run every benchmark, print one table."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import redirect_stdout

from benchmarks.report import Section, lines
from benchmarks.servers import describe, servers, template


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds of everything, too few to quote")
    parser.add_argument("--api", action="store_true", help="what concerns the API alone")
    asked = parser.parse_args()
    began = time.monotonic()
    # What the servers say goes to stderr, so that stdout holds the table alone.
    with redirect_stdout(sys.stderr), servers():
        import django

        django.setup()
        from benchmarks.library import create_tables

        server = describe()
        with template(create_tables):
            found = sections(quick=asked.quick, api_alone=asked.api)
    print("\n".join([server, "", *lines(found), "", f"The run took {time.monotonic() - began:.0f} s."]))


def sections(*, quick: bool, api_alone: bool) -> list[Section]:
    """Every benchmark's findings; ``quick``: with tiny sizes."""
    from benchmarks import api

    answered = api.answering(api.QUICK if quick else api.WHOLE)
    return answered if api_alone else [*_others(quick=quick), *answered]


def _others(*, quick: bool) -> list[Section]:
    from benchmarks import duplicates, importing, log, publishing, rebuild, revision

    if quick:
        return [
            log.appending(rounds=3, singles=5, batches=1),
            log.reading(rounds=2, events=500),
            rebuild.rebuilding(rounds=1, documents=20, tracked=2),
            revision.revising(rounds=2, each=2),
            publishing.publishing(rounds=3),
            duplicates.matching(rounds=1, candidates=500),
            importing.importing(rounds=1),
        ]
    return [
        log.appending(rounds=25, singles=20, batches=4),
        log.reading(rounds=9, events=6_000),
        rebuild.rebuilding(rounds=5, documents=1_000, tracked=30),
        revision.revising(rounds=25, each=8),
        publishing.publishing(rounds=60),
        duplicates.matching(rounds=5, candidates=20_000),
        importing.importing(rounds=100),
    ]


if __name__ == "__main__":
    main()
