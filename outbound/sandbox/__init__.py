"""Foreign bytes are read in a child process with little time, little memory and no way out; never in the caller."""

from outbound.sandbox.caller import run
from outbound.sandbox.limits import Ended, Unreadable
from outbound.sandbox.probe import isolation

__all__ = ["Ended", "Unreadable", "isolation", "run"]
