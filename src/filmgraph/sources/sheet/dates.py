"""Dates and times as sheets write them. The formats are closed lists: a date is never guessed from its looks."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from filmgraph.model import PartialDate

__all__ = ["DATETIME_FORMATS", "DATE_FORMATS", "Problem", "parse_date", "parse_datetime", "parse_year"]

DATE_FORMATS: Final = ("YYYY-MM-DD", "DD/MM/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM/DD/YYYY")
OFFSET_FORMAT: Final = "YYYY-MM-DD HH:MM+HH:MM"
DATETIME_FORMATS: Final = (*(f"{each} HH:MM" for each in DATE_FORMATS), OFFSET_FORMAT)
_LAST_HOUR = 29  # a night's last screening may be written as 25:30 of the day before, up to 29:59


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is no value of the wanted kind, and what to write instead; `rule` where it is not the kind's own."""

    message: str
    rule: str = ""


def _pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a format; one digit will do for a day or month outside ISO dates, and seconds must be 00."""
    digits = "{2}" if name.startswith("YYYY") else "{1,2}"
    day, _, time = name.partition(" ")
    text = re.escape(day).replace("YYYY", "(?P<year>[0-9]{4})")
    text = text.replace("MM", f"(?P<month>[0-9]{digits})").replace("DD", f"(?P<day>[0-9]{digits})")
    if time:
        text += "[ T](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::00)?"
    if time.endswith("+HH:MM"):
        text += r"(?:Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):(?P<off_minute>[0-9]{2}))"
    return re.compile(text)


_PATTERNS: Final = {name: _pattern(name) for name in (*DATE_FORMATS, *DATETIME_FORMATS)}


def parse_year(text: str) -> PartialDate | Problem:
    """Return a year written with four digits."""
    if re.fullmatch("[0-9]{4}", text) and text != "0000":
        return PartialDate(text)
    return Problem(f"{text!r} is not a year. Write four digits, such as 2026.")


def parse_date(text: str, formats: tuple[str, ...]) -> PartialDate | Problem:
    """Return a date known to the year (2026), the month (2026-11) or the day, the day in one of `formats`."""
    if re.fullmatch("[0-9]{4}", text):
        return parse_year(text)
    if re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", text) and not text.startswith("0000"):
        return PartialDate(text)
    match = _match(text, formats)
    if match is None:
        return _unknown_format("date", text, formats, DATE_FORMATS)
    day = _to_day(text, match)
    return day if isinstance(day, Problem) else PartialDate(day.isoformat())


def parse_datetime(text: str, formats: tuple[str, ...], zone: ZoneInfo | None) -> datetime | Problem:
    """Return an instant with its UTC offset.

    Hours up to 29 belong to the night of the day written: 25:30 is half past one of the next day. A local time that the
    clocks skip or show twice is a problem, since no offset can be chosen for it.
    """
    match = _match(text, formats)
    if match is None:
        return _unknown_format("time", text, formats, DATETIME_FORMATS)
    day = _to_day(text, match)
    if isinstance(day, Problem):
        return day
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > _LAST_HOUR or minute > 59:
        return Problem(f"{text!r} is not a time. Hours go to 23, past midnight to {_LAST_HOUR}; minutes go to 59.")
    try:
        local = datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute)
        if "sign" in match.re.groupindex:
            return _with_offset(text, local, match)
        return _with_zone(text, local, zone)
    except OverflowError:
        return Problem(f"{text!r} is out of the range of the calendar. Check the year.")


def _match(text: str, formats: tuple[str, ...]) -> re.Match[str] | None:
    return next((match for name in formats if (match := _PATTERNS[name].fullmatch(text))), None)


def _to_day(text: str, match: re.Match[str]) -> date | Problem:
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    if not 1 <= month <= 12:
        return Problem(f"{text!r} is not a date; there is no month {month}.")
    if year < 1:
        return Problem(f"{text!r} is not a date; there is no year 0.")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        return Problem(f"{text!r} is not a date; {calendar.month_name[month]} {year} has {days} days. Correct the day.")
    return date(year, month, day)


def _unknown_format(noun: str, text: str, formats: tuple[str, ...], known: tuple[str, ...]) -> Problem:
    """Say what to write; when the text is in a format the profile does not list, say whether it would be sound there."""
    wanted = " or ".join(formats)
    match = _match(text, known)
    if match is None:
        return Problem(f"{text!r} is not a {noun}. Write {wanted}.")
    day = _to_day(text, match)
    if isinstance(day, Problem):
        return day
    return Problem(f"{text!r} is not in the format that the profile names. Write {wanted}, or add the format to the profile.")


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
