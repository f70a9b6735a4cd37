"""Tables have a row for each thing and a value for each triple; spreadsheets run nothing; every column is explained."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from filmgraph.dumps_tables import guard_formula
from filmgraph.namespaces import FG, PREFIXES, RDF, SCHEMA, XSD
from tests.conftest import Built
from tests.dumps.conftest import DumpWriter, film, thing, triple

_PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
MANY = "any number; in CSV separated by |"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def split_cell(cell: str) -> list[str]:
    """Take a cell of several values apart, as docs/dumps.md tells a reader to."""
    bare = cell[1:] if re.match("'+[=+\\-@\t\r＝＋－＠]", cell) else cell
    values = re.findall(r"((?:[^|\\]|\\.)*)(?:\||\Z)", bare)
    return [re.sub(r"\\(.)", r"\1", each) for each in values[: -1 if not bare.endswith("|") else None]] if bare else []


@pytest.fixture(scope="module")
def tables(demo_dumps: Path) -> Path:
    return demo_dumps / "tables"


@pytest.fixture(scope="module")
def dictionary(tables: Path) -> list[dict[str, str]]:
    return read_csv(tables / "data-dictionary.csv")


@pytest.fixture(scope="module")
def store(demo_release: Built) -> ox.Store:
    return ox.Store.read_only(str(demo_release.path / "store"))


def count(store: ox.Store, pattern: str) -> int:
    solutions = store.query(f"{_PROLOGUE}SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    return int(next(iter(solutions))["n"].value)


def names(tables: Path) -> list[str]:
    found = sorted(path.stem for path in tables.glob("*.parquet"))
    assert len(found) > 15
    return found


def test_there_is_a_row_for_each_thing(tables: Path, demo_release: Built) -> None:
    things = demo_release.publication.manifest.things
    assert set(names(tables)) == set(things) - {"dataset"}
    for name in names(tables):
        rows = read_csv(tables / f"{name}.csv")
        assert len(rows) == len(read_parquet(tables / f"{name}.parquet")) == things[name], name
        assert len({row["iri"] for row in rows}) == len(rows)


def test_there_is_a_value_for_each_triple(tables: Path, dictionary: list[dict[str, str]], store: ox.Store) -> None:
    counted = 0
    for name in names(tables):
        table = pq.read_table(tables / f"{name}.parquet").to_pydict()
        for line in (each for each in dictionary if each["table"] == name):
            column = line["column"]
            if not line["property"] or column.endswith(("_name", "_language", "_local", "_of")) or column == "name":
                continue
            found = sum(len(each) if isinstance(each, list) else each is not None for each in table[column])
            own = f'FILTER(STRSTARTS(REPLACE(STR(?s), "^.*/id/", ""), "{name}/"))'
            if not column.startswith("address_"):
                own += " FILTER(!CONTAINS(STR(?s), '#'))"
            assert found == count(store, f"?s <{line['property']}> ?o {own}"), (name, column)
            counted += found
    assert counted > 2000


def test_no_property_of_a_thing_is_left_out(tables: Path, dictionary: list[dict[str, str]], store: ox.Store) -> None:
    described = {(each["table"], each["property"]) for each in dictionary} | {("credit", "agent")}
    for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        found = re.match(r".*/id/([a-z]+)/[^#]*\Z", quad.subject.value if isinstance(quad.subject, ox.NamedNode) else "")
        if found and found[1] != "dataset":
            is_agent = found[1] == "credit" and re.match(r".*/id/(person|org)/", str(quad.object)) is not None
            has_parts = isinstance(quad.object, ox.NamedNode) and "#address" in quad.object.value
            assert has_parts or (found[1], "agent" if is_agent else quad.predicate.value) in described, quad


def test_csv_and_parquet_say_the_same(tables: Path, dictionary: list[dict[str, str]]) -> None:
    many = {(each["table"], each["column"]) for each in dictionary if each["values"] == MANY}
    for name in names(tables):
        for row, twin in zip(read_csv(tables / f"{name}.csv"), read_parquet(tables / f"{name}.parquet"), strict=True):
            assert list(row) == list(twin)
            for column, cell in row.items():
                wanted = twin[column]
                if (name, column) in many:
                    # An empty text cannot be told from no value at all, where it is alone.
                    texts = [to_text(each, cell) for each in wanted]
                    assert split_cell(cell) == texts or (cell, texts) == ("", [""]), (name, column)
                else:
                    assert (cell or None) == to_text(wanted, cell), (name, column)


def to_text(value: object, cell: str) -> str | None:
    if isinstance(value, datetime):
        moment = datetime.fromisoformat(cell)
        assert (moment.astimezone(UTC) if value.tzinfo else moment) == value
        return cell
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def test_every_column_is_explained(tables: Path, dictionary: list[dict[str, str]]) -> None:
    for name in names(tables):
        lines = [each for each in dictionary if each["table"] == name]
        schema = pq.read_schema(tables / f"{name}.parquet")
        assert [each["column"] for each in lines] == schema.names
        assert [each["parquet_type"] for each in lines] == [str(field.type) for field in schema]
        assert all(each["title"] and each["meaning"] and each["datatype"] for each in lines)


@pytest.mark.parametrize(
    ("table", "column", "arrow_type"),
    [
        ("film", "fg_runtime_minutes", pa.int64()),
        ("film", "director_name", pa.list_(pa.string())),
        ("film", "name", pa.string()),
        ("screening", "start_date", pa.timestamp("us", tz="UTC")),
        ("screening", "start_date_local", pa.timestamp("us")),
        ("festival", "start_date", pa.date32()),
        ("venue", "fg_is_fictional", pa.bool_()),
        ("film", "image", pa.list_(pa.string())),
    ],
)
def test_columns_are_typed(tables: Path, table: str, column: str, arrow_type: pa.DataType) -> None:
    field = pq.read_schema(tables / f"{table}.parquet").field(column)
    assert field.type == arrow_type
    assert field.metadata[b"property"].startswith(b"http")


def test_rows_can_be_read_without_following_an_iri(tables: Path) -> None:
    film_row = next(row for row in read_csv(tables / "film.csv") if row["iri"].endswith("/here-2023"))
    assert (film_row["name"], film_row["director_name"], film_row["genre_name"]) == ("Here", "Bas Devos", "Drama")
    credit = next(row for row in read_csv(tables / "credit.csv") if row["iri"].endswith("/here-2023-actor-1"))
    assert (credit["credit_of_name"], credit["role_name_name"], credit["agent_name"]) == ("Here", "Cast member", "Stefan Gota")
    assert (credit["agent_property"], credit["character_name"]) == ("schema:actor", "Stefan")
    venue = next(row for row in read_csv(tables / "venue.csv") if row["iri"].endswith("/tram-depot"))
    assert (venue["address_locality"], venue["address_country"]) == ("Demotown", "BE")


def test_csv_is_that_of_rfc_4180_in_utf_8(tables: Path) -> None:
    for path in tables.glob("*.csv"):
        data = path.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        rows = list(csv.reader(data.decode("utf-8").splitlines(keepends=True), strict=True))
        assert len({len(row) for row in rows}) == 1


def test_moments_are_those_of_rfc_3339(tables: Path) -> None:
    starts = [row["start_date"] for row in read_csv(tables / "screening.csv")]
    assert len(starts) == 95
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", each) for each in starts)


FORMULAS = ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "'=1+1", "''=1", "＝1+1"]
HARMLESS = ["Here", "1+1", "'Round Midnight", "a=b", " =1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_title_is_no_formula_and_comes_back(write: DumpWriter, name: str) -> None:
    titles = [name, "\U0010fffd|\\"]
    dumps = write([*film("a", name), *(triple("film/a", SCHEMA.alternateName, each) for each in titles)])
    (row,) = read_csv(dumps / "tables" / "film.csv")
    assert row["name"] == "'" + name
    assert row["alternate_name"].startswith("'" + name[0])
    assert split_cell(row["alternate_name"]) == titles
    (twin,) = read_parquet(dumps / "tables" / "film.parquet")
    assert (twin["name"], twin["alternate_name"]) == (name, titles)


@pytest.mark.parametrize("name", HARMLESS)
def test_other_titles_stay_as_they_are(name: str) -> None:
    assert guard_formula(name) == name


def test_values_of_another_kind_than_expected_make_the_column_a_text(write: DumpWriter) -> None:
    minutes = [ox.Literal("82", datatype=ox.NamedNode(XSD.integer)), ox.Literal("1e400", datatype=ox.NamedNode(XSD.double))]
    facts = [
        *film("a", "A"),
        *film("b", "B"),
        *(triple(f"film/{key}", FG.runtimeMinutes, each) for key, each in zip("ab", minutes, strict=True)),
    ]
    rows = read_parquet(write(facts) / "tables" / "film.parquet")
    assert [row["fg_runtime_minutes"] for row in rows] == ["82", "1e400"]


def test_a_second_value_makes_a_column_a_list(write: DumpWriter) -> None:
    facts = [*film("a", "A"), *(triple("film/a", FG.runtimeMinutes, ox.Literal(each)) for each in (82, 90))]
    (row,) = read_parquet(write(facts) / "tables" / "film.parquet")
    assert row["fg_runtime_minutes"] == [82, 90]


def test_texts_come_with_their_languages(write: DumpWriter) -> None:
    titles = [ox.Literal("Hier", language="nl"), ox.Literal("Ici", language="fr"), ox.Literal("Ou")]
    dumps = write([*film("a", "Here"), *(triple("film/a", SCHEMA.alternateName, each) for each in titles)])
    (row,) = read_parquet(dumps / "tables" / "film.parquet")
    assert dict(zip(row["alternate_name"], row["alternate_name_language"], strict=True)) == {"Hier": "nl", "Ici": "fr", "Ou": ""}


def test_identifiers_are_told_with_their_numbering(write: DumpWriter) -> None:
    part = "film/a#imdb-tt1"
    facts = [
        *film("a", "A"),
        triple("film/a", SCHEMA.identifier, thing(part)),
        triple(part, RDF.type, ox.NamedNode(SCHEMA.PropertyValue)),
        triple(part, SCHEMA.propertyID, "imdb"),
        triple(part, SCHEMA.value, "tt1"),
    ]
    (row,) = read_csv(write(facts) / "tables" / "film.csv")
    assert row["identifier"] == "imdb:tt1"
    assert not [column for column in row if "property_id" in column]


def test_many_rows_are_written_in_groups(write: DumpWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filmgraph.dumps_tables._GROUP_ROWS", 7)
    dumps = write([each for n in range(30) for each in film(f"f{n:02}", f"Film {n:02}")])
    file = pq.ParquetFile(dumps / "tables" / "film.parquet")
    assert (file.num_row_groups, file.metadata.num_rows) == (5, 30)
    assert [row["name"] for row in file.read().to_pylist()] == [f"Film {n:02}" for n in range(30)]
