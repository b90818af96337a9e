"""Files that forms send are bounded at every door, before anybody has looked at who sends them.

A file that is refused costs nothing of what was typed beside it: it is read to its end and thrown away, and the form
says why. Nothing is ever written to a disk.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

MAX_UPLOAD = 5_000_000
MAX_FILES = 10
_TOO_LARGE = (
    f"The file is larger than {MAX_UPLOAD // 1_000_000} MB; nothing of it was kept. Split it, and try again."
)
_TOO_MANY = f"There are more than {MAX_FILES} files; this one was not kept. Send it by itself."


class BoundedUpload(FileUploadHandler):
    """Keeps a request's first files in memory, and of one that is too large nothing.

    ``refused``: by the name of the form's field the sentence that says why its file is not there.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.refused: dict[str, str] = {}
        self._files = 0
        self._kept = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins; it counts even where it is refused later."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()
        self._files += 1
        if self._files > MAX_FILES:
            self._refuse(_TOO_MANY)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what came, while it is not too much."""
        if start + len(raw_data) > MAX_UPLOAD:
            self._refuse(_TOO_LARGE)
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file, as views find it in ``request.FILES``."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            self._kept,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The request ended within a file; of a refused one, too, there is nothing to keep."""
        self._kept = BytesIO()

    def _refuse(self, sentence: str) -> None:
        self.refused[str(self.field_name)] = sentence
        self._kept = BytesIO()
        raise SkipFile


def refused_uploads(request: HttpRequest) -> dict[str, str]:
    """By the name of the form's field a sentence on the file that is not in ``request.FILES``."""
    _ = request.FILES  # the request is read by now, if it was not before
    refused: dict[str, str] = {}
    for handler in request.upload_handlers:
        if isinstance(handler, BoundedUpload):
            refused |= handler.refused
    return refused
