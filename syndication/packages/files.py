"""The files of a package in the making: written row by row, and measured on the way."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from editorial.api.views import PlainJSONRenderer
from syndication.packages.columns import LINES, TABLES, Table
from syndication.packages.rows import cell, rows


class Measured:
    """A file whose size and hash are known as it grows."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        self._file.write(content)
        self._hash.update(content)
        self.size += len(content)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of the package, by its path in it."""

    table: Table
    path: str
    file: Measured

    @property
    def name(self) -> str:
        """Of the CSV the table's own, since tables refer to each other; of JSON Lines another."""
        return self.table.name if self.is_table else f"{self.table.name.replace('_', '-')}-json"

    @property
    def is_table(self) -> bool:
        return self.path.endswith(".csv")


class Files:
    """All files in ``folder``. A table without rows has its header; JSON Lines without a line are left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._renderer = PlainJSONRenderer()
        self._opened = ExitStack()
        self._writers: dict[str, Any] = {}
        self.resources: dict[str, Resource] = {}

    def __enter__(self) -> Self:
        with self._opened:
            (self._folder / "data").mkdir()
            for table in TABLES.values():
                self._writers[table.name] = csv.writer(self._open(table, "csv"), lineterminator="\r\n")
                self._writers[table.name].writerow([column.name for column in table.columns])
            self._opened = self._opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def add(self, name: str, shown: Mapping[str, Any]) -> None:
        """A document or a change, as the API shows it."""
        path = f"data/{name}.jsonl"
        lines = self.resources[path].file if path in self.resources else self._open(LINES[name], "jsonl")
        lines.write(self._renderer.render(shown) + b"\n")
        for table, values in rows(name, shown):
            self._writers[table].writerow([cell(column, values) for column in TABLES[table].columns])

    def _open(self, table: Table, ending: str) -> Measured:
        path = f"data/{table.name}.{ending}"
        file = Measured(self._folder / path)
        self._opened.callback(file.close)
        self.resources[path] = Resource(table, path, file)
        return file
