"""Takes stock of all things before the first one is written, and keeps them, taken apart, for the second pass."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from filmgraph.dumps_index import ThingIndex
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_rows import CellReader, Survey
from filmgraph.iris import Kind

__all__ = ["iter_records", "iter_stock", "pack_record", "take_stock"]

_DATASET: Final = f"{Kind.DATASET.segment}/"


def take_stock(things: Iterable[ThingLines], index: ThingIndex, path: Path) -> Survey:
    """Put all things into the index and into the file `path`; return which columns the tables need.

    The dataset is no row of a table: its own description has it.
    """
    survey, reader = Survey(), CellReader(index.names)
    with path.open("wb") as file:
        for thing in things:
            file.write(pack_record(tuple(thing)))
            name = index.names.find(thing.subject)
            if name is not None and thing.published:
                index.add(name, thing)
                if not name.startswith(_DATASET):
                    survey.add(name.partition("/")[0], reader.read(name, thing))
    return survey


def iter_stock(path: Path) -> Iterator[ThingLines]:
    """Yield the things of the first pass, in their order."""
    for subject, published, told in iter_records(path):
        yield ThingLines(subject, published, told)


def pack_record(record: tuple[Any, ...]) -> bytes:
    """Return a record of bytes, tuples and lists for a file that nobody but this very process reads."""
    data = marshal.dumps(record)
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def iter_records(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the records of a file, in their order."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            yield marshal.loads(file.read(int.from_bytes(length, "big")))


_LENGTH_BYTES: Final = 4
