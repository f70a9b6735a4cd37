from __future__ import annotations

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.sources.sheet.csvfile import read_csv_rows
from filmgraph.sources.sheet.rows import RawRow, tabulate


def rows(text: str, delimiter: str = ",") -> list[RawRow]:
    return read_csv_rows(text, "t.csv", delimiter)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_the_one_that_is_given(delimiter: str) -> None:
    assert rows(f"a{delimiter}b\n", delimiter) == [RawRow(1, 1, ("a", "b"))]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(newline: str) -> None:
    assert rows(f"a,b{newline}1,2{newline}") == [RawRow(1, 1, ("a", "b")), RawRow(2, 2, ("1", "2"))]


def test_line_and_row_part_ways_at_a_quoted_newline() -> None:
    read = rows('a,b\n1,"two\nlines"\n3,4\n')
    assert read == [RawRow(1, 1, ("a", "b")), RawRow(2, 2, ("1", "two\nlines")), RawRow(4, 3, ("3", "4"))]


def test_empty_rows_are_left_out_but_counted() -> None:
    assert rows("a,b\n\n,\n1,2\n") == [RawRow(1, 1, ("a", "b")), RawRow(4, 4, ("1", "2"))]


def test_quotes_and_separators_in_quotes_are_read() -> None:
    assert rows('"a ""b""","c,d"\n') == [RawRow(1, 1, ('a "b"', "c,d"))]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('a,b\n1,2\n3,"four\n', r"t\.csv, line 3: .*quote that is not closed"),
        ('a,b\n1,"two"x\n', r"t\.csv, line 2: .*not well-formed CSV"),
        ("a\n" + "x" * 140_000 + "\n", r"t\.csv, line 2: .*not well-formed CSV"),
        ("a\n" + "," * 16_384 + "\n", r"t\.csv, line 2: the row has 16385 cells"),
    ],
)
def test_file_that_cannot_be_trusted_is_unreadable(data: str, message: str) -> None:
    with pytest.raises(UnreadableInputError, match=message):
        read_csv_rows(data, "t.csv", ",")


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n", "  \n"])
def test_file_without_header_is_a_violation(text: str) -> None:
    sheet = tabulate(rows(text), "t.csv")
    assert sheet.rows == ()
    assert [(each.rule, each.severity, each.places) for each in sheet.findings] == [
        ("read-header", Severity.VIOLATION, (SourcePlace("t.csv", 1),))
    ]


def test_cells_are_stripped_and_blank_ones_left_out() -> None:
    (row,) = tabulate(rows("a,b,c\n x ,  ,\u00a0y\n"), "t.csv").rows
    assert row.cells == {"a": "x", "c": "y"}
    assert row.place_of("c") == SourcePlace("t.csv", 2, 2, "c")


def test_short_row_is_padded() -> None:
    sheet = tabulate(rows("a,b,c\nx\n"), "t.csv")
    assert sheet.rows[0].cells == {"a": "x"}
    assert sheet.findings == ()


def test_header_after_blank_rows_has_its_own_place() -> None:
    assert tabulate(rows("\n\na,b\n1,2\n"), "t.csv").header_place == SourcePlace("t.csv", 3, 3)


def test_row_with_too_many_cells_is_a_violation_and_the_cells_are_listed() -> None:
    sheet = tabulate(rows("a,b\n1,2,,three\n"), "t.csv")
    (finding,) = sheet.findings
    assert (finding.rule, finding.severity, finding.places) == ("read-row", Severity.VIOLATION, (SourcePlace("t.csv", 2, 2),))
    assert "4 cells under 2 headers" in finding.message
    assert [(each.place.column, each.text) for each in sheet.unread] == [("(column 4, no header)", "three")]


def test_trailing_empty_cells_are_no_matter() -> None:
    assert tabulate(rows("a,b\n1,2,,\n"), "t.csv").findings == ()


def test_repeated_header_is_a_violation_and_the_second_column_is_listed() -> None:
    sheet = tabulate(rows("a,b,a\n1,2,3\n"), "t.csv")
    assert sheet.header == ("a", "b")
    assert sheet.rows[0].cells == {"a": "1", "b": "2"}
    assert [(each.rule, each.places) for each in sheet.findings] == [("read-header", (SourcePlace("t.csv", 1, 1, "a"),))]
    assert [(each.place, each.text) for each in sheet.unread] == [(SourcePlace("t.csv", 2, 2, "a"), "3")]


def test_column_without_header_gets_a_name_to_point_at() -> None:
    sheet = tabulate(rows("a,,b\n1,2,3\n"), "t.csv")
    assert sheet.rows[0].cells == {"a": "1", "(column 2, no header)": "2", "b": "3"}
