"""Takes stock of all things before the first one is written, and keeps them, taken apart, for the second pass."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from filmgraph.chunks import chunk_of
from filmgraph.dumps_index import ThingIndex, ThingNames
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_rows import CellReader, Survey
from filmgraph.iris import Kind

__all__ = ["iter_stock", "survey_things", "take_stock"]

_DATASET: Final = f"{Kind.DATASET.segment}/"
_LENGTH_BYTES: Final = 4


def take_stock(things: Iterable[ThingLines], starts: Sequence[bytes], index: ThingIndex, path: Path) -> list[Survey]:
    """Put all things into the index and, chunk by chunk, into the file `path`; return which cells each chunk has.

    `starts` are the first subjects of the chunks.
    """
    reader = CellReader(index.names)
    surveys = []
    with path.open("wb") as file:
        for chunk in _gather(things, starts):
            _put(file, [tuple(each) for each in chunk])
            for thing in chunk:
                name = index.names.find(thing.subject)
                if name is not None and thing.published:
                    index.add(name, thing)
            surveys.append(survey_things(chunk, reader, index.names))
    return surveys


def survey_things(things: Iterable[ThingLines], reader: CellReader, names: ThingNames) -> Survey:
    """Return which cells the rows of things have. The dataset is no row of a table: its own description has it."""
    survey = Survey()
    for thing in things:
        name = names.find(thing.subject)
        if name is not None and thing.published and not name.startswith(_DATASET):
            survey.add(name.partition("/")[0], reader.read(name, thing))
    return survey


def _gather(things: Iterable[ThingLines], starts: Sequence[bytes]) -> Iterator[list[ThingLines]]:
    """Yield the things of each chunk."""
    number, chunk = 0, list[ThingLines]()
    for thing in things:
        while number < chunk_of(starts, thing.subject):
            yield chunk
            number, chunk = number + 1, []
        chunk.append(thing)
    yield chunk
    yield from ([] for _ in starts[number + 1 :])


def iter_stock(path: Path) -> Iterator[list[ThingLines]]:
    """Yield the things of the first pass chunk by chunk, in their order."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            yield [ThingLines(*each) for each in marshal.loads(file.read(int.from_bytes(length, "big")))]


def _put(file: IO[bytes], record: list[tuple[Any, ...]]) -> None:
    """Write a record that nobody but this very process reads."""
    data = marshal.dumps(record)
    file.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
