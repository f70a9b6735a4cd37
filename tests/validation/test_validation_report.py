"""Reports as RDF, as JSON, and the page of rules."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef

from filmgraph.findings import Finding, Report, Severity, SourcePlace
from filmgraph.namespaces import FG, SCHEMA, SH
from filmgraph.validation import RuleInfo, full_catalogue, load_shapes, rules_markdown, to_json, to_shacl_graph, to_turtle

_SH = Namespace(SH)
_FILM = "https://festival.example/id/film/here"
_PLACES = (SourcePlace("films.csv", row=7, column="year"), SourcePlace("here.txt", line=3))
_REPORT = Report.of(
    [
        Finding("Movie-dateCreated", Severity.VIOLATION, "Wrong: 'é'.", _FILM, SCHEMA.dateCreated, "é", _PLACES),
        Finding("Movie-genre", Severity.WARNING, "Unknown.", _FILM, SCHEMA.genre, "https://festival.example/id/genre/x"),
        Finding("read-date", Severity.INFO, "No date.", places=(SourcePlace("films.csv", row=8),)),
    ]
)


def test_the_rdf_report_has_no_blank_nodes_and_one_result_for_each_finding() -> None:
    graph = to_shacl_graph(_REPORT)
    assert not any(isinstance(node, BNode) for node in graph.all_nodes())
    assert len(set(graph.subjects(RDF.type, _SH.ValidationResult))) == 3
    assert len(set(graph.objects(URIRef("urn:filmgraph:report"), _SH.result))) == 3


@pytest.mark.parametrize("required", ["focusNode", "resultSeverity", "sourceConstraintComponent", "resultMessage", "sourceShape"])
def test_every_result_has_what_shacl_asks_of_it(required: str) -> None:
    """https://www.w3.org/TR/shacl/#results-validation-result."""
    graph = to_shacl_graph(_REPORT)
    for result in graph.subjects(RDF.type, _SH.ValidationResult):
        assert len(list(graph.objects(result, _SH[required]))) == 1


def test_the_rdf_report_tells_value_path_and_places() -> None:
    graph = to_shacl_graph(_REPORT)
    (result,) = graph.subjects(_SH.resultPath, URIRef(SCHEMA.dateCreated))
    assert graph.value(result, _SH.focusNode) == URIRef(_FILM)
    assert graph.value(result, _SH.value) == Literal("é")
    assert graph.value(result, _SH.resultSeverity) == _SH.Violation
    assert set(graph.objects(result, URIRef(FG.placeLabel))) == {
        Literal("films.csv, row 7, column year"),
        Literal("here.txt, line 3"),
    }
    (other,) = graph.subjects(_SH.resultPath, URIRef(SCHEMA.genre))
    assert graph.value(other, _SH.value) == URIRef("https://festival.example/id/genre/x")


@pytest.mark.parametrize(("report", "conforms"), [(Report(), True), (_REPORT, False)])
def test_conforms_means_that_nothing_at_all_was_found(report: Report, conforms: bool) -> None:
    graph = to_shacl_graph(report, "https://festival.example/report")
    assert graph.value(URIRef("https://festival.example/report"), _SH.conforms) == Literal(conforms)


def test_the_turtle_report_is_sorted_parses_and_is_the_same_every_time() -> None:
    text = to_turtle(_REPORT)
    assert text == to_turtle(Report.of(reversed(_REPORT.findings)))
    assert text.splitlines() == sorted(text.splitlines())
    assert len(list(parse(text.encode(), format=RdfFormat.TURTLE))) == len(to_shacl_graph(_REPORT))
    assert Graph().parse(data=text, format="nt").isomorphic(to_shacl_graph(_REPORT))


@pytest.mark.parametrize("value", ["http://x y", "https://a<b>", "http://a\nb", "just text"])
def test_a_value_that_only_looks_like_an_iri_stays_a_text(value: str) -> None:
    report = Report.of([Finding("r", Severity.INFO, "m", _FILM, SCHEMA.url, value)])
    assert [str(each) for each in to_shacl_graph(report).objects(None, _SH.value)] == [value]
    assert to_turtle(report)


def test_json_has_counts_and_findings_worst_first() -> None:
    content = json.loads(to_json(_REPORT))
    assert content["blocksRelease"] is True
    assert content["counts"] == {"Violation": 1, "Warning": 1, "Info": 1}
    assert [each["rule"] for each in content["findings"]] == ["Movie-dateCreated", "Movie-genre", "read-date"]
    assert content["findings"][0]["places"][0] == {
        "path": "films.csv",
        "row": 7,
        "column": "year",
        "label": "films.csv, row 7, column year",
    }
    assert content["findings"][2]["focus"] is None
    assert "é" in to_json(_REPORT)


def test_the_page_of_rules_has_every_rule_and_escapes_what_would_break_its_table() -> None:
    info = RuleInfo("A-b", "M1", "one | two", "Why.", Severity.INFO, "Say {?value}", "movie.ttl")
    page = rules_markdown([info])
    assert "## Movie" in page
    assert "| `A-b` | M1 | Info | **one \\| two.** Why. | Say {value}. |" in page
    whole = rules_markdown(full_catalogue(load_shapes()))
    assert all(f"| `{each.id}` |" in whole for each in full_catalogue(load_shapes()))
