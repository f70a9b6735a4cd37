"""What a profile says of one column: where its cells go, and what kind of value they hold."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from filmgraph.iris import Kind
from filmgraph.model import Certainty

__all__ = ["Column", "Profile", "Use"]


class Use(enum.Enum):
    """What the cells of a column are for; the value is the word in the profile."""

    VALUE = "property"
    CREDIT = "role"
    KEY = "key"
    CERTAINTY = "certainty"
    REASON = "reason"
    SOURCE = "source"
    CONTAINER = "container"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One `[columns."…"]` table of a profile.

    `property` is a field of the record, `type` a name in `sheet_values.VALUE_TYPES`. `separator` cuts a cell into
    several values. `to` and `by_name` are for references, `within` names the column that holds the container of what is
    referred to (a hall's venue). `formats` are names out of the closed lists in `sheet_dates`. `is_string` is set where
    the property takes a plain string.
    """

    header: str
    use: Use
    property: str = ""
    type: str = ""
    separator: str = ""
    language: str | None = None
    role: str = ""
    to: Kind = Kind.PERSON
    by_name: bool = False
    within: str = ""
    scheme: str = ""
    formats: tuple[str, ...] = ()
    time_zone: ZoneInfo | None = None
    required: bool = False
    is_string: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """How the rows of one sheet are read; `path` is the profile's own, relative to the catalogue.

    `sources_path` names the companion file that cites a source for each cell; empty when there is none.
    """

    path: str
    record: str
    columns: Mapping[str, Column]
    delimiter: str = ","
    certainty: Certainty = Certainty.STATED
    sources_path: str = ""

    def column_for(self, use: Use) -> Column | None:
        """Return the first column with this use, or None."""
        return next((each for each in self.columns.values() if each.use is use), None)

    def column_of(self, property_name: str) -> Column | None:
        """Return the first column that gives this property, or None."""
        return next((each for each in self.columns.values() if each.property == property_name), None)
