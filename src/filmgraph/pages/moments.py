"""Dates and times as people read them, in the local time that the graph gives; no time zone is ever guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from filmgraph.pages.messages import ENGLISH, Messages

__all__ = ["Moment", "duration_text", "long_day", "read_moment", "short_day"]

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?\Z")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time. `iso` is the graph's spelling, for `<time datetime>`; `day` and `clock` are for people.

    `clock` and `offset` are empty for what is only a date.
    """

    iso: str
    day: str
    clock: str = ""
    offset: str = ""

    def __str__(self) -> str:
        return f"{self.day}, {self.clock}" if self.clock else self.day


def read_moment(text: str, messages: Messages = ENGLISH) -> Moment | None:
    """Read an xsd:dateTime, date, gYearMonth or gYear; None when it is none of them.

    >>> str(read_moment("2026-10-17T19:30:00+02:00")), str(read_moment("2026-10-16")), str(read_moment("2023"))
    ('Sat 17 Oct 2026, 19:30', 'Fri 16 Oct 2026', '2023')
    """
    try:
        if re.fullmatch(r"\d{4}", text):
            return Moment(text, text)
        if re.fullmatch(r"\d{4}-\d\d", text):
            return Moment(text, messages.month(date.fromisoformat(text + "-01")))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return Moment(text, messages.day(date.fromisoformat(text)))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = moment.strftime("%z")
    shown_offset = f"UTC{offset[:3]}:{offset[3:5]}" if offset else ""
    return Moment(text, messages.day(moment.date()), moment.strftime("%H:%M"), shown_offset)


def duration_text(text: str, messages: Messages = ENGLISH) -> str:
    """Return a running time for people; unchanged when it is not in hours and minutes.

    >>> duration_text("PT1H22M"), duration_text("PT2H"), duration_text("PT7M"), duration_text("P1D")
    ('1 h 22 min', '2 h', '7 min', 'P1D')
    """
    match = _DURATION.match(text)
    if not match or not any(match.groups()):
        return text
    hours, minutes = match.groups()
    parts = (
        messages("word.duration-hours", hours=int(hours)) if hours else "",
        messages("word.duration-minutes", minutes=int(minutes)) if minutes else "",
    )
    return " ".join(each for each in parts if each)


def long_day(day: date, messages: Messages = ENGLISH) -> str:
    """Return a day for a heading.

    >>> long_day(date(2026, 10, 17))
    'Saturday 17 October 2026'
    """
    return messages.long_day(day)


def short_day(day: date, messages: Messages = ENGLISH) -> str:
    """Return a day within a programme, where the year is known.

    >>> short_day(date(2026, 10, 17))
    'Sat 17 Oct'
    """
    return messages.short_day(day)
