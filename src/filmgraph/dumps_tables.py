"""Flat tables, one for each class: CSV for spreadsheets, Parquet for programs.

CSV is that of RFC 4180 in UTF-8, with dates as RFC 3339 writes them. A spreadsheet takes a text that begins with `=` for a
formula and runs it, so such a text gets an apostrophe before it; Parquet holds every value as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final

from filmgraph.dumps_columns import DICTIONARY_NAME, SEPARATOR, Column, columns_of, write_dictionary
from filmgraph.dumps_index import ThingIndex
from filmgraph.dumps_lines import ThingLines, to_iri
from filmgraph.dumps_rows import CellReader, Cells, Survey, ValueKind
from filmgraph.dumps_rows import Path as RowPath
from filmgraph.dumps_shapes import load_property_shapes
from filmgraph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Tables", "guard_formula"]

#: Rows of a table in memory, and in a row group of its Parquet file.
_GROUP_ROWS: Final = 20_000
# What spreadsheets begin a formula with, wide forms included; a text that looks guarded already is guarded once more.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_WORDS: Final = frozenset((ValueKind.TEXT, ValueKind.IRI))


def guard_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: without its first apostrophe it is the text again.

    >>> guard_formula("=1+1"), guard_formula("'=1"), guard_formula("'Round Midnight")
    ("'=1+1", "''=1", "'Round Midnight")
    """
    return "'" + text if _FORMULA.match(text) else text


class Tables:
    """Writes the tables of all classes into `folder`; things of one class come together. A context manager."""

    def __init__(self, folder: Path, survey: Survey, index: ThingIndex, vocabulary: Vocabulary) -> None:
        shapes = load_property_shapes()
        self._folder = folder
        self._index = index
        self._reader = CellReader(index.names)
        self._columns = {
            segment: columns_of(segment, facts, shapes, vocabulary) for segment, facts in sorted(survey.tables.items())
        }
        self._open: dict[str, _Table] = {}

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is not None:
            for table in self._open.values():
                table.abandon()
        else:
            self._close()
            write_dictionary(self._columns, lambda column: str(_arrow_type(column)), self._folder / DICTIONARY_NAME)

    def _close(self) -> None:
        for table in self._open.values():
            table.close()
        self._open.clear()

    def write(self, name: str, thing: ThingLines) -> None:
        """Add the row of the thing `name` (`kind/key`) to the table of its class."""
        segment = name.partition("/")[0]
        columns = self._columns.get(segment)
        if columns is None:
            return
        if segment not in self._open:
            self._close()
            self._open[segment] = _Table(self._folder / segment, columns, self._index)
        self._open[segment].write(name, to_iri(thing.subject), self._reader.read(name, thing))


class _Table:
    """One table in both formats."""

    def __init__(self, stem: Path, columns: Sequence[Column], index: ThingIndex) -> None:
        import pyarrow as pa  # half a second and 80 MB, which a server does not need
        import pyarrow.parquet as pq

        self._columns = columns
        self._index = index
        self._own = [(n, each) for n, each in enumerate(columns) if each.is_own]
        self._by_path: dict[RowPath, list[tuple[int, Column]]] = {}
        for n, each in enumerate(columns):
            self._by_path.setdefault(each.path, []).append((n, each))
        self._stack = ExitStack()
        self._schema = pa.schema([_field(pa, column) for column in columns])
        file = self._stack.enter_context(stem.with_suffix(".csv").open("w", encoding="utf-8", newline=""))
        self._csv = csv.writer(file)
        self._csv.writerow([column.name for column in columns])
        parquet = pq.ParquetWriter(stem.with_suffix(".parquet"), self._schema, compression="zstd")
        self._parquet = self._stack.enter_context(parquet)
        self._rows: list[list[object]] = []

    def write(self, name: str, iri: str, cells: Cells) -> None:
        texts = [""] * len(self._columns)
        values = list(self._empty)
        for n, column, found in self._iter_values(name, iri, cells):
            if found:
                texts[n] = _to_csv(found, column)
                values[n] = _to_python(found, column)
        self._csv.writerow(texts)
        self._rows.append(values)
        if len(self._rows) >= _GROUP_ROWS:
            self._flush()

    @cached_property
    def _empty(self) -> list[object]:
        return [[] if column.is_many else None for column in self._columns]

    def _iter_values(self, name: str, iri: str, cells: Cells) -> Iterator[tuple[int, Column, list[str]]]:
        for n, column in self._own:
            yield n, column, column.take_own(name, iri, self._index)
        for path, found in cells.items():
            for n, column in self._by_path.get(path, ()):
                yield n, column, column.take(found, self._index)

    def _flush(self) -> None:
        import pyarrow as pa

        columns = zip(*self._rows, strict=True)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._parquet.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def abandon(self) -> None:
        """Close the files and write no more: an error is under way, and that of a full disk would come again here."""
        with suppress(OSError):
            self._stack.close()

    def close(self) -> None:
        with self._stack:
            if self._rows:
                self._flush()


def _to_csv(values: Sequence[str], column: Column) -> str:
    if not column.is_many:
        return guard_formula(values[0]) if column.kind in _WORDS else values[0]
    if len(values) > 1 or SEPARATOR in values[0] or "\\" in values[0]:
        return guard_formula(SEPARATOR.join(each.replace("\\", "\\\\").replace(SEPARATOR, "\\" + SEPARATOR) for each in values))
    return guard_formula(values[0])


def _to_python(values: list[str], column: Column) -> object:
    if column.kind in _WORDS:
        return values if column.is_many else values[0]
    convert = _CONVERSIONS[column.kind]
    return [convert(each) for each in values] if column.is_many else convert(values[0])


_CONVERSIONS: Final = MappingProxyType[ValueKind, Callable[[str], object]](
    {
        ValueKind.INTEGER: int,
        ValueKind.NUMBER: float,
        ValueKind.BOOLEAN: "true".__eq__,
        ValueKind.DATE: date.fromisoformat,
        ValueKind.LOCAL: datetime.fromisoformat,
        ValueKind.MOMENT: lambda text: datetime.fromisoformat(text).astimezone(UTC),
    }
)


def _arrow_type(column: Column) -> pa.DataType:
    import pyarrow as pa

    types = {
        ValueKind.INTEGER: pa.int64(),
        ValueKind.NUMBER: pa.float64(),
        ValueKind.BOOLEAN: pa.bool_(),
        ValueKind.DATE: pa.date32(),
        ValueKind.MOMENT: pa.timestamp("us", tz="UTC"),
        ValueKind.LOCAL: pa.timestamp("us"),
    }
    bare = types.get(column.kind, pa.string())
    return pa.list_(pa.field("element", bare)) if column.is_many else bare


def _field(arrow: Any, column: Column) -> pa.Field:  # noqa: ANN401 -- a module
    return arrow.field(
        column.name, _arrow_type(column), metadata={"property": column.property_iri} if column.property_iri else None
    )
