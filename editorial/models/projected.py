"""Projected tables: made from the log alone. They refuse any write outside of ``projecting``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.migrations.operations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION editorial_projected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('editorial.projecting', true), '') <> 'on' THEN
        RAISE EXCEPTION '% is projected from the event log: change documents through commands', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$
"""


def guard_function() -> RunSQL:
    """The migration step that makes the guard; editorial's first."""
    return RunSQL(_FUNCTION, "DROP FUNCTION editorial_projected()")


def guard(table: str) -> RunSQL:
    """The migration step that guards one projected table, for every role, its owner included."""
    return RunSQL(
        f"""
        CREATE TRIGGER projected BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION editorial_projected();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER projected
        """,
        f"DROP TRIGGER projected ON {table}",
    )


@contextmanager
def projecting(using: str) -> Iterator[None]:
    """Let this transaction write projected tables until the block ends, not until it commits."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('editorial.projecting', 'on', true)")
        yield
        # After an error the transaction is rolled back, and the setting with it.
        cursor.execute("SELECT set_config('editorial.projecting', 'off', true)")
