"""Whatever a sheet holds, reading it ends in a `Reading` or in `UnreadableInputError`, and no cell is lost."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from filmgraph.errors import UnreadableInputError
from filmgraph.model import iter_facts
from filmgraph.settings import SourceSettings
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary

PROFILES = {
    "film.toml": """
record = "Movie"
[columns.key]
key = true
[columns.title]
property = "name"
required = true
[columns.year]
property = "date_created"
formats = ["YYYY-MM-DD", "DD/MM/YYYY"]
[columns.length]
property = "duration"
[columns.languages]
property = "in_language"
separator = ";"
[columns.director]
role = "director"
[columns.sure]
certainty = true
[columns.source]
source = true
""",
    "screening.toml": """
record = "ScreeningEvent"
time_zone = "Europe/Brussels"
[columns.title]
property = "name"
[columns.year]
property = "start_date"
[columns.length]
property = "maximum_attendee_capacity"
[columns.languages]
property = "work_presented"
to = "film"
by = "name"
[columns.director]
property = "event_status"
""",
    "credit.toml": """
record = "Credit"
[columns.title]
property = "film"
to = "film"
[columns.languages]
property = "role"
[columns.director]
property = "agent"
to = "person"
by = "name"
[columns.length]
property = "billing"
[columns.year]
property = "agent_kind"
""",
}
HEADER = "key,title,year,length,languages,director,sure,source\n"
SPACES = "".join(chr(n) for n in range(0x3001) if chr(n).isspace())
FOLDER_OUTLIVES_EXAMPLES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=75, deadline=None)
cells = st.sampled_from(
    [
        "",
        "Here",
        "here-2023",
        "2023",
        "31/11/2026",
        "9999-12-31 29:59",
        "2026-10-25 02:30",
        "82'",
        "nl; xx",
        "editor",
        '"',
        "\x00",
        "a,b",
    ]
) | st.text(max_size=12)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    for name, text in PROFILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("profile", PROFILES)
@FOLDER_OUTLIVES_EXAMPLES
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEADER + text).encode("utf-8", "surrogatepass")))
@example(data=b"")
@example(data=b"\xef\xbb\xbf")
@example(data=b'"')
def test_arbitrary_bytes_raise_nothing_but_unreadable_input(
    profile: str, data: bytes, catalogue: Path, vocabulary: Vocabulary
) -> None:
    (catalogue / "t.csv").write_bytes(data)
    with contextlib.suppress(UnreadableInputError):
        read_sheet(SourceSettings(id="t", kind="sheet", precedence=1, path="t.csv", profile=profile), catalogue, vocabulary)


@pytest.mark.parametrize("profile", PROFILES)
@FOLDER_OUTLIVES_EXAMPLES
@given(row=st.lists(cells, min_size=8, max_size=8))
def test_every_cell_is_read_or_listed(profile: str, row: list[str], catalogue: Path, vocabulary: Vocabulary) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in row)
    (catalogue / "t.csv").write_text(HEADER + quoted + "\n", encoding="utf-8", errors="replace", newline="")
    source = SourceSettings(id="t", kind="sheet", precedence=1, path="t.csv", profile=profile)
    reading = read_sheet(source, catalogue, vocabulary)
    headers = HEADER.strip().split(",")
    filled = {name for name, cell in zip(headers, row, strict=True) if cell.strip(f"; {SPACES}")}
    listed = {str(each.place.column) for each in reading.unread}
    read = {str(fact.place.column) for record in reading.records for _, fact in iter_facts(record)}
    # What a row's key, certainty and source say is in the record's reference and its facts; a credit is one fact of many cells.
    spoken_for = {"key", "sure", "source"} | (filled if profile == "credit.toml" and reading.records else set())
    assert filled - listed - read - spoken_for == set()
