"""A package is made: read once, written file by file, packed, and moved to its place when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from editorial.reading import AsOf
from syndication.packages.describing import citation_file, package, readme
from syndication.packages.files import Files
from syndication.packages.reading import Public

BLOCK = 1 << 20
UNFINISHED = ".unfinished"

# (rows done, rows in all): called between any two pieces of work, the shorter of which take milliseconds.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    size: int
    sha256: str


def make(as_of: AsOf, target: Path, progress: Progress) -> Made:
    """Make the package of this position; the same position, build and settings give the same bytes.

    It is written beside ``target``, in a folder that goes whatever happens. Raises OSError, and what ``progress``
    raises.
    """
    with _folder(target) as folder:
        total = _write(as_of, folder, progress)
        packed = folder / "package.zip"
        for _ in _pack(as_of, folder, packed):
            progress(total, total)
        digest = hashlib.sha256()
        for block in _blocks(packed):
            digest.update(block)
            progress(total, total)
        made = Made(packed.stat().st_size, digest.hexdigest())
        packed.replace(target)
    return made


@contextmanager
def _folder(target: Path) -> Iterator[Path]:
    folder = target.with_name(f"{target.name}{UNFINISHED}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(as_of: AsOf, folder: Path, progress: Progress) -> int:
    """The files, and how many rows there are."""
    public = Public(as_of)
    done, total = 0, public.total()
    progress(done, total)
    with Files(folder) as files:
        for name, shown in public.pieces():
            for item in shown:
                files.add(name, item)
            done += len(shown)
            progress(done, total)
        resources = list(files.resources.values())
    described = json.dumps(package(as_of, resources), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(described, encoding="utf-8")
    (folder / "README.md").write_text(readme(as_of, resources), encoding="utf-8")
    (folder / "CITATION.cff").write_text(citation_file(as_of), encoding="utf-8")
    return total


def _pack(as_of: AsOf, folder: Path, packed: Path) -> Iterator[None]:
    """Block by block; what is packed is deleted, so that the disk holds it once."""
    assert as_of.moment
    data = sorted(f"data/{path.name}" for path in (folder / "data").iterdir())
    with packed.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("datapackage.json", "README.md", "CITATION.cff", *data):
                entry = zipfile.ZipInfo(name, date_time=as_of.moment.timetuple()[:6])
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                with archive.open(entry, "w", force_zip64=True) as into:
                    for block in _blocks(folder / name):
                        into.write(block)
                        yield
                (folder / name).unlink()
        file.flush()
        os.fsync(file.fileno())


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
