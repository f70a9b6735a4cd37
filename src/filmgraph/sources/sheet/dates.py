"""Dates and times as sheets write them. The formats are closed lists: a date is never guessed from its looks."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from filmgraph.model import PartialDate
from filmgraph.sources.sheet.calendar_words import month_number, weekday_numbers

__all__ = [
    "DATETIME_FORMATS",
    "DATE_FORMATS",
    "YEARLESS_FORMATS",
    "Inferred",
    "Problem",
    "Years",
    "has_year",
    "parse_date",
    "parse_datetime",
    "parse_year",
]

_WITH_YEAR: Final = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "MM/DD/YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "D MONTH YYYY",
    "MONTH D YYYY",
)
YEARLESS_FORMATS: Final = ("DD/MM", "DD.MM.", "DD-MM", "MM/DD", "D MONTH", "MONTH D")
DATE_FORMATS: Final = (*_WITH_YEAR, *YEARLESS_FORMATS)
OFFSET_FORMAT: Final = "YYYY-MM-DD HH:MM+HH:MM"
_TIMES: Final = ("HH:MM", "HH.MM", "HHhMM", "H:MM PM")
DATETIME_FORMATS: Final = (*(f"{each} {time}" for time in _TIMES for each in DATE_FORMATS), OFFSET_FORMAT)
_LAST_HOUR = 29  # a night's last screening may be written as 25:30 of the day before, up to 29:59
_WEEKDAY: Final = r"(?:(?P<weekday>[^\W\d_]{2,12})\b\.?,?\s*)?(?:(?:le|el|den|the)\s+)?"
_BETWEEN: Final = r"(?:T|,?\s+(?:(?:at|om|um|à|@|-|–)\s+)?)"
_DAY_IN_WORDS: Final = r"(?P<day>[0-9]{1,2})(?:\.|er|st|nd|rd|th|º|°)?"
_MONTH_IN_WORDS: Final = r"(?P<word>[^\W\d_]{3,12})\.?"
_IN_WORDS: Final = {
    "D MONTH YYYY": rf"{_DAY_IN_WORDS}[\s-]+(?:(?:de|of)\s+)?{_MONTH_IN_WORDS},?[\s-]+(?:del?\s+)?(?P<year>[0-9]{{4}})",
    "MONTH D YYYY": rf"{_MONTH_IN_WORDS}\s+{_DAY_IN_WORDS},?\s+(?P<year>[0-9]{{4}})",
    "D MONTH": rf"{_DAY_IN_WORDS}[\s-]+(?:(?:de|of)\s+)?{_MONTH_IN_WORDS}",
    "MONTH D": rf"{_MONTH_IN_WORDS}\s+{_DAY_IN_WORDS}",
}
_IN_TIME: Final = {
    "HH:MM": r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::00)?(?:\s*(?:uur|Uhr|h))?",
    "HH.MM": r"(?P<hour>[0-9]{1,2})\.(?P<minute>[0-9]{2})(?:\s*(?:uur|Uhr|h))?",
    "HHhMM": r"(?P<hour>[0-9]{1,2})\s?[hHuU]\s?(?P<minute>[0-9]{2})?",
    "H:MM PM": r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})(?::00)?)?\s?(?P<half>[AaPp])\.?[Mm]\.?",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is no value of the wanted kind, and what to write instead; `rule` where it is not the kind's own."""

    message: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Inferred:
    """A value of which a part does not stand in the cell; `reason` says where that part is from."""

    value: PartialDate | datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Years:
    """What the year of a date without one can be: the one that puts it between two days, or that of an edition.

    `edition` is how the sheet names the edition.
    """

    first: date | None = None
    last: date | None = None
    year: int | None = None
    edition: str = ""

    @property
    def reason(self) -> str:
        """Where the year is from, in plain words."""
        if self.first and self.last:
            return f"The sheet gives no year; the profile says that the edition runs from {self.first} to {self.last}."
        return f"The sheet gives no year; {self.year} is that of the edition {self.edition!r}."

    def choose(self, text: str, month: int, day: int) -> int | Problem:
        """Return the year of a day, or say why there is none, or more than one."""
        if self.year is not None:
            return self.year
        if self.first is None or self.last is None:
            return Problem(
                f"{text!r} has no year. Write it, or give first_day and last_day of the edition in the profile, "
                "or the edition's year in the row."
            )
        possible = [year for year in range(self.first.year, self.last.year + 1) if _exists(year, month, day)]
        fitting = [year for year in possible if self.first <= date(year, month, day) <= self.last]
        if len(fitting) == 1:
            return fitting[0]
        which = "in more than one year" if fitting else "not"
        return Problem(f"{text!r} has no year and is {which} between {self.first} and {self.last}. Write the year.")


