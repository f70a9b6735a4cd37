"""What the cells of a column tell of their kind: separators, codes for missing, formats of dates. All of it is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from filmgraph.sources.sheet.dates import DATE_FORMATS, DATETIME_FORMATS, Problem, Years, parse_date, parse_datetime

__all__ = [
    "Commas",
    "find_commas",
    "find_formats",
    "find_missing",
    "find_separators",
    "has_clock",
    "is_imdb_address",
    "is_mostly_minutes",
    "sample",
]

_MISSING: Final = (
    "NA",
    "N/A",
    "n/a",
    "n.a.",
    "-",
    "–",
    "—",
    "?",
    "NULL",
    "null",
    "None",
    "TBA",
    "TBC",
    "tba",
    "tbc",
    "k.A.",
    "n.v.t.",
)
_SEPARATORS: Final = (";", "|", " / ", "/", " & ", " + ", " and ", " et ", " en ", " und ", " y ", "\n", ",")
_IMDB: Final = re.compile(r"https?://(?:www\.|m\.)?imdb\.com/title/tt[0-9]{7,9}.*")
_CLOCK: Final = re.compile(r"[0-9]{1,3}:[0-5][0-9](:[0-5][0-9])?")
_LENGTH: Final = re.compile(r"[0-9]{1,4}([:.][0-9]{2})*\s*(h|u|m|min|hrs?|uur|minut|'|′|’|$)[^.]{0,8}", re.IGNORECASE)
_SHOWN: Final = 3
_ENOUGH: Final = 400


@dataclass(frozen=True, slots=True)
class Commas:
    """How the cells of a column of names use commas: between names, within a name, or in a way that shows neither."""

    part_names: int = 0
    turn_names: int = 0
    unclear: int = 0


def sample(values: Iterable[str]) -> str:
    """Return some different values in quotes, for a comment."""
    shown = list(dict.fromkeys(values))[:_SHOWN]
    return ", ".join(repr(each[:40]) for each in shown)


def find_missing(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the usual codes for a missing value that fill whole cells, with at least two cells each."""
    counts = Counter(cell.strip() for row in rows for cell in row if cell.strip() in _MISSING)
    return [code for code in _MISSING if counts[code] >= 2]


def find_separators(values: Sequence[str], *, is_person: bool) -> list[str]:
    """Return the separators that cells hold, but for the comma; words and & only between names of people."""
    known = [each for each in _SEPARATORS if each != "," and (is_person or each in (";", "|", " / ", "/", "\n"))]
    found = [each for each in known if any(each in value for value in values)]
    if " / " in found and not any("/" in value.replace(" / ", "") for value in values):
        found.remove("/")
    return found


def find_commas(values: Iterable[str]) -> Commas:
    """Count what commas do in cells of names: `Ann One, Bo Two` parts two, `Lau, Flora` turns one."""
    counts = Counter(_comma(value) for value in values if "," in value)
    return Commas(counts["part"], counts["turn"], counts["unclear"])


def _comma(value: str) -> str:
    pieces = [each.strip() for each in value.split(",")]
    lengths = [len(each.split()) for each in pieces]
    if len(pieces) > 2 or min(lengths) > 1:
        return "part" if all(lengths) else "unclear"
    return "turn" if lengths[0] == 1 and lengths[1] <= 2 and lengths[1] > 0 else "unclear"


def find_formats(values: Sequence[str], *, with_time: bool) -> list[str]:
    """Return every format in which all values are dates, or dates with times."""
    texts = list(dict.fromkeys(values))[:_ENOUGH]
    years = Years(date(2024, 1, 1), date(2024, 12, 31))  # a leap year, so that every day of a year without one is there
    if with_time:
        zone = ZoneInfo("UTC")
        found = {each: [parse_datetime(text, (each,), zone, years) for text in texts] for each in DATETIME_FORMATS}
        return [each for each, values in found.items() if values and not _any_problem(values)]
    dates = {each: [parse_date(text, (each,), years) for text in texts] for each in DATE_FORMATS}
    return [each for each, values in dates.items() if values and not _any_problem(values)]


def _any_problem(values: Iterable[object]) -> bool:
    return any(isinstance(value, Problem) for value in values)


def is_mostly_minutes(values: Sequence[str]) -> bool:
    """Return whether half of the values, or more, are running times."""
    return sum(bool(_LENGTH.fullmatch(value)) for value in values) * 2 >= len(values)


def has_clock(values: Iterable[str]) -> bool:
    """Return whether running times are written as a clock's: 1:22 may be hours and minutes, or minutes and seconds."""
    return any(_CLOCK.fullmatch(value) for value in values)


def is_imdb_address(values: Sequence[str]) -> bool:
    """Return whether nearly all values are addresses of films at IMDb."""
    return bool(values) and sum(bool(_IMDB.fullmatch(value)) for value in values) >= 0.9 * len(values)
