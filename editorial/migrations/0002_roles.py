"""The roles: one Django group each."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# As permissions.GROUPS had them when this migration was written.
GROUPS = ("Author", "Reviewer", "Publisher", "Chief editor")


def make_groups(apps: Any, schema_editor: Any) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in GROUPS:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
