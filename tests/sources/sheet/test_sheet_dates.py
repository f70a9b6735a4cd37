from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.model import PartialDate
from filmgraph.sources.sheet.dates import DATE_FORMATS, DATETIME_FORMATS, Problem, parse_date, parse_datetime

BRUSSELS = ZoneInfo("Europe/Brussels")
ISO = ("YYYY-MM-DD HH:MM",)
OFFSET = ("YYYY-MM-DD HH:MM+HH:MM",)


def instant(text: str, formats: tuple[str, ...] = ISO, zone: ZoneInfo | None = BRUSSELS) -> datetime:
    value = parse_datetime(text, formats, zone)
    assert isinstance(value, datetime), value
    assert value.utcoffset() is not None
    return value


def problem_with(text: str, formats: tuple[str, ...] = ISO, zone: ZoneInfo | None = BRUSSELS) -> str:
    value = parse_datetime(text, formats, zone)
    assert isinstance(value, Problem), value
    return value.message


@pytest.mark.parametrize(
    ("text", "format_name", "expected"),
    [
        ("2026-10-17", "YYYY-MM-DD", "2026-10-17"),
        ("17/10/2026", "DD/MM/YYYY", "2026-10-17"),
        ("7/1/2026", "DD/MM/YYYY", "2026-01-07"),
        ("17.10.2026", "DD.MM.YYYY", "2026-10-17"),
        ("17-10-2026", "DD-MM-YYYY", "2026-10-17"),
        ("10/17/2026", "MM/DD/YYYY", "2026-10-17"),
        ("29/02/2024", "DD/MM/YYYY", "2024-02-29"),
        ("2026", "DD/MM/YYYY", "2026"),
        ("2026-10", "DD/MM/YYYY", "2026-10"),
    ],
)
def test_date_is_read_in_the_format_of_the_profile(text: str, format_name: str, expected: str) -> None:
    assert parse_date(text, (format_name,)) == PartialDate(expected)


@pytest.mark.parametrize(
    ("text", "formats", "message"),
    [
        ("31/11/2026", ("DD/MM/YYYY",), "'31/11/2026' is not a date; November 2026 has 30 days. Correct the day."),
        ("31/11/2026", ("YYYY-MM-DD",), "'31/11/2026' is not a date; November 2026 has 30 days. Correct the day."),
        ("29/02/2026", ("DD/MM/YYYY",), "'29/02/2026' is not a date; February 2026 has 28 days. Correct the day."),
        ("12/13/2026", ("DD/MM/YYYY",), "'12/13/2026' is not a date; there is no month 13."),
        ("2026-00-01", ("YYYY-MM-DD",), "'2026-00-01' is not a date; there is no month 0."),
        ("0000-01-01", ("YYYY-MM-DD",), "'0000-01-01' is not a date; there is no year 0."),
        ("soon", ("YYYY-MM-DD", "DD/MM/YYYY"), "'soon' is not a date. Write YYYY-MM-DD or DD/MM/YYYY."),
        (
            "17/10/2026",
            ("YYYY-MM-DD",),
            "'17/10/2026' is not in the format that the profile names. Write YYYY-MM-DD, or add the format to the profile.",
        ),
    ],
)
def test_bad_date_says_why_and_what_to_do(text: str, formats: tuple[str, ...], message: str) -> None:
    assert parse_date(text, formats) == Problem(message)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26", "2026-10-1", "2026/10/01", "0000", "0000-05", "٢٠٢٦"])
def test_what_is_no_date_is_never_guessed(text: str) -> None:
    assert isinstance(parse_date(text, ("YYYY-MM-DD",)), Problem)


@pytest.mark.parametrize(
    ("text", "format_name", "expected"),
    [
        ("2026-10-17 19:30", "YYYY-MM-DD HH:MM", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17T19:30", "YYYY-MM-DD HH:MM", "2026-10-17T19:30:00+02:00"),
        ("2026-10-17 19:30:00", "YYYY-MM-DD HH:MM", "2026-10-17T19:30:00+02:00"),
        ("17/10/2026 9:05", "DD/MM/YYYY HH:MM", "2026-10-17T09:05:00+02:00"),
        ("17.10.2026 19:30", "DD.MM.YYYY HH:MM", "2026-10-17T19:30:00+02:00"),
        ("10/17/2026 19:30", "MM/DD/YYYY HH:MM", "2026-10-17T19:30:00+02:00"),
        ("2026-01-17 19:30", "YYYY-MM-DD HH:MM", "2026-01-17T19:30:00+01:00"),
        ("2026-10-17 19:30-05:00", "YYYY-MM-DD HH:MM+HH:MM", "2026-10-17T19:30:00-05:00"),
        ("2026-10-17T19:30Z", "YYYY-MM-DD HH:MM+HH:MM", "2026-10-17T19:30:00+00:00"),
    ],
)
def test_time_is_read_with_the_offset_of_its_zone(text: str, format_name: str, expected: str) -> None:
    assert instant(text, (format_name,)).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-17 24:00", "2026-10-18T00:00:00+02:00"),
        ("2026-10-17 25:30", "2026-10-18T01:30:00+02:00"),
        ("2026-12-31 25:30", "2027-01-01T01:30:00+01:00"),
        ("2026-10-24 25:30", "2026-10-25T01:30:00+02:00"),
        ("2026-10-24 27:00", "2026-10-25T03:00:00+01:00"),
    ],
)
def test_hours_past_midnight_belong_to_the_night_of_the_day_before(text: str, expected: str) -> None:
    assert instant(text).isoformat() == expected


