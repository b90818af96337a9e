"""A file that is too large costs neither memory nor what was typed beside it, at any door."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory

from editorial.uploads import MAX_FILES, MAX_UPLOAD, BoundedUpload, refused_uploads

BOUNDARY = "a-boundary"
TYPED = "国家网信办 " * 2_000
Part = tuple[str, str, int]  # the field's name, the file's, and its size


class Body(io.BufferedIOBase):
    """A form's body, made while it is read: a text, files of one line each, and another text."""

    def __init__(self, files: Sequence[Part], end: bytes = f"\r\n--{BOUNDARY}--\r\n".encode()) -> None:
        self._files, self._end = files, end
        self._pieces = self._made()
        self._rest = b""
        self.length = sum(len(self._head(*part[:2])) + part[2] for part in files) + sum(
            len(text) for text in (self._field("first"), self._field("last"), end)
        )

    def _head(self, field: str, name: str) -> bytes:
        return (
            f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()

    def _field(self, name: str) -> bytes:
        return f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{TYPED}'.encode()

    def _made(self) -> Iterator[bytes]:
        yield self._field("first")
        for field, name, size in self._files:
            yield self._head(field, name)
            for start in range(0, size, 65_536):
                yield b"1" * min(65_536, size - start)
        yield self._field("last") + self._end

    def read(self, size: int) -> bytes:
        """As a server reads from the network."""
        while len(self._rest) < size and (piece := next(self._pieces, None)):
            self._rest += piece
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def sent(body: Body) -> HttpRequest:
    return RequestFactory().generic(
        "POST",
        "/",
        **{
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(body.length),
            "wsgi.input": body,
        },
    )


@contextmanager
def memory_below(size: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size


def test_every_door_has_this_handler_alone() -> None:
    assert settings.FILE_UPLOAD_HANDLERS == ["editorial.uploads.BoundedUpload"]


def test_a_file_arrives_whole_up_to_the_bound() -> None:
    request = sent(Body([("table", "a.csv", MAX_UPLOAD)]))
    assert refused_uploads(request) == {}
    file = request.FILES["table"]
    assert (file.name, file.size, file.content_type) == ("a.csv", MAX_UPLOAD, "text/csv")
    assert file.read() == b"1" * MAX_UPLOAD


def test_a_form_of_a_browser_is_read() -> None:
    file = SimpleUploadedFile("表.csv", "period,value\n".encode("utf-16"), content_type="text/csv")
    request = RequestFactory().post(
        "/", {"typed": TYPED, "table": file, "empty": SimpleUploadedFile("b.csv", b"")}
    )
    assert request.POST["typed"] == TYPED
    assert request.FILES["table"].read().decode("utf-16") == "period,value\n"
    assert request.FILES["empty"].size == 0


@pytest.mark.parametrize("size", [MAX_UPLOAD + 1, 50_000_000])
def test_of_a_larger_file_nothing_is_kept_and_what_was_typed_is_there(size: int) -> None:
    request = sent(Body([("large", "a.csv", size), ("small", "b.csv", 5)]))
    with memory_below(20_000_000):
        assert request.POST["first"] == request.POST["last"] == TYPED
    assert list(request.FILES) == ["small"]
    assert request.FILES["small"].read() == b"11111"
    assert list(refused_uploads(request)) == ["large"]
    assert refused_uploads(request)["large"].startswith("The file is larger than 5 MB; ")


def test_a_larger_file_after_one_that_is_kept_takes_nothing_from_it() -> None:
    request = sent(Body([("small", "b.csv", 100_000), ("large", "a.csv", 6_000_000)]))
    assert list(refused_uploads(request)) == ["large"]
    assert request.FILES["small"].read() == b"1" * 100_000


def test_files_beyond_the_tenth_are_not_kept() -> None:
    request = sent(Body([(f"f{n}", "a.csv", 10) for n in range(MAX_FILES + 2)]))
    assert request.POST["last"] == TYPED
    assert len(request.FILES) == MAX_FILES
    assert list(refused_uploads(request)) == ["f10", "f11"]
    assert "more than 10 files" in refused_uploads(request)["f10"]


def test_a_line_of_500_megabytes_passes_by() -> None:
    body = Body([("large", "a.csv", 500_000_000)])
    handler = BoundedUpload()
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}", "CONTENT_LENGTH": str(body.length)}
    with memory_below(20_000_000):
        post, files = MultiPartParser(meta, body, [handler]).parse()
    assert post["first"] == post["last"] == TYPED
    assert not files
    assert list(handler.refused) == ["large"]


@pytest.mark.parametrize("size", [100, 6_000_000])
def test_a_request_that_breaks_off_leaves_no_error(size: int) -> None:
    body = Body([("table", "a.csv", size)])
    body._pieces = iter([body._field("first"), body._head("table", "a.csv"), b"1" * size])
    request = sent(body)
    assert request.POST["first"] == TYPED
    assert list(refused_uploads(request)) == (["table"] if size > MAX_UPLOAD else [])


def test_a_request_without_files_has_none_refused() -> None:
    assert refused_uploads(RequestFactory().get("/")) == {}
    assert refused_uploads(RequestFactory().post("/", {"a": "b"})) == {}
