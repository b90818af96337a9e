"""The append function, the triggers and the privileges, as the files of ledger/sql have them."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"

UNDO = {
    "append": "DROP FUNCTION ledger_append",
    "guard": """
        DROP TRIGGER append_only ON ledger_event;
        DROP TRIGGER append_only ON ledger_event_data;
        DROP TRIGGER erasure ON ledger_event_data;
        DROP FUNCTION ledger_refuse;
        DROP FUNCTION ledger_allow_erasure
    """,
    "privileges": "",
}


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text(encoding="utf-8"), undo or migrations.RunSQL.noop)
        for name, undo in UNDO.items()
    ]
