"""The example of docs/calendars.md is read, and gives the facts that stand below it."""

from __future__ import annotations

import re

from filmgraph.settings import SourceSettings
from tests.conftest import ROOT
from tests.sources.calendar.conftest import ReadCalendar
from tests.sources.calendar.test_calendar_reading import facts_of

TEXT = (ROOT / "docs" / "calendars.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n((?:.*\n)*?)```$", TEXT, flags=re.MULTILINE)


def test_example_gives_the_facts_below_it(read: ReadCalendar) -> None:
    _, (ics_kind, ics), (toml_kind, profile), (facts_kind, facts) = BLOCKS
    assert (ics_kind, toml_kind, facts_kind) == ("ics", "toml", "facts")
    reading = read(ics.replace("\n", "\r\n"), profile)
    assert facts_of(reading) == facts.splitlines()
    assert reading.findings == ()
    assert [each.text for each in reading.unread] == ["Opening party"]


def test_source_is_set_up_as_the_page_says() -> None:
    kind, table = BLOCKS[0]
    assert kind == "toml"
    settings = dict(re.findall(r'^(\w+) = "(.+)"$', table, flags=re.MULTILINE))
    assert SourceSettings(precedence=1, **settings).kind == "calendar"
