"""What may go wrong: the tracker refuses, in a problem (RFC 9457), it is not reached, or a file is not what it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """The tracker's refusal. ``status``, ``title``, ``detail`` as in RFC 9457; ``errors``: what by which parameter."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", ""))
        # A server in front may have shapes of its own.
        errors = body.get("errors")
        self.errors: dict[str, str] = {
            str(error.get("parameter", "")): str(error.get("detail", ""))
            for error in (errors if isinstance(errors, list) else [])
            if isinstance(error, dict)
        }
        super().__init__(f"{status} {self.title}: {self.detail}")


class Gone(Problem):
    """A document that was withdrawn, or an edition of it that may no longer be shown. ``notice`` says why."""

    @property
    def notice(self) -> str:
        return str(self.body.get("notice", ""))


class Unreachable(Exception):
    """No answer, however often it was asked, or one that is none of the tracker's."""


class Damaged(Exception):
    """A file that came is not the one that was promised; nothing of it was kept."""