@pytest.mark.parametrize("text", ["2026-10-17 30:00", "2026-10-17 19:60"])
def test_impossible_hours_and_minutes_are_a_problem(text: str) -> None:
    assert "Hours go to 23" in problem_with(text)


def test_day_on_which_summer_time_ends_has_two_offsets() -> None:
    assert instant("2026-10-25 01:59").isoformat() == "2026-10-25T01:59:00+02:00"
    assert instant("2026-10-25 03:00").isoformat() == "2026-10-25T03:00:00+01:00"


@pytest.mark.parametrize("text", ["2026-10-25 02:00", "2026-10-25 02:59", "2026-10-24 26:30"])
def test_time_that_the_clocks_show_twice_is_a_problem_that_offers_both(text: str) -> None:
    message = problem_with(text)
    assert "happens twice in Europe/Brussels" in message
    assert "+02:00 or 2026-10-25 02:" in message
    assert message.count("+01:00") == 1


def test_both_offers_for_a_doubled_hour_can_be_written() -> None:
    first, second = (instant(f"2026-10-25 02:30{offset}", OFFSET) for offset in ("+02:00", "+01:00"))
    assert (second - first).total_seconds() == 3600


@pytest.mark.parametrize("text", ["2026-03-29 02:00", "2026-03-29 02:30", "2026-03-28 26:59"])
def test_time_that_the_clocks_skip_is_a_problem(text: str) -> None:
    assert "does not exist in Europe/Brussels" in problem_with(text)


def test_hours_around_the_skipped_one_are_fine() -> None:
    assert instant("2026-03-29 01:59").astimezone(UTC).isoformat() == "2026-03-29T00:59:00+00:00"
    assert instant("2026-03-29 03:00").astimezone(UTC).isoformat() == "2026-03-29T01:00:00+00:00"


def test_local_time_without_zone_is_a_problem() -> None:
    assert "time_zone" in problem_with("2026-10-17 19:30", zone=None)


def test_time_with_its_own_offset_needs_no_zone() -> None:
    assert instant("2026-10-17 19:30+02:00", OFFSET, None).isoformat() == "2026-10-17T19:30:00+02:00"


@pytest.mark.parametrize("text", ["2026-10-17 19:30+15:00", "2026-10-17 19:30+14:30", "2026-10-17 19:30+01:60"])
def test_impossible_offset_is_a_problem(text: str) -> None:
    assert "Offsets go from -14:00 to +14:00" in problem_with(text, OFFSET)


def test_seconds_are_not_dropped_in_silence() -> None:
    assert "is not a time" in problem_with("2026-10-17 19:30:15")


@pytest.mark.parametrize("text", ["9999-12-31 25:00", "9999-12-31 23:59", "0001-01-01 00:00"])
def test_ends_of_the_calendar_do_not_break_anything(text: str) -> None:
    assert isinstance(parse_datetime(text, ISO, BRUSSELS), Problem | datetime)


@given(st.text(alphabet="0123456789-/.:+ TZ", max_size=25))
def test_any_digits_give_a_value_or_a_problem(text: str) -> None:
    assert isinstance(parse_date(text, DATE_FORMATS), PartialDate | Problem)
    assert isinstance(parse_datetime(text, DATETIME_FORMATS, BRUSSELS), datetime | Problem)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))
def test_a_local_time_is_the_same_wall_clock_in_the_result(moment: datetime) -> None:
    written = moment.strftime("%Y-%m-%d %H:%M")
    value = parse_datetime(written, ISO, BRUSSELS)
    if isinstance(value, datetime):
        assert value.strftime("%Y-%m-%d %H:%M") == written
        assert value.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M") == written
    else:
        assert isinstance(value, Problem)
        assert "clocks" in value.message
