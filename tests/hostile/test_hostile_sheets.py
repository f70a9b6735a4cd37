"""Files that are made to harm whoever opens them: each is refused with a message that says what is wrong, and soon."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.sheet import read_sheet
from filmgraph.sources.sheet.workbook import Limits, read_workbook
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.workbook_files import ods, pack, xls, xlsx

BOOK = xlsx({"Films": [["Title"], ["Here"]]})
SMALL = Limits(unpacked_bytes=2_000_000, cells=1_000)
PROFILE = 'record = "Movie"\n[columns.Title]\nproperty = "name"\n'


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with one member more, or another content of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    return pack({**members, name: content})


def in_sheet(data: bytes, old: bytes, new: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(name)
    assert old in content
    return changed(data, name, content.replace(old, new, 1))


def far_cell(at: bytes) -> bytes:
    return in_sheet(BOOK, b"</row></sheetData>", b'</row><row r="1048576"><c r="' + at + b'"><v>1</v></c></row></sheetData>')


def lying(data: bytes, name: bytes) -> bytes:
    """Return the archive with a member that claims to be one byte long."""
    directory = data.index(b"PK\x01\x02", data.rindex(b"PK\x03\x04"))
    entry = data.rindex(b"PK\x01\x02", directory, data.index(name, directory))
    return data[: entry + 24] + (1).to_bytes(4, "little") + data[entry + 28 :]


BILLION = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
BOMB = changed(BOOK, "xl/media/image1.png", bytes(3_000_000))
WIDE = changed(BOOK, "xl/worksheets/sheet1.xml", "<!DOCTYPE x><worksheet/>".encode("utf-16"))
CORPUS = {
    "a bomb": (BOMB, r"would unpack to more than 2 MB"),
    "a bomb that lies about its size": (lying(BOMB, b"xl/media/image1.png"), r"damaged"),
    "many members": (pack({f"{n}": "" for n in range(5_001)}), r"holds 5001 files"),
    "a cell in the last row and column": (far_cell(b"XFD1048576"), r"takes more than 1500 MB: delete what stands far off"),
    "a cell in the last row": (far_cell(b"A1048576"), r"'Films' has 1048576 rows and 1 columns, too many to read"),
    "entities": (in_sheet(BOOK, b"<worksheet", BILLION), r"declares entities"),
    "entities of an ODS": (
        in_sheet(ods({"T": [["a"]]}), b"<office:doc", b"<!ENTITY a 'b'><office:doc", "content.xml"),
        r"entities",
    ),
    "entities in UTF-16": (WIDE, r"not UTF-8"),
    "an entity at the seam of two reads": (
        changed(BOOK, "xl/styles.xml", b"<!--" + b" " * ((1 << 20) - 9) + b"--><!DOCTYPE x><styleSheet/>"),
        r"declares entities",
    ),
    "a path upwards": (changed(BOOK, "../../etc/cron.d/x", b""), r"outside itself"),
    "a path from the root": (changed(BOOK, "/etc/cron.d/x", b""), r"outside itself"),
    "a path with a drive": (changed(BOOK, "C:\\x", b""), r"outside itself"),
    "half a workbook": (BOOK[: len(BOOK) // 2], r"damaged"),
    "half an XLS": (xls({"T": [["a"]]})[:1024], r"damaged"),
    "no workbook": (pack({"index.html": "<p>"}), r"no workbook: save it as XLSX or ODS"),
    "XML that is none": (changed(BOOK, "xl/workbook.xml", b"<workbook><sheets"), r"damaged"),
    "an archive and nothing more": (b"PK\x03\x04", r"damaged"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_workbook_is_refused_with_what_is_wrong(name: str) -> None:
    data, message = CORPUS[name]
    with pytest.raises(UnreadableInputError, match=f"^hostile.xlsx: .*{message}"):
        read_workbook(data, "hostile.xlsx", SMALL)


def test_workbook_that_takes_too_long_is_given_up() -> None:
    rows = b"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c><c><v>4</v></c></row>" * 600_000
    data = in_sheet(BOOK, b"<sheetData>", b"<sheetData>" + rows)
    with pytest.raises(UnreadableInputError, match=r"takes more than 1 seconds: split it"):
        read_workbook(data, "slow.xlsx", Limits(seconds=1))


def test_file_that_is_too_large_is_not_handed_on() -> None:
    with pytest.raises(UnreadableInputError, match=r"big\.xlsx has more than 0 MB"):
        read_workbook(BOOK, "big.xlsx", Limits(file_bytes=100))


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    (tmp_path / "p.toml").write_text(PROFILE)
    return tmp_path


def source(path: str) -> SourceSettings:
    return SourceSettings(id="t", kind="sheet", precedence=1, path=path, profile="p.toml")


def test_file_of_ten_gigabytes_of_nothing_is_not_read(catalogue: Path, loaded_vocabulary: Vocabulary) -> None:
    with (catalogue / "t.csv").open("wb") as file:
        os.truncate(file.fileno(), 10_000_000_000)
    with pytest.raises(UnreadableInputError, match="has more than 500 MB: split it"):
        read_sheet(source("t.csv"), catalogue, loaded_vocabulary)


def test_text_of_a_cell_is_data_even_where_it_looks_like_a_formula(catalogue: Path, loaded_vocabulary: Vocabulary) -> None:
    texts = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "${7*7}", "<script>"]
    (catalogue / "t.csv").write_text("Title\n" + "\n".join(texts) + "\n")
    reading = read_sheet(source("t.csv"), catalogue, loaded_vocabulary)
    assert [record.name[0].value.value for record in reading.records] == texts


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_workbook_is_read_or_refused(at: int, noise: bytes, is_cut: bool) -> None:
    data = BOOK[:at] + noise if is_cut else BOOK[:at] + noise + BOOK[at + len(noise) :]
    try:
        worksheets = read_workbook(data, "damaged.xlsx", SMALL)
    except UnreadableInputError as error:
        assert str(error).startswith("damaged.xlsx: ")  # noqa: PT017 -- either outcome is right
    else:
        assert all(each.name for each in worksheets)
