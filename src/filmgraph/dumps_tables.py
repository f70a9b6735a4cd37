"""Flat tables, one for each class: CSV for spreadsheets, Parquet for programs.

CSV is that of RFC 4180 in UTF-8, with dates as RFC 3339 writes them. A spreadsheet takes a text that begins with `=` for a
formula and runs it, so such a text gets an apostrophe before it; Parquet holds every value as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from filmgraph.dumps_columns import DICTIONARY_NAME, SEPARATOR, Column, columns_of, write_dictionary
from filmgraph.dumps_index import Lookup
from filmgraph.dumps_lines import ThingLines, to_iri
from filmgraph.dumps_rows import CellReader, Cells, Survey, ValueKind
from filmgraph.dumps_rows import Path as RowPath
from filmgraph.dumps_shapes import load_property_shapes
from filmgraph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ParquetFile", "Row", "Tables", "guard_formula", "read_rows"]

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
    """Makes the rows of the tables of all classes; their columns are those that `survey` asks for."""

    def __init__(self, survey: Survey, index: Lookup, vocabulary: Vocabulary) -> None:
        shapes = load_property_shapes()
        self.columns = {
            segment: columns_of(segment, facts, shapes, vocabulary) for segment, facts in sorted(survey.tables.items())
        }
        self._reader = CellReader(index.names)
        self._makers = {segment: _RowMaker(columns, index) for segment, columns in self.columns.items()}

    def make(self, name: str, thing: ThingLines) -> Row | None:
        """Return the row of the thing `name` (`kind/key`); None where its class has no table."""
        maker = self._makers.get(name.partition("/")[0])
        return maker.make(name, to_iri(thing.subject), self._reader.read(name, thing)) if maker else None

    def header(self, segment: str) -> bytes:
        """Return the first line of a table as CSV."""
        return _to_line([column.name for column in self.columns[segment]])

    def write_dictionary(self, folder: Path) -> None:
        """Write what the columns of all tables mean."""
        write_dictionary(self.columns, lambda column: str(_arrow_type(column)), folder / DICTIONARY_NAME)


class Row(NamedTuple):
    """One row: as a line of CSV, and as Python's values in the order of the columns."""

    line: bytes
    values: list[object]


class _RowMaker:
    """Makes the rows of one table."""

    def __init__(self, columns: Sequence[Column], index: Lookup) -> None:
        self._columns = columns
        self._index = index
        self._own = [(n, each) for n, each in enumerate(columns) if each.is_own]
        self._by_path: dict[RowPath, list[tuple[int, Column]]] = {}
        for n, each in enumerate(columns):
            self._by_path.setdefault(each.path, []).append((n, each))
        self._empty: list[object] = [[] if column.is_many else None for column in columns]

    def make(self, name: str, iri: str, cells: Cells) -> Row:
        texts = [""] * len(self._columns)
        values = list(self._empty)
        for n, column, found in self._iter_values(name, iri, cells):
            if found:
                texts[n] = _to_csv(found, column)
                values[n] = _to_python(found, column)
        return Row(_to_line(texts), values)

    def _iter_values(self, name: str, iri: str, cells: Cells) -> Iterator[tuple[int, Column, list[str]]]:
        for n, column in self._own:
            yield n, column, column.take_own(name, iri, self._index)
        for path, found in cells.items():
            for n, column in self._by_path.get(path, ()):
                yield n, column, column.take(found, self._index)


class ParquetFile:
    """Writes one table as Parquet; what it is made from, rows or pieces of an older file, leaves no trace. A context manager."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        import pyarrow as pa  # half a second and 80 MB, which a server does not need
        import pyarrow.parquet as pq

        self._arrow = pa
        self._schema = pa.schema([_field(pa, column) for column in columns])
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._count = 0

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def add_rows(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows of Python's values."""
        if rows:
            columns = zip(*rows, strict=True)
            arrays = [self._arrow.array(values, each.type) for values, each in zip(columns, self._schema, strict=True)]
            self.add_piece(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def add_piece(self, piece: pa.Table) -> None:
        """Add rows of an older file with the same columns."""
        self._waiting.append(self._arrow.Table.from_arrays(piece.columns, schema=self._schema))
        self._count += piece.num_rows
        if self._count >= _GROUP_ROWS:
            self._flush(self._count // _GROUP_ROWS * _GROUP_ROWS)

    def _flush(self, count: int) -> None:
        """Write so many of the rows that wait, in groups."""
        rows = self._arrow.concat_tables(self._waiting)
        for start in range(0, count, _GROUP_ROWS):
            self._file.write_table(_copy(self._arrow, rows.slice(start, min(_GROUP_ROWS, count - start))))
        self._waiting = [rows.slice(count)]
        self._count -= count

    def abandon(self) -> None:
        """Close the file and write no more: an error is under way, and that of a full disk would come again here."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> None:
        """Write what waits, and close the file."""
        if self._count:
            self._flush(self._count)
        self._file.close()


def read_rows(path: Path) -> pa.Table:
    """Read a table that was written as Parquet."""
    import pyarrow.parquet as pq

    return pq.read_table(path)


def _copy(arrow: Any, rows: pa.Table) -> pa.Table:  # noqa: ANN401 -- a module
    """Return the same rows in arrays of their own: a writer sees no difference between them and freshly made ones."""
    return rows.take(arrow.array(range(rows.num_rows)))


def _to_line(cells: Sequence[str]) -> bytes:
    """Return a row of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


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