def _pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a format; one digit will do for a day or month outside ISO dates, and seconds must be 00."""
    day = next(each for each in sorted(DATE_FORMATS, key=len, reverse=True) if name == each or name.startswith(f"{each} "))
    text = _IN_WORDS.get(day) or _numeric(day)
    if name == OFFSET_FORMAT:
        offset = r"(?:Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):(?P<off_minute>[0-9]{2}))"
        return re.compile(f"{_WEEKDAY}{text}[ T]{_IN_TIME['HH:MM']}{offset}")
    time = name.removeprefix(day).strip()
    return re.compile(_WEEKDAY + text + (_BETWEEN + _IN_TIME[time] if time else ""), re.IGNORECASE)


def _numeric(day: str) -> str:
    digits = "{2}" if day.startswith("YYYY") else "{1,2}"
    text = re.escape(day).replace("YYYY", "(?P<year>[0-9]{4})")
    text = text.replace("MM", f"(?P<month>[0-9]{digits})").replace("DD", f"(?P<day>[0-9]{digits})")
    return f"{text}?" if day.endswith(".") else text


_PATTERNS: Final = {name: _pattern(name) for name in (*DATE_FORMATS, *DATETIME_FORMATS)}


def has_year(name: str) -> bool:
    """Return whether a format writes the year."""
    return "YYYY" in name


def parse_year(text: str) -> PartialDate | Problem:
    """Return a year written with four digits."""
    if re.fullmatch("[0-9]{4}", text) and text != "0000":
        return PartialDate(text)
    return Problem(f"{text!r} is not a year. Write four digits, such as 2026.")


def parse_date(text: str, formats: tuple[str, ...], years: Years | None = None) -> PartialDate | Inferred | Problem:
    """Return a date known to the year (2026), the month (2026-11) or the day, the day in one of `formats`."""
    if re.fullmatch("[0-9]{4}", text):
        return parse_year(text)
    if re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", text) and not text.startswith("0000"):
        return PartialDate(text)
    match = _match(text, formats)
    if match is None:
        return _unknown_format("date", text, formats, DATE_FORMATS)
    day = _to_day(text, match, years or Years())
    if isinstance(day, Problem):
        return day
    value = PartialDate(day.isoformat())
    return value if "year" in match.re.groupindex else Inferred(value, (years or Years()).reason)


def parse_datetime(
    text: str, formats: tuple[str, ...], zone: ZoneInfo | None, years: Years | None = None, day_ends: int = 0
) -> datetime | Inferred | Problem:
    """Return an instant with its UTC offset.

    Hours up to 29 belong to the night of the day written: 25:30 is half past one of the next day; so do those before
    `day_ends`, in minutes after midnight. A local time that the clocks skip or show twice is a problem, since no offset can be
    chosen for it.
    """
    match = _match(text, formats)
    if match is None:
        return _unknown_format("time", text, formats, DATETIME_FORMATS)
    day = _to_day(text, match, years or Years())
    if isinstance(day, Problem):
        return day
    minutes = _to_minutes(text, match)
    if isinstance(minutes, Problem):
        return minutes
    try:
        local = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes + (24 * 60 if minutes < day_ends else 0))
        moment = _with_offset(text, local, match) if "sign" in match.re.groupindex else _with_zone(text, local, zone)
    except OverflowError:
        return Problem(f"{text!r} is out of the range of the calendar. Check the year.")
    if isinstance(moment, Problem) or "year" in match.re.groupindex:
        return moment
    return Inferred(moment, (years or Years()).reason)


def _match(text: str, formats: tuple[str, ...]) -> re.Match[str] | None:
    return next((match for name in formats if (match := _PATTERNS[name].fullmatch(text)) and _has_sound_words(match)), None)


def _has_sound_words(match: re.Match[str]) -> bool:
    """Return whether the words of a match are a weekday and a month; any other word makes it no date."""
    words = match.groupdict()
    is_month = "word" not in words or month_number(words["word"]) is not None
    return is_month and (not words["weekday"] or bool(weekday_numbers(words["weekday"])))


def _to_minutes(text: str, match: re.Match[str]) -> int | Problem:
    parts = match.groupdict()
    hour, minute, half = int(parts["hour"]), int(parts["minute"] or 0), parts.get("half")
    if half is not None:
        if not 1 <= hour <= 12 or minute > 59:
            return Problem(f"{text!r} is not a time. With am and pm, hours go from 1 to 12; minutes go to 59.")
        return (hour % 12 + (12 if half in "pP" else 0)) * 60 + minute
    if hour > _LAST_HOUR or minute > 59:
        return Problem(f"{text!r} is not a time. Hours go to 23, past midnight to {_LAST_HOUR}; minutes go to 59.")
    return hour * 60 + minute


def _to_day(text: str, match: re.Match[str], years: Years) -> date | Problem:
    parts = match.groupdict()
    month, day = month_number(parts["word"]) if "word" in parts else int(parts["month"]), int(parts["day"])
    if month is None or not 1 <= month <= 12:
        return Problem(f"{text!r} is not a date; there is no month {month}.")
    year = int(parts["year"]) if "year" in parts else years.choose(text, month, day)
    if isinstance(year, Problem):
        return year
    if year < 1:
        return Problem(f"{text!r} is not a date; there is no year 0.")
    if not _exists(year, month, day):
        days = calendar.monthrange(year, month)[1]
        return Problem(f"{text!r} is not a date; {calendar.month_name[month]} {year} has {days} days. Correct the day.")
    found = date(year, month, day)
    weekday = parts["weekday"]
    if weekday and found.weekday() not in weekday_numbers(weekday):
        return Problem(f"{text!r} contradicts itself: {found} is a {calendar.day_name[found.weekday()]}. Correct one of the two.")
    return found


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(max(year, 1), month)[1]


def _unknown_format(noun: str, text: str, formats: tuple[str, ...], known: tuple[str, ...]) -> Problem:
    """Say what to write; when the text is in a format the profile does not list, say whether it would be sound there."""
    wanted = " or ".join(formats)
    match = _match(text, tuple(each for each in known if has_year(each)))
    if match is None:
        hint = " It may be a spreadsheet's number of a day: format the cell as a date." if _is_serial(text) else ""
        return Problem(f"{text!r} is not a {noun}. Write {wanted}.{hint}")
    day = _to_day(text, match, Years())
    if isinstance(day, Problem):
        return day
    return Problem(f"{text!r} is not in the format that the profile names. Write {wanted}, or add the format to the profile.")


def _is_serial(text: str) -> bool:
    """Return whether a text may be the number of a day since 1900, from 1954 to 2091."""
    return bool(re.fullmatch(r"[2-6][0-9]{4}(\.[0-9]+)?", text))


def _with_offset(text: str, local: datetime, match: re.Match[str]) -> datetime | Problem:
    if match["sign"] is None:
        return local.replace(tzinfo=UTC)
    hours, minutes = int(match["off_hour"]), int(match["off_minute"])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > timedelta(hours=14):
        return Problem(f"{text!r} has no possible UTC offset. Offsets go from -14:00 to +14:00.")
    return local.replace(tzinfo=timezone(offset if match["sign"] == "+" else -offset))


def _with_zone(text: str, local: datetime, zone: ZoneInfo | None) -> datetime | Problem:
    if zone is None:
        return Problem(f"{text!r} has no UTC offset. Name a time_zone in the profile.")
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if first == second:
        return local.replace(tzinfo=timezone(first))
    if first < second:
        return Problem(f"{text!r} does not exist in {zone.key}: the clocks go forward over it. Correct the hour.")
    choices = " or ".join(local.replace(tzinfo=timezone(offset)).isoformat(" ", "minutes") for offset in (first, second))
    return Problem(f"{text!r} happens twice in {zone.key}: the clocks go back. Write {choices} (format {OFFSET_FORMAT}).")
