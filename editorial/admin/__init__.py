"""The base of every type's admin, and the admin of people."""

from editorial.admin.documents import COMMANDS, DocumentAdmin, label
from editorial.admin.listing import AssignedFilter
from editorial.admin.people import PeopleAdmin

__all__ = ["COMMANDS", "AssignedFilter", "DocumentAdmin", "PeopleAdmin", "label"]
