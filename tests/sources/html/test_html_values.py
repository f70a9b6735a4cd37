"""The small readers behind a page: JSON with lines, times, lengths, dates."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph.model import Minutes, PartialDate
from filmgraph.sources.html.jsontext import JsonError, JsonObject, JsonValue, parse_json
from filmgraph.sources.html.values import parse_length, parse_partial_date, parse_time
from filmgraph.sources.sheet.dates import Problem

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=20
)


def plain(value: JsonValue) -> object:
    if isinstance(value.content, list):
        return [plain(each) for each in value.content]
    if isinstance(value.content, JsonObject):
        return {name: plain(each) for name, each in value.content.members}
    return value.content


def as_texts(value: object) -> object:
    """Return a value with numbers and truth values as JSON writes them, which is how they are read."""
    if isinstance(value, dict):
        return {name: as_texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_texts(each) for each in value]
    return value if value is None or isinstance(value, str) else json.dumps(value)


@settings(max_examples=60, deadline=None)
@given(value=VALUES, is_ascii=st.booleans(), indent=st.sampled_from([None, 1]))
def test_json_is_read_as_the_standard_library_does(value: object, is_ascii: bool, indent: int | None) -> None:
    assert plain(parse_json(json.dumps(value, ensure_ascii=is_ascii, indent=indent), 1)) == as_texts(value)


def test_values_know_their_lines() -> None:
    value = parse_json('\n{"a": [1,\n2], "b":\n{"c": "x\ny",}}', 5)
    assert isinstance(value.content, JsonObject)
    a, b = value.content.get("a"), value.content.get("b")
    assert a is not None
    assert b is not None
    assert [(each.text, each.line) for each in a.each()] == [("1", 6), ("2", 7)]
    assert (value.line, b.line) == (6, 8)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"a": 1', 1, "ends too early"),
        ('{"a" 1}', 1, "stands where a name and a colon should"),
        ('[1\n2]', 2, "stands where a comma or ']' should"),
        ("[1]\n[2]", 2, "stands after the end"),
        ("{'a': 1}", 1, "is no JSON"),
        ('["\\x"]', 1, "has an escape that is none"),
        ("]", 1, "stands where a value should"),
        ("", 1, "ends too early"),
    ],
)  # fmt: skip
def test_json_that_is_none_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(JsonError, match=message.replace("]", r"\]")) as caught:
        parse_json(text, 1)
    assert caught.value.line == line


BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-17T19:30:00+02:00", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17T19:30+0200", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17 19:30 +02", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17T17:30:00.000Z", "2026-10-17T17:30:00+00:00"),
        ("2026-10-17T19:30", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17", None),
        ("2026-10-32T19:30Z", None),
        ("17/10/2026 19:30", None),
    ],
)
def test_time(text: str, expected: str | None) -> None:
    found = parse_time(text, BRUSSELS)
    assert (found.isoformat() if isinstance(found, datetime) else None) == expected


def test_time_without_an_offset_asks_for_a_zone() -> None:
    found = parse_time("2026-10-17T19:30", None)
    assert isinstance(found, Problem)
    assert "time_zone" in found.message


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT1H22M", 82), ("PT82M", 82), ("PT4920S", 82), ("P0DT1H22M", 82), ("pt82m", 82), ("121 min", 121), ("121'", 121),
        ("82", 82), ("1h22", 82), ("1 h 22 min", 82), ("1u22", 82), ("2h", 120), ("PT", None), ("", None), ("PT0M", None),
        ("about 80", None), ("1:22", None),
    ],
)  # fmt: skip
def test_length(text: str, minutes: int | None) -> None:
    found = parse_length(text)
    assert (found.value if isinstance(found, Minutes) else None) == minutes


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2023", "2023"), ("2023-05", "2023-05"), ("2023-05-01T00:00:00Z", "2023-05-01"), ("2023-13", None), ("May 2023", None)],
)
def test_partial_date(text: str, expected: str | None) -> None:
    found = parse_partial_date(text)
    assert (found.value if isinstance(found, PartialDate) else None) == expected
