"""Reads the cells of one row: values by property, who vouches for them, and whatever could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import is_key, slugify
from filmgraph.model import Certainty, Fact, Ref, Value
from filmgraph.sources.base import UnreadLine
from filmgraph.sources.sheet.citations import Citations, split_source_ids
from filmgraph.sources.sheet.column import Column, Profile, Use
from filmgraph.sources.sheet.dates import Inferred, Years, has_year
from filmgraph.sources.sheet.rows import Row
from filmgraph.sources.sheet.values import CellValues, Problem, parse_cell, parse_certainty, split
from filmgraph.vocabulary import Vocabulary

__all__ = ["CellReader", "Notes", "Voucher"]

V = TypeVar("V", bound=Value)
_FIELD: Final = re.compile(r"\{([^{}]+)\}")
_YEAR_AT_END: Final = re.compile(r"(?<![0-9])((?:18|19|20|21)[0-9]{2})\)?$")


@dataclass(frozen=True, slots=True)
class Notes:
    """Findings and unread cells, gathered while a sheet is read."""

    findings: list[Finding] = field(default_factory=list)
    unread: list[UnreadLine] = field(default_factory=list)

    def add_problem(self, problem: Problem, place: SourcePlace, text: str) -> None:
        """Note a cell, or a piece of one, that could not be read."""
        self.findings.append(Finding(problem.rule, Severity.VIOLATION, problem.message, value=text, places=(place,)))
        self.unread.append(UnreadLine(place, text, problem.message))

    def add_row(self, row: Row, rule: str, message: str) -> None:
        """Note a row that makes no record; each of its cells is unread."""
        self.findings.append(Finding(rule, Severity.VIOLATION, message, places=(row.place,)))
        self.unread.extend(UnreadLine(row.place_of(header), cell, message) for header, cell in row.cells.items())


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who says what a row says, and how surely; `key` is the row's own key, where it has one."""

    key: str | None
    certainty: Certainty
    reason: str = ""
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads cells by a profile. `known_ids` are the ids of the catalogue's sources; None leaves them unchecked.

    `lookups` say for each other sheet what its ids stand for.
    """

    profile: Profile
    vocabulary: Vocabulary
    citations: Citations
    known_ids: frozenset[str] | None
    notes: Notes
    lookups: Mapping[str, Mapping[str, Ref]] = field(default_factory=dict)
    _of_use: dict[Use, tuple[Column, ...]] = field(default_factory=dict)
    # A column repeats its texts, and looking for what a misspelt one may have meant is slow.
    _parsed: dict[tuple[str, str, ZoneInfo | None, Years | None], CellValues] = field(default_factory=dict)

    def read_voucher(self, row: Row) -> Voucher:
        """Return the row's key, certainty, reason and sources."""
        source = self.profile.column_for(Use.SOURCE)
        ids, findings = split_source_ids(row, source.header, self.known_ids) if source else ((), ())
        self.notes.findings.extend(findings)
        reason_column = self.profile.column_for(Use.REASON)
        reason = row.cells.get(reason_column.header, "") if reason_column else ""
        certainty = self._read_certainty(row)
        if certainty is Certainty.INFERRED and not reason:
            message = "The row is inferred and does not say from what. Give the reason, in a column with reason = true."
            self.notes.findings.append(Finding("read-reason", Severity.WARNING, message, places=(row.place,)))
        return Voucher(self._read_key(row), certainty, reason, ids)

    def check_required(self, row: Row) -> None:
        """Note each required cell that is blank."""
        for column in self.profile.columns.values():
            if column.required and column.header not in row.cells:
                blank = [each for each in _FIELD.findall(column.template) if each not in row.cells] or [column.header]
                names = " and ".join(repr(row.place_of(each).column) for each in blank)
                message = f"The cell is blank, and every {self.profile.record} needs it. Fill in {names}."
                place = row.place_of(blank[0])
                self.notes.findings.append(Finding("read-required", Severity.VIOLATION, message, places=(place,)))

    def iter_values(self, row: Row, use: Use) -> Iterator[tuple[Column, tuple[Value, ...]]]:
        """Yield the columns with this use whose cell holds something, and their values.

        A column of which something was inferred comes with the reason.
        """
        if use not in self._of_use:
            self._of_use[use] = tuple(each for each in self.profile.columns.values() if each.use is use)
        for column in self._of_use[use]:
            if column.header in row.cells:
                read = self._read_cell(row, column)
                reason = next((each.reason for each in read if isinstance(each, Inferred)), "")
                values = tuple(each.value if isinstance(each, Inferred) else each for each in read)
                yield replace(column, reason=reason) if reason else column, values

    def to_fact(self, row: Row, column: Column, value: V, voucher: Voucher) -> Fact[V]:
        """Return a value as a fact with its place and its cited sources."""
        cited = self.citations.ids.get((voucher.key or "", column.header), ())
        source_ids = tuple(dict.fromkeys((*cited, *voucher.source_ids)))
        if column.reason:
            return Fact(value, row.place_of(column.header), Certainty.INFERRED, column.reason, source_ids)
        return Fact(value, row.place_of(column.header), voucher.certainty, voucher.reason, source_ids)

    def _read_cell(self, row: Row, column: Column) -> tuple[Value | Inferred, ...]:
        if column.lookup:
            values, problems = self._look_up(row.cells[column.header], column)
        else:
            values, problems = self._parse(row.cells[column.header], self._in_context(row, column))
        for text, problem in problems:
            self.notes.add_problem(problem, row.place_of(column.header), text)
        container = self._read_container(row, column)
        if container is None:
            return values
        return tuple(replace(value, within=container) if isinstance(value, Ref) else value for value in values)

    def _parse(self, text: str, column: Column) -> CellValues:
        key = (column.header, text, column.time_zone, column.years)
        if key not in self._parsed:
            self._parsed[key] = parse_cell(text, column, self.vocabulary)
        return self._parsed[key]

    def _look_up(self, text: str, column: Column) -> CellValues:
        known, lookup = self.lookups[column.lookup], self.profile.lookups[column.lookup]
        pieces = tuple(split(text, column))
        message = f"has it in its column {lookup.match!r}. Correct it here or there."
        problems = [(each, Problem(f"No row of {lookup.name} {message}", "read-ref")) for each in pieces if each not in known]
        return tuple(known[each] for each in pieces if each in known), tuple(problems)

    def _in_context(self, row: Row, column: Column) -> Column:
        """Return the column with what the row itself says of its dates: their time zone, and the year of the edition."""
        if column.zone_header and column.type == "datetime":
            column = replace(column, time_zone=self._read_zone(row, column))
        if column.years is None and column.type in ("date", "datetime") and not all(map(has_year, column.formats)):
            column = replace(column, years=self._read_years(row))
        return column

    def _read_zone(self, row: Row, column: Column) -> ZoneInfo | None:
        text = row.cells.get(column.zone_header, "")
        if not text:
            return column.time_zone
        try:
            return column.zones.get(text) or ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = (
                f"{text!r} is no time zone. Write one such as Europe/Brussels, or say in [time_zones] of the profile which it is."
            )
            self.notes.add_problem(Problem(message, "read-date"), row.place_of(column.zone_header), text)
            return None

    def _read_years(self, row: Row) -> Years | None:
        edition = self.profile.column_of("super_event")
        text = row.cells.get(edition.header, "") if edition else ""
        match = _YEAR_AT_END.search(text)
        return Years(year=int(match[1]), edition=text) if match else None

    def _read_container(self, row: Row, column: Column) -> Ref | None:
        if not column.within or column.within not in row.cells:
            return None
        refs = self._read_cell(row, self.profile.columns[column.within])
        return next((each for each in refs if isinstance(each, Ref)), None)

    def _read_key(self, row: Row) -> str | None:
        column = self.profile.column_for(Use.KEY)
        key = row.cells.get(column.header) if column else None
        if column is None or key is None or is_key(key):
            return key
        message = f"{key!r} is no key. Use letters, digits and single hyphens. Perhaps {slugify(key)}?"
        self.notes.add_problem(Problem(message, "read-key"), row.place_of(column.header), key)
        return None

    def _read_certainty(self, row: Row) -> Certainty:
        column = self.profile.column_for(Use.CERTAINTY)
        text = row.cells.get(column.header) if column else None
        if column is None or text is None:
            return self.profile.certainty
        certainty = parse_certainty(text)
        if isinstance(certainty, Certainty):
            return certainty
        self.notes.add_problem(certainty, row.place_of(column.header), text)
        return Certainty.INFERRED  # the least that can be claimed
