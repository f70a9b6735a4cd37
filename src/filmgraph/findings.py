"""The one report model: what is wrong with the data, how bad it is, and where it came from.

Readers, identity, SHACL shapes, set-based rules and Python checks all speak in `Finding`s. Invalid data is a value
here, never an exception.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from filmgraph.namespaces import SH

__all__ = ["Finding", "Report", "Severity", "SourcePlace"]


class Severity(enum.Enum):
    """SHACL severities (https://www.w3.org/TR/shacl/#severity); only a violation blocks a release."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"

    @property
    def iri(self) -> str:
        """The `sh:` IRI of this severity."""
        return SH.term(self.value)

    @property
    def rank(self) -> int:
        """0 for the worst; for sorting."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where a value stands in a source file.

    `path` is relative to the catalogue. `line` is the 1-based physical line of a text or CSV file (the header is line 1).
    `row` is the 1-based row as a spreadsheet shows it, and `column` the column's header; both are unset for text. `sheet` is the
    worksheet of a workbook, which has no lines. `subject` is the IRI that RDF speaks of, where its syntax has no lines either.
    """

    path: str
    line: int | None = None
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    subject: str | None = None

    def __lt__(self, other: SourcePlace) -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, str, int, str]:
        return (self.path, self.sheet or "", self.row or self.line or 0, self.column or self.subject or "")

    def __str__(self) -> str:
        parts = [self.path] if self.sheet is None else [self.path, self.sheet]
        if self.row is not None:
            parts.append(f"row {self.row}")
        elif self.line is not None:
            parts.append(f"line {self.line}")
        if self.subject is not None:
            parts.append(self.subject)
        if self.column is not None:
            parts.append(self.column if self.sheet is not None and not self.column.isdigit() else f"column {self.column}")
        return ", ".join(parts)

    @property
    def fragment(self) -> str:
        """The place as a URI fragment: RFC 5147 `line=` for text, RFC 7111 `row=` for CSV; empty when unknown."""
        if self.row is not None:
            return f"row={self.row}"
        if self.line is not None:
            return f"line={self.line - 1},{self.line}"
        return ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint about the data.

    `rule` is the rule's stable id as the catalogue of rules lists it (`Movie-name`, `E5`, `read-date`).
    `message` says what is wrong and what to do, in one or two plain sentences.
    `focus_iri`, `path_iri` and `value` locate it in the graph, `places` in the source files.
    """

    rule: str
    severity: Severity
    message: str
    focus_iri: str | None = None
    path_iri: str | None = None
    value: str | None = None
    places: tuple[SourcePlace, ...] = ()

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Worst first, then by rule, place and focus: the order of every report."""
        return (
            self.severity.rank,
            self.rule,
            [place._order for place in self.places],
            self.focus_iri or "",
            self.path_iri or "",
            self.value or "",
            self.message,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one run, sorted, without doubles."""

    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """Return a report of `findings`, sorted worst first."""
        return cls(tuple(sorted(set(findings), key=lambda f: f.sort_key)))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __add__(self, other: Report) -> Report:
        return Report.of((*self.findings, *other.findings))

    @property
    def blocks_release(self) -> bool:
        """Whether any finding is a violation. `sh:conforms` is no use here: it is false on a mere warning."""
        return any(f.severity is Severity.VIOLATION for f in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have `severity`."""
        return Counter(f.severity for f in self.findings)[severity]
