"""The demo people: who loads the opening content, and who may sign in to a local run."""

from __future__ import annotations

from django.contrib.auth.models import Group

from editorial.models import User

AUTHOR, REVIEWER, PUBLISHER = "mei", "jonas", "amara"

# User name, first name, group. Each group has what the ones before it have.
PEOPLE: tuple[tuple[str, str, str], ...] = (
    (AUTHOR, "Mei", "Author"),
    (REVIEWER, "Jonas", "Reviewer"),
    (PUBLISHER, "Amara", "Publisher"),
    ("sofia", "Sofia", "Chief editor"),
)


def ensure_people() -> dict[str, User]:
    """The demo people by user name; those who are missing are made, without a password."""
    people = {}
    for username, first_name, group in PEOPLE:
        user, new = User.objects.get_or_create(
            username=username, defaults={"first_name": first_name, "is_staff": True}
        )
        if new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            user.groups.add(Group.objects.get(name=group))
        people[username] = user
    return people
