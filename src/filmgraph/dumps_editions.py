"""Dumps of single festival editions: what belongs to each waits in a file of its own until all things have gone by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from filmgraph.dumps_files import DumpFolder, Forms, RenderedThing, Renderer
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_sort import sort_lines
from filmgraph.dumps_stock import iter_records, pack_record

__all__ = ["EditionBuckets"]

_SPILL_BYTES: Final = 32 << 20
_OVERHEAD_BYTES: Final = 200


class EditionBuckets:
    """The things of each edition as they will be written, in files below `work`, of which one is open at a time."""

    def __init__(self, work: Path, editions: Sequence[str]) -> None:
        self._work = work
        self._keys = [edition.partition("/")[2] for edition in editions]
        self._waiting: dict[str, list[bytes]] = {}
        self._size = 0

    def add(self, thing: ThingLines, rendered: RenderedThing, editions: Iterable[str]) -> None:
        """Put a thing aside for the editions that it belongs to."""
        record = b""
        for edition in editions:
            record = record or pack_record((b"".join([b"%s %s %s .\n" % each[:3] for each in thing.published]), *rendered))
            self._waiting.setdefault(edition.partition("/")[2], []).append(record)
            self._size += len(record) + _OVERHEAD_BYTES
        if self._size >= _SPILL_BYTES:
            self._spill()

    def _spill(self) -> None:
        for key, records in self._waiting.items():
            with self._path(key).open("ab") as file:
                file.writelines(records)
        self._waiting.clear()
        self._size = 0

    def _path(self, key: str) -> Path:
        return self._work / f"edition-{key}"

    def write(self, folder: DumpFolder, renderer: Renderer) -> None:
        """Write the files of every edition."""
        self._spill()
        for key in self._keys:
            stem = f"edition/{key}"
            with Forms(folder, stem, renderer) as forms:
                lines = sort_lines(self._write_forms(key, forms), self._work)
                with folder.open_gzip(f"{stem}.nt.gz") as canonical:
                    for line in lines:
                        canonical.write(line)
            self._path(key).unlink()

    def _write_forms(self, key: str, forms: Forms) -> Iterator[bytes]:
        """Write the things of an edition in the other forms, and yield their lines."""
        for lines, *rendered in iter_records(self._path(key)):
            forms.write(RenderedThing(*rendered))
            yield from lines.splitlines(keepends=True)
