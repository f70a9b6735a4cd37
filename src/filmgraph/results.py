"""Result tables: read from SPARQL JSON, written as aligned text or CSV. Pure.

The format is https://www.w3.org/TR/sparql11-results-json/.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from filmgraph.errors import StoreError
from filmgraph.namespaces import shorten

__all__ = ["Cell", "Table", "parse_results", "to_csv", "to_text"]

_KINDS: Final = frozenset({"uri", "literal", "bnode"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `kind` is `uri`, `literal` or `bnode`; `language` and `datatype` belong to literals and may be empty."""

    value: str
    kind: str = "literal"
    language: str = ""
    datatype: str = ""

    @property
    def is_iri(self) -> bool:
        """Whether the value is an IRI, which may be followed."""
        return self.kind == "uri"

    @property
    def short(self) -> str:
        """The value for a person to read: an IRI of a known vocabulary as a prefixed name."""
        return shorten(self.value) if self.is_iri else f"_:{self.value}" if self.kind == "bnode" else self.value


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a SELECT query: each row has a cell, or None where nothing is bound, for each variable.

    The answer to an ASK query has no variables and no rows, and `truth` is set.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    truth: bool | None = None


def parse_results(text: str | bytes) -> Table:
    """Read SPARQL JSON results; StoreError when they are cut short or something else."""
    try:
        document = json.loads(text)
        if "boolean" in document:
            if not isinstance(document["boolean"], bool):
                raise ValueError("the truth value is neither true nor false")
            return Table((), truth=document["boolean"])
        variables = tuple(map(str, document["head"]["vars"]))
        rows = tuple(tuple(_read_cell(row.get(name)) for name in variables) for row in document["results"]["bindings"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"the answer is cut short, or is no SPARQL JSON result ({type(error).__name__}: {error}): ask again"
        ) from error
    return Table(variables, rows)


def _read_cell(value: dict[str, Any] | None) -> Cell | None:
    if value is None:
        return None
    # Old endpoints say typed-literal.
    kind = "literal" if value["type"] == "typed-literal" else value["type"]
    if kind == "triple":
        parts = (_read_cell(value["value"][name]) for name in ("subject", "predicate", "object"))
        return Cell(f"<<( {' '.join(part.value for part in parts if part)} )>>")
    if kind not in _KINDS or not isinstance(value["value"], str):
        raise ValueError(f"a value of type {kind!r}")
    return Cell(value["value"], kind, value.get("xml:lang", ""), value.get("datatype", ""))


def to_csv(table: Table) -> str:
    """Return the table as CSV: plain values, one header row, CRLF (https://www.w3.org/TR/sparql11-results-csv-tsv/)."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    if table.truth is not None:
        writer.writerow([str(table.truth).lower()])
        return output.getvalue()
    writer.writerow(table.variables)
    for row in table.rows:
        writer.writerow(["" if cell is None else f"_:{cell.value}" if cell.kind == "bnode" else cell.value for cell in row])
    return output.getvalue()


def to_text(table: Table, column_width: int = 60) -> str:
    """Return the table as aligned text for a terminal; a value longer than `column_width` ends in `…`.

    >>> print(to_text(Table(("film", "year"), ((Cell("Here"), Cell("2023")), (Cell("家"), None)))))
    film  year
    ----  ----
    Here  2023
    家
    """
    if table.truth is not None:
        return "yes" if table.truth else "no"
    cells = [[_one_line(cell.short if cell else "", column_width) for cell in row] for row in table.rows]
    lines = [list(table.variables), *cells]
    widths = [max(_width(line[n]) for line in lines) for n in range(len(table.variables))]
    rule = ["-" * width for width in widths]
    return "\n".join(_align(line, widths) for line in (lines[0], rule, *lines[1:]))


def _align(line: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()


def _one_line(text: str, limit: int) -> str:
    """Make a value safe and short for one line of a terminal: no control characters, no line ends."""
    text = "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") else each for each in text)
    if _width(text) <= limit:
        return text
    while _width(text) > limit - 1:
        text = text[: min(len(text) - 1, limit)]
    return text + "…"


def _width(text: str) -> int:
    """Return how many columns a text takes: East Asian wide letters take two, combining marks none."""
    return sum(0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
