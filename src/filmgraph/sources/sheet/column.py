"""What a profile says of one column: where its cells go, and what kind of value they hold."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from filmgraph.iris import Kind
from filmgraph.model import Certainty
from filmgraph.sources.sheet.dates import Years
from filmgraph.sources.sheet.names import NameOrder

__all__ = ["PIECE", "Column", "Lookup", "Part", "Profile", "Use"]

#: Stands between the pieces of a mixed cell that one rule explains; no cell can hold it.
PIECE = "\x1f"


class Use(enum.Enum):
    """What the cells of a column are for; the value is the word in the profile."""

    VALUE = "property"
    CREDIT = "role"
    KEY = "key"
    CERTAINTY = "certainty"
    REASON = "reason"
    SOURCE = "source"
    CONTAINER = "container"
    PARTS = "parts"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One `[columns."…"]` table of a profile.

    `property` is a field of the record, `type` a name in `sheet_values.VALUE_TYPES`. `separators` cut a cell into several values.
    `to` and `by_name` are for references, `within` names the column that holds the container of what is referred to (a hall's
    venue), `lookup` the other sheet in which it is looked up. `formats` are names out of the closed lists in `sheet_dates`.
    `is_string` is set where the property takes a plain string.

    `missing` are the texts that stand for a blank cell, `words` what is read in place of a text. `template` makes the cell of a
    column that the sheet does not have, `otherwise` names the column whose cell is used where this one is blank. `parts` are the
    rules for the pieces of a mixed cell. `zone_header` names the column that says the time zone, `zones` what its texts stand
    for; hours before `day_ends` (minutes) belong to the night of the day before. `is_virtual` columns are not in the sheet.
    `reason` says why its values are inferred, where they are. `also` are other headers by which the column is known.
    """

    header: str
    use: Use
    property: str = ""
    type: str = ""
    separators: tuple[str, ...] = ()
    language: str | None = None
    role: str = ""
    to: Kind = Kind.PERSON
    by_name: bool = False
    within: str = ""
    lookup: str = ""
    scheme: str = ""
    formats: tuple[str, ...] = ()
    time_zone: ZoneInfo | None = None
    required: bool = False
    is_string: bool = False
    name_order: NameOrder = NameOrder.AS_WRITTEN
    missing: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    otherwise: str = ""
    fill_down: bool = False
    parts: tuple[Part, ...] = ()
    zone_header: str = ""
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    day_ends: int = 0
    years: Years | None = None
    is_virtual: bool = False
    reason: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A rule for a piece of a mixed cell: what it looks like, and the header of the virtual column that it goes to.

    `pattern` is None for the part that takes what no other rule explains. Groups with names go to the parts of these names.
    """

    name: str
    header: str
    pattern: re.Pattern[str] | None
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Another sheet in which what a cell refers to is looked up: by the cells of its column `match`.

    `path` and `profile` are relative to the catalogue; an empty `path` is the source's own.
    """

    name: str
    profile: str
    match: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How the rows of one sheet are read; `path` is the profile's own, relative to the catalogue.

    `sources_path` names the companion file that cites a source for each cell; empty when there is none. `sheet` is the worksheet
    of a workbook, `header_row` the number of the row with the headers as a spreadsheet shows it, 0 where it is to be found.
    `first_day` and `last_day` are those of the edition. `other_sheets` are further names of the worksheet, `ignored_rows` what
    the first cell of a row begins with that is no data, such as an example. Where `rows_with` names a column, only rows with a
    cell there are read. With `repeats`, several rows may tell of one thing.
    """

    path: str
    record: str
    columns: Mapping[str, Column]
    delimiter: str = ","
    quote: str = '"'
    encoding: str = ""
    sheet: str = ""
    has_header: bool = True
    header_row: int = 0
    fills_merged: bool = False
    certainty: Certainty = Certainty.STATED
    sources_path: str = ""
    first_day: date | None = None
    last_day: date | None = None
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    other_sheets: tuple[str, ...] = ()
    ignored_rows: tuple[str, ...] = ()
    rows_with: str = ""
    repeats: bool = False

    def column_for(self, use: Use) -> Column | None:
        """Return the first column with this use, or None."""
        return next((each for each in self.columns.values() if each.use is use), None)

    def column_of(self, property_name: str) -> Column | None:
        """Return the first column that gives this property, or None."""
        return next((each for each in self.columns.values() if each.property == property_name), None)
