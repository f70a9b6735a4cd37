"""Whatever text a calendar of ours holds comes back as it was, whatever it takes to write it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph.ical import Calendar, Entry, to_ical
from filmgraph.sources.calendar.process import read_calendar_bytes
from filmgraph.sources.confined import RefusedError

#: Texts without the controls and line ends that are written as spaces and as one sign.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n"), min_size=1, max_size=200).map(
    str.strip
)
REQUEST = {"zones": {}, "home": "Europe/Brussels", "last_day": "", "most": 10}


def written(**values: object) -> bytes:
    start = datetime(2026, 10, 17, 17, 30, tzinfo=UTC)
    entry = Entry(**{"uid": "u", "summary": "s", "start": start, "modified": start, **values})  # type: ignore[arg-type]
    return to_ical(
        Calendar(uid="c", name="c", product="p", url="http://x.example/", source_url="http://x.example/", entries=(entry,))
    )


@settings(max_examples=60, deadline=None)
@given(summary=TEXTS.filter(bool), location=TEXTS, categories=st.lists(TEXTS.filter(bool), max_size=3))
def test_texts_come_back_as_they_were(summary: str, location: str, categories: list[str]) -> None:
    plain = [each for each in categories if "\n" not in each]
    (found,) = read_calendar_bytes(REQUEST, written(summary=summary, location=location, categories=tuple(plain)))["occurrences"]
    cells = found["cells"]
    assert (cells["SUMMARY"], cells.get("LOCATION", ""), cells.get("CATEGORIES", "")) == (summary, location, "\n".join(plain))
    assert found["notes"] == []


def test_bytes_that_are_changed_anywhere_are_read_or_refused() -> None:
    data = written(summary="Here (2023)", location="Hall 1, Lantern", description="a\nb" * 40)
    dice = random.Random(7)
    answers = set()
    for _ in range(300):
        position = dice.randrange(len(data))
        changed = data[:position] + bytes([dice.randrange(256)]) + data[position + dice.randrange(2) :]
        answers.add(answer(changed).partition(":")[0])
    assert "read" in answers
    assert len(answers) > 5


def answer(data: bytes) -> str:
    """Return whether a calendar is read, or why it is not; any other error is one of ours."""
    try:
        read_calendar_bytes(REQUEST, data)
    except RefusedError as refused:
        return str(refused)
    return "read"
