"""What a build makes of `queries/`: findings for broken files, a file of the release, and a description in the graph."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.assembly_queries import query_triples, read_queries
from filmgraph.errors import ReleaseBlockedError, UnreadableInputError
from filmgraph.findings import Severity
from filmgraph.iris import IriScheme
from filmgraph.namespaces import RDF, RDFS, SCHEMA, SH
from filmgraph.queries import bind
from tests.conftest import ROOT, Assembler, Builder, Built
from tests.queries.saved_query import HEADER, LABELS, named

IRIS = IriScheme("https://films.example.org/")
GOOD = HEADER + "# keywords: a, b\n" + named("film", "thing film | default a") + "\nSELECT ?film WHERE {\n  ?film ?p ?o\n}\n"


def write(catalogue: Path, text: str | bytes, name: str = "films.rq") -> Path:
    path = catalogue / "queries" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_catalogue_without_the_folder_has_no_queries(tmp_path: Path) -> None:
    reading = read_queries(tmp_path, IRIS)
    assert (reading.queries, reading.findings, reading.files) == ((), (), ())
    assert not list(query_triples((), IRIS))


def test_good_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.rq", "a.rq", "notes.txt"):
        write(tmp_path, GOOD, name)
    reading = read_queries(tmp_path, IRIS)
    assert [each.key for each in reading.queries] == ["a", "b"]
    assert reading.files == ("queries/a.rq", "queries/b.rq")
    assert not reading.findings


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD.replace("# title@nl: x\n", ""), 1, "there is no '# title@nl: …'"),
        (GOOD.replace("?film ?p ?o", "?film ?p"), 15, "the query does not parse here"),
        (GOOD.replace("?film ?p ?o", "?film no:prefix ?o"), 14, "the query does not parse here"),
        (GOOD.replace("default a", "default a/b/c"), 1, "the default of a parameter is wrong"),
        (GOOD.replace("{\n  ?film ?p ?o\n}", "{ SELECT ?film { ?film ?p ?o } }"), 1, "with its parameters bound"),
        (b"# title@en: \xff\n", 1, "not UTF-8"),
        ("", 1, "there is no"),
    ],
)
def test_a_broken_file_is_a_violation_with_its_line(tmp_path: Path, text: str | bytes, line: int, message: str) -> None:
    write(tmp_path, text)
    (finding,) = read_queries(tmp_path, IRIS).findings
    assert finding.severity is Severity.VIOLATION
    assert finding.rule == "read-query"
    assert message in finding.message
    assert [str(place) for place in finding.places] == [f"queries/films.rq, line {line}"]


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "queries" / "folder.rq").mkdir(parents=True)
    with pytest.raises(UnreadableInputError, match=r"folder\.rq"):
        read_queries(tmp_path, IRIS)


def test_a_broken_query_blocks_the_release(assemble_catalogue: Assembler, build_catalogue: Builder, tiny_catalogue: Path) -> None:
    write(tiny_catalogue, GOOD.replace("?film ?p ?o", "?film"))
    assert assemble_catalogue(tiny_catalogue).report.blocks_release
    with pytest.raises(ReleaseBlockedError):
        build_catalogue(tiny_catalogue)


def test_a_catalogue_without_queries_still_makes_a_release(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    built = build_catalogue(tiny_catalogue)
    assert json.loads((built.path / "queries.json").read_text(encoding="utf-8")) == []
    store = ox.Store.read_only(str(built.path / "store"))
    assert not list(store.quads_for_pattern(None, ox.NamedNode(SH.select), None, None))


def test_another_label_of_a_parameter_makes_a_new_release(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    write(tiny_catalogue, GOOD)
    first = build_catalogue(tiny_catalogue)
    assert not build_catalogue(tiny_catalogue).publication.is_new
    write(tiny_catalogue, GOOD.replace(LABELS["nl"], "De cineast"))
    second = build_catalogue(tiny_catalogue)
    assert second.publication.is_new
    assert second.publication.manifest.content_sha256 == first.publication.manifest.content_sha256


def test_the_query_files_are_inputs_of_the_release(demo_release: Built) -> None:
    files = {f"queries/{path.name}" for path in (ROOT / "data" / "queries").glob("*.rq")}
    assert files
    assert files <= set(demo_release.publication.manifest.inputs)


def test_the_graph_describes_a_query_as_sib_does(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (query,) = read_queries(tmp_path, IRIS).queries
    triples = set(query_triples([query], IRIS))
    subject = ox.NamedNode("https://films.example.org/queries/films")

    def values(predicate: str) -> set[str]:
        return {str(each.object) for each in triples if each.subject == subject and each.predicate.value == predicate}

    assert values(RDF.type) == {f"<{SH.SPARQLExecutable}>", f"<{SH.SPARQLSelectExecutable}>"}
    assert values(SH.select) == {str(ox.Literal(bind(query, {}, IRIS)))}
    assert values(RDFS.label) == values(RDFS.comment) == {'"x"@en', '"x"@nl', '"x"@fr'}
    assert values(SCHEMA.keywords) == {'"a"', '"b"'}
    assert values(SCHEMA.target) == {"<https://films.example.org/sparql>"}
    assert not [each for each in triples if isinstance(each.subject, ox.BlankNode) or isinstance(each.object, ox.BlankNode)]


EDITOR_QUERIES = {
    "examples": """
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?sq ?comment ?query WHERE { GRAPH ?g { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select ?query } }""",
    "prefixes": """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?prefix ?namespace WHERE { GRAPH ?g { [] sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] } }""",
}


def test_a_query_editor_finds_examples_that_run(demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    found = store.query(EDITOR_QUERIES["examples"])
    assert isinstance(found, ox.QuerySolutions)
    texts = {row["query"].value for row in found}
    assert len(texts) == len(list((ROOT / "data" / "queries").glob("*.rq")))
    for text in texts:
        store.query(text)


def test_a_query_editor_finds_the_prefixes(demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    found = store.query(EDITOR_QUERIES["prefixes"])
    assert isinstance(found, ox.QuerySolutions)
    assert ("schema", "http://schema.org/") in {(row["prefix"].value, row["namespace"].value) for row in found}


def test_the_published_facts_hold_no_query(demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    graphs = {quad.graph_name for quad in store.quads_for_pattern(None, ox.NamedNode(SH.select), None, None)}
    assert graphs == {ox.NamedNode(demo_release.settings.iris.vocabulary_graph)}
