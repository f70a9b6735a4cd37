from __future__ import annotations

from collections.abc import Callable

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.model import iter_facts
from filmgraph.sources.base import Reading

ReadSheet = Callable[..., Reading]

CATALOGUE = """
[catalogue]
id = "c"
base_iri = "https://example.org/"
title = "C"
publisher = "P"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
""" + "".join(f'[[sources]]\nid = "{each}"\nkind = "cited"\n' for each in ("page", "press"))
PROFILE = """
record = "Movie"
sources_file = "s.csv"
[columns.key]
key = true
[columns.title]
property = "name"
[columns.directors]
role = "director"
separator = ";"
"""
SHEET = "key,title,directors\na,A,X; Y\n"
BY_ROW = 'record="Movie"\n[columns.title]\nproperty="name"\n[columns.source]\nsource=true'


def cited(reading: Reading) -> dict[str, tuple[str, ...]]:
    facts = [fact for record in reading.records for _, fact in iter_facts(record)]
    return {str(fact.place.column): fact.derived_from for fact in facts}


def test_companion_file_gives_each_cell_its_sources(read: ReadSheet) -> None:
    reading = read(
        SHEET,
        PROFILE,
        s_dot_csv="key,column,source\na,title,page\na,directors,press; page\na,title,press\n",
        filmgraph_dot_toml=CATALOGUE,
    )
    assert reading.findings == ()
    assert cited(reading) == {"title": ("page", "press"), "directors": ("press", "page")}
    assert reading.companions == ("s.csv",)


def test_cell_without_citation_has_none(read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv="key,column,source\na,title,page\n")
    assert cited(reading) == {"title": ("page",), "directors": ()}


def test_source_column_holds_for_all_cells_of_the_row(read: ReadSheet) -> None:
    reading = read("title,source\nA,page; press\nB,\n", BY_ROW, filmgraph_dot_toml=CATALOGUE)
    assert reading.findings == ()
    assert [record.name[0].derived_from for record in reading.records] == [("page", "press"), ()]


def test_unknown_source_in_the_companion_file_is_a_violation_there(read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv="key,column,source\na,title,pagee\n", filmgraph_dot_toml=CATALOGUE)
    (finding,) = reading.findings
    assert (finding.rule, finding.severity) == ("read-source", Severity.VIOLATION)
    assert finding.places == (SourcePlace("s.csv", 2, 2, "source"),)
    assert finding.message.endswith("Perhaps page?")
    assert cited(reading)["title"] == ()


def test_unknown_source_in_a_row_is_a_violation_there(read: ReadSheet) -> None:
    reading = read("title,source\nA,page; nowhere\n", BY_ROW, filmgraph_dot_toml=CATALOGUE)
    (finding,) = reading.findings
    assert (finding.rule, finding.value, finding.places) == ("read-source", "nowhere", (SourcePlace("t.csv", 2, 2, "source"),))
    assert reading.records[0].name[0].derived_from == ("page",)


def test_outside_a_catalogue_sources_are_not_checked(read: ReadSheet) -> None:
    assert read("title,source\nA,nowhere\n", BY_ROW).findings == ()


@pytest.mark.parametrize("row", ["b,title,page", "a,titel,page"])
def test_citation_of_a_cell_that_is_not_there_is_a_warning(row: str, read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv=f"key,column,source\n{row}\n")
    assert [(each.rule, each.severity, each.places) for each in reading.findings] == [
        ("read-source", Severity.WARNING, (SourcePlace("s.csv", 2, 2),))
    ]


def test_companion_file_without_its_columns_is_a_violation(read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv="key,source\na,page\n")
    assert [(each.rule, each.severity) for each in reading.findings] == [("read-header", Severity.VIOLATION)]
    assert "'column'" in reading.findings[0].message


def test_half_a_citation_is_a_violation(read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv="key,column,source\na,title,\n")
    assert [(each.rule, each.places) for each in reading.findings] == [("read-required", (SourcePlace("s.csv", 2, 2, "source"),))]


def test_further_column_of_a_companion_file_is_warned_of(read: ReadSheet) -> None:
    reading = read(SHEET, PROFILE, s_dot_csv="key,column,source,note\na,title,page,hm\n")
    assert [(each.rule, each.severity) for each in reading.findings] == [("read-column", Severity.WARNING)]


def test_missing_companion_file_is_unreadable(read: ReadSheet) -> None:
    with pytest.raises(UnreadableInputError, match=r"s\.csv"):
        read(SHEET, PROFILE)
