"""Calendars that are made to use up a machine are refused, in good time and with a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.calendar import reader
from filmgraph.sources.confined import Limits
from filmgraph.vocabulary import Vocabulary
from tests.sources.calendar.test_calendar_reading import PROFILE, calendar, event

#: No year has a 30 February: the rule is followed through 8 000 years in vain.
NEVER = event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "SUMMARY:Here (2023)")

LONG = calendar(event("SUMMARY:" + "x" * 5_000_000))
LIMITED = {
    "endless rule": (calendar(NEVER), Limits(seconds=1), "c.ics: reading it takes more than 1 seconds"),
    "memory": (LONG, Limits(memory_bytes=20_000_000), "c.ics: reading it takes more than 20 MB of memory"),
    "size": (LONG, Limits(file_bytes=1_000_000), "c.ics: more than 1 MB: split the calendar"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITED)
def test_calendar_that_takes_too_much_is_refused(
    name: str, tmp_path: Path, loaded_vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, limits, message = LIMITED[name]
    monkeypatch.setattr(reader, "CALENDAR_LIMITS", limits)
    (tmp_path / "c.ics").write_text(data, encoding="utf-8")
    (tmp_path / "c.toml").write_text(PROFILE, encoding="utf-8")
    with pytest.raises(UnreadableInputError) as caught:
        reader.read_calendar(SourceSettings("c", "calendar", 1, path="c.ics", profile="c.toml"), tmp_path, loaded_vocabulary)
    assert message in str(caught.value)
