"""The SQL of the two database roles: one owns and migrates, the other works."""

from __future__ import annotations

OWNER, APP = "owner", "app"


def make_roles(owner_password: str, app_password: str, owner: str = OWNER, app: str = APP) -> list[str]:
    """For a superuser, once a server. CREATEDB is for the tests' own databases."""
    return [
        f"CREATE ROLE {_name(owner)} LOGIN CREATEDB PASSWORD {_quoted(owner_password)}",
        f"CREATE ROLE {_name(app)} LOGIN PASSWORD {_quoted(app_password)}",
    ]


def default_privileges(owner: str = OWNER, app: str = APP) -> list[str]:
    """For the owner or a superuser, in the new database, before the first migration.

    The ledger's migration takes the right to write the log away again.
    """
    owner, app = _name(owner), _name(app)
    grant = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT"
    return [
        f"GRANT CREATE, USAGE ON SCHEMA public TO {owner}",
        f"GRANT USAGE ON SCHEMA public TO {app}",
        f"{grant} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"{grant} USAGE, SELECT ON SEQUENCES TO {app}",
    ]


def _name(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
