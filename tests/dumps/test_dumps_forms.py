"""Every form says the same: whole, per class and per edition; and it says it in the same bytes each time."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph

from filmgraph.dumps_lines import to_lines
from filmgraph.iris import Kind
from filmgraph.namespaces import RDF, SCHEMA, XSD
from filmgraph.resources import find_ontology_path, find_shapes_path
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built
from tests.dumps.conftest import BASE, IRIS, DumpWriter, film, read_quads, read_triples, thing, triple

NAME = "filmgraph-demo"
SUFFIXES = (".ttl.gz", ".trig.gz", ".jsonld.gz", ".ndjson.gz")
EDITION = "edition/demo-film-festival-2026"
ODD = {
    "quotes": 'He said "no" \\ and left',
    "breaks in an identifier": "a\tb",
    "controls": "\x00\x01\x08\x0b\x0c\x1f\x7f",
    "separators": "\u0085\u2028\u2029\ufeff",
    "beyond": "🎬 \U0010fffd \ufffe",
    "long escape": "\\U0001F3AC",
    "like a line": '<http://a> <http://b> "c" <http://d> .',
    "like a type": '"x"^^<http://a>',
    "like a language": '"x"@en',
}


def unpack(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("stem", [NAME, EDITION])
def test_every_form_holds_the_same_triples(demo_dumps: Path, stem: str, suffix: str) -> None:
    assert read_triples(demo_dumps / f"{stem}{suffix}") == read_triples(demo_dumps / f"{stem}.nt.gz")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_form_of_every_class_holds_the_same_triples(demo_dumps: Path, suffix: str) -> None:
    stems = [path.name.removesuffix(".nt.gz") for path in (demo_dumps / "class").glob("*.nt.gz")]
    assert len(stems) > 15
    for stem in stems:
        assert read_triples(demo_dumps / "class" / f"{stem}{suffix}") == read_triples(demo_dumps / "class" / f"{stem}.nt.gz"), (
            stem
        )


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")  # by rdflib's own TriG parser
def test_rdflib_reads_the_same(demo_dumps: Path) -> None:
    wanted = Graph().parse(data=unpack(demo_dumps / f"{NAME}.nt.gz"), format="nt")
    for suffix, name in ((".ttl.gz", "turtle"), (".jsonld.gz", "json-ld")):
        assert set(Graph().parse(data=unpack(demo_dumps / f"{NAME}{suffix}"), format=name)) == set(wanted), suffix
    trig = Dataset()
    trig.parse(data=unpack(demo_dumps / f"{NAME}.trig.gz"), format="trig")
    assert set(trig.default_graph) == set(wanted)


def test_canonical_dumps_are_sorted_by_bytes_and_hold_no_line_twice(demo_dumps: Path) -> None:
    for path in demo_dumps.rglob("*.nt.gz"):
        lines = unpack(path).splitlines(keepends=True)
        assert lines == sorted(set(lines)), path
        assert unpack(path) == b"".join(sorted(set(to_lines(read_quads(path))))), path


def test_the_classes_together_are_the_whole(demo_dumps: Path) -> None:
    parts = [line for path in (demo_dumps / "class").glob("*.nt.gz") for line in unpack(path).splitlines(keepends=True)]
    assert b"".join(sorted(parts)) == unpack(demo_dumps / f"{NAME}.nt.gz")


def test_a_class_holds_the_things_of_its_kind_with_their_parts(demo_dumps: Path, demo_release: Built) -> None:
    iris = demo_release.settings.iris
    for path in (demo_dumps / "class").glob("*.nt.gz"):
        found = {iris.parse(each.subject.value) for each in read_triples(path) if isinstance(each.subject, ox.NamedNode)}
        assert {each.segment for each in found if each} == {path.name.removesuffix(".nt.gz")}


def test_trig_holds_the_source_graphs_and_nothing_else_but_the_published(demo_dumps: Path, demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    prefix = demo_release.settings.iris.source_graph("")
    wanted = {q for q in store if isinstance(q.graph_name, ox.DefaultGraph) or str(q.graph_name).startswith(f"<{prefix}")}
    assert read_quads(demo_dumps / f"{NAME}.trig.gz") == wanted
    assert len({q.graph_name for q in wanted}) > 4


def test_turtle_is_for_people(demo_dumps: Path) -> None:
    turtle = unpack(demo_dumps / f"{NAME}.ttl.gz").decode()
    assert '\nfilm:here-2023 a schema:Movie ;\n    schema:name "Here" ;\n' in turtle
    venue = next(block for block in turtle.split("\n\n") if block.startswith("venue:tram-depot a "))
    assert f"<{BASE_OF_DEMO}id/venue/tram-depot#address> a schema:PostalAddress ;" in venue


BASE_OF_DEMO = "https://filmgraph.example/"


def test_each_line_of_ndjson_is_one_thing_with_a_context_of_its_own(demo_dumps: Path) -> None:
    lines = unpack(demo_dumps / f"{NAME}.ndjson.gz").splitlines()
    documents = [json.loads(line) for line in lines]
    assert all(isinstance(each["@context"], dict) for each in documents)
    subjects = {str(each.subject).strip("<>").partition("#")[0] for each in read_triples(demo_dumps / f"{NAME}.nt.gz")}
    assert sorted(each["@id"] for each in documents) == sorted(subjects)
    venue = next(each for each in documents if each["@id"].endswith("/venue/tram-depot"))
    assert venue["address"]["@type"] == "PostalAddress"


def test_an_edition_stands_alone(demo_dumps: Path, demo_release: Built) -> None:
    iris = demo_release.settings.iris
    found = read_triples(demo_dumps / f"{EDITION}.nt.gz")
    subjects = {each.subject for each in found}
    missing = {
        each.object for each in found if isinstance(each.object, ox.NamedNode) and iris.parse(each.object.value)
    } - subjects
    assert not missing


def test_an_edition_holds_what_belongs_to_it(write: DumpWriter) -> None:
    def link(subject: str, predicate: str, target: str) -> ox.Triple:
        return triple(subject, predicate, thing(target))

    def named(*names: str) -> list[ox.Triple]:
        return [triple(each, SCHEMA.name, each) for each in names]

    facts = [
        *named("festival/x-2025", "festival/x-2026", "series/x", "section/a", "screening/1", "screening/2", "film/one"),
        *named("film/two", "film/never", "credit/one", "person/one", "person/two", "hall/a", "venue/a", "award/a", "org/a"),
        link("festival/x-2025", SCHEMA.superEvent, "series/x"), link("festival/x-2026", SCHEMA.superEvent, "series/x"),
        link("series/x", SCHEMA.organizer, "org/a"), link("section/a", SCHEMA.superEvent, "festival/x-2026"),
        link("screening/1", SCHEMA.superEvent, "section/a"), link("screening/2", SCHEMA.superEvent, "festival/x-2025"),
        link("screening/1", SCHEMA.workPresented, "film/one"), link("screening/2", SCHEMA.workPresented, "film/two"),
        link("screening/1", SCHEMA.location, "hall/a"), link("hall/a", SCHEMA.containedInPlace, "venue/a"),
        link("film/one", SCHEMA.director, "person/one"), link("film/two", SCHEMA.director, "person/two"),
        link("film/one", "https://filmgraph.example/ns#credit", "credit/one"),
        link("award/a", SCHEMA.superEvent, "festival/x-2026"),
    ]  # fmt: skip
    dumps = write(facts)
    found = {str(each.subject)[len(BASE) + 4 : -1] for each in read_triples(dumps / "edition" / "x-2026.nt.gz")}
    assert found == {
        "festival/x-2026", "series/x", "org/a", "section/a", "screening/1", "film/one", "person/one", "credit/one", "hall/a",
        "venue/a", "award/a",
    }  # fmt: skip
    other = {str(each.subject)[len(BASE) + 4 : -1] for each in read_triples(dumps / "edition" / "x-2025.nt.gz")}
    assert other == {"festival/x-2025", "series/x", "org/a", "screening/2", "film/two", "person/two"}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_are_the_same_in_every_form(write: DumpWriter, text: str) -> None:
    facts = [
        *film("a", "A"),
        triple("dataset/films", SCHEMA.name, text),
        triple("dataset/films", SCHEMA.name, ox.Literal(text, language="nl")),
    ]
    dumps = write(facts)
    for suffix in (".nt.gz", *SUFFIXES):
        assert read_triples(dumps / f"films{suffix}") == set(facts), suffix


VALUES = st.one_of(
    st.text(max_size=20).map(ox.Literal),
    st.integers().map(ox.Literal),
    st.booleans().map(ox.Literal),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(XSD.term(name))),
        st.sampled_from(
            [
                "1",
                "01",
                "+1",
                "-0",
                "1.0",
                "1e400",
                "true",
                "TRUE",
                "2026",
                "2026-10-17T19:30:00+02:00",
                "x y",
                '"',
                "x <https://films.example/graph/source/a",
            ]
        ),
        st.sampled_from(["integer", "boolean", "decimal", "gYear", "date", "dateTime", "duration", "double"]),
    ),
)
PREDICATES = st.sampled_from([SCHEMA.dateCreated, SCHEMA.duration, SCHEMA.sameAs, SCHEMA.version, "https://x.example/p-1.2"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(lambda p, v: triple("dataset/films", p, v), PREDICATES, VALUES), min_size=1, max_size=60))
def test_any_literal_is_the_same_in_every_form(
    tmp_path_factory: pytest.TempPathFactory, loaded_vocabulary: Vocabulary, facts: list[ox.Triple]
) -> None:
    from filmgraph.dumps import DumpContents, write_dumps

    path = tmp_path_factory.mktemp("any")
    (path / "lines").write_bytes(b"".join(sorted(set(to_lines(facts)))))
    write_dumps(DumpContents(path / "lines", (), (), loaded_vocabulary), "films", IRIS, path)
    for suffix in (".nt.gz", *SUFFIXES):
        assert read_triples(path / "dumps" / f"films{suffix}") == set(facts), suffix


def test_a_part_that_nothing_leads_to_is_kept(write: DumpWriter) -> None:
    facts = [
        *film("a", "A"),
        triple("film/a#lost", SCHEMA.name, "part"),
        triple("film/b#lost", SCHEMA.name, "part without a film"),
    ]
    dumps = write(facts)
    for suffix in (".nt.gz", *SUFFIXES):
        assert read_triples(dumps / f"films{suffix}") == set(facts), suffix


def test_what_only_a_source_says_is_in_trig_alone(write: DumpWriter) -> None:
    lost = triple("film/b", RDF.type, ox.NamedNode(SCHEMA.Movie))
    told = ox.Quad(lost.subject, lost.predicate, lost.object, ox.NamedNode(IRIS.source_graph("page")))
    dumps = write([*film("a", "A"), told])
    assert told in read_quads(dumps / "films.trig.gz")
    assert all(read_triples(dumps / f"films{suffix}") == set(film("a", "A")) for suffix in (".nt.gz", *SUFFIXES))


def test_the_same_facts_in_any_order_give_the_same_bytes(write: DumpWriter) -> None:
    facts = [*film("a", "A"), *film("a-b", "B"), triple("festival/x", SCHEMA.name, "X")]
    first, second = write(facts, name="one"), write(facts[::-1], name="two")
    names = sorted(path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file())
    assert len(names) > 30
    assert {name: (first / name).read_bytes() for name in names} == {name: (second / name).read_bytes() for name in names}


def test_no_gzip_file_tells_its_name_or_time(demo_dumps: Path) -> None:
    paths = list(demo_dumps.rglob("*.gz"))
    assert len(paths) > 100
    for path in paths:
        head = path.read_bytes()[:10]
        assert (head[3], head[4:8]) == (0, b"\0\0\0\0"), path


def test_the_ontology_and_the_shapes_of_the_release_are_there(demo_dumps: Path) -> None:
    for source in (find_ontology_path(), find_shapes_path()):
        files = sorted(path.name for path in source.glob("*.ttl"))
        assert files == sorted(path.name for path in (demo_dumps / source.name).iterdir())
        assert all((source / name).read_bytes() == (demo_dumps / source.name / name).read_bytes() for name in files)


def test_sha256sum_finds_every_file_and_nothing_wrong(demo_dumps: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=demo_dumps, capture_output=True, text=True, check=True
    )
    checked = {line.rpartition(":")[0] for line in done.stdout.splitlines()}
    present = {path.relative_to(demo_dumps).as_posix() for path in demo_dumps.rglob("*") if path.is_file()}
    assert checked == present - {"SHA256SUMS"}


def test_checksums_of_what_canonical_files_hold_are_right(demo_dumps: Path) -> None:
    lines = (demo_dumps / "SHA256SUMS.unpacked").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert set(sums) == {path.relative_to(demo_dumps).as_posix().removesuffix(".gz") for path in demo_dumps.rglob("*.nt.gz")}
    for name, digest in sums.items():
        assert hashlib.sha256(unpack(demo_dumps / f"{name}.gz")).hexdigest() == digest, name


def test_every_kind_with_things_has_a_class(demo_dumps: Path, demo_release: Built) -> None:
    things = {*demo_release.publication.manifest.things, Kind.DATASET.segment}
    assert {path.name.removesuffix(".nt.gz") for path in (demo_dumps / "class").glob("*.nt.gz")} == things
