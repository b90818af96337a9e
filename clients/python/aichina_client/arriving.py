"""The file of a package on its way: what broke off goes on, and only what is whole and right is kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Self

import httpx2

from aichina_client import protocol, types
from aichina_client.problems import Damaged
from aichina_client.protocol import Ask


class Arriving:
    """What came so far stands beside ``path``, in a file of the same name and ``.part``."""

    def __init__(self, package: types.Package, path: str | os.PathLike[str]) -> None:
        if not package["download"]:
            raise ValueError(f"The package is not ready to be downloaded: {package['state']}.")
        self._address, self._sha256, self._path = package["download"], package["sha256"], Path(path)
        self._part = self._path.with_name(f"{self._path.name}.part")

    def __enter__(self) -> Self:
        self._file, self._digest = self._part.open("wb"), hashlib.sha256()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    @property
    def ask(self) -> Ask:
        """The file, or what is left of it, if it is the same by then."""
        came = self._file.tell()
        rest = {"Range": f"bytes={came}-", "If-Range": f'"{self._sha256}"'} if came else {}
        return Ask(self._address, headers={"Accept-Encoding": "identity", **rest})

    def comes(self, response: httpx2.Response) -> bool:
        """Whether this answer brings it: from the beginning, or where it broke off."""
        if response.status_code == 200:
            self._file.seek(0)
            self._file.truncate()
            self._digest = hashlib.sha256()
        return response.status_code in (200, 206)

    def take(self, part: bytes) -> None:
        self._file.write(part)
        self._digest.update(part)

    def keep(self, response: httpx2.Response) -> None:
        """Put it where it belongs, after the last answer. Raises Damaged, and Problem where that is a refusal."""
        if response.status_code not in (200, 206):
            protocol.body(response)
        found = self._digest.hexdigest()
        if found != self._sha256:
            raise Damaged(
                f"{self._address} has the SHA-256 {found}, and not {self._sha256}: ask for its state."
            )
        self._file.close()
        self._part.replace(self._path)
