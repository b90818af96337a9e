"""What reading a document may cost, and how it ends without a result."""

from __future__ import annotations

CPU_SECONDS = 5
# Of the clock, for what sleeps.
SECONDS = 10
# In bytes, on top of what the parent has loaded: the document, all that is made of it, and the result as JSON.
MEMORY = 300_000_000
MAX_RESULT = 20_000_000
FILES = 16

SENTENCES = {
    "cpu": f"The document took more than {CPU_SECONDS} seconds of computing to read.",
    "memory": f"The document took more than {MEMORY // 1_000_000} MB of memory to read.",
    "time": f"The document took more than {SECONDS} seconds to read.",
    "crash": "The document could not be read: its reader failed.",
    "output": f"What was read from the document is larger than {MAX_RESULT // 1_000_000} MB.",
}


class Unreadable(Exception):
    """Raised by a sandboxed function with a sentence, and again in its caller with the same."""


class Ended(Exception):
    """The child was ended, or failed. ``kind``: a key of SENTENCES; ``why``: of a crash, the exception's name."""

    def __init__(self, kind: str, why: str = "") -> None:
        self.kind = kind
        self.why = why
        self.sentence = SENTENCES[kind]
        super().__init__(f"{self.sentence} ({why})" if why else self.sentence)
