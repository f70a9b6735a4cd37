"""Each benchmark runs once at its tiniest size, so that none of them can rot. What needs a download is left out by argument."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from benchmarks import generate, queries, validation
from benchmarks.endpoint import server
from benchmarks.endpoint.client import Load, Timing, count_rows
from benchmarks.endpoint.question import QUESTIONS, SMALL, Question
from benchmarks.queries import Outcome, find_disagreements, format_load, format_table
from filmgraph.namespaces import FG, RDF, SCHEMA, XSD
from filmgraph.queryguard import GuardLimits, QueryForm, check_query

TINY = 20_000


@pytest.fixture(scope="module")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "films.nt"
    assert generate.write_triples(path, TINY) >= TINY
    return path


@pytest.fixture(scope="module")
def tiny_store(tiny_path: Path) -> Store:
    store = Store()
    store.bulk_load(path=str(tiny_path), format=RdfFormat.N_TRIPLES)
    return store


def count(store: Store, class_iri: str) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, NamedNode(RDF.type), NamedNode(class_iri), DefaultGraph()))


def test_generator_gives_the_same_bytes_for_the_same_seed() -> None:
    first = list(generate.iter_lines(1_000, seed=7))
    assert first == list(generate.iter_lines(1_000, seed=7))
    assert first != list(generate.iter_lines(1_000, seed=8))


def test_larger_catalogue_begins_like_the_smaller() -> None:
    smaller = list(generate.iter_lines(1_000))
    assert list(generate.iter_lines(2_000))[: len(smaller)] == smaller


def test_generated_triples_are_valid_and_different(tiny_path: Path, tiny_store: Store) -> None:
    lines = tiny_path.read_text(encoding="ascii").splitlines()
    assert len(set(lines)) == len(lines) == len(tiny_store)
    assert TINY <= len(lines) < TINY + 200


def test_generated_catalogue_has_the_shape_of_the_data_model(tiny_store: Store) -> None:
    films = count(tiny_store, SCHEMA.Movie)
    assert films > 20
    assert count(tiny_store, SCHEMA.ScreeningEvent) == films * 3
    assert count(tiny_store, SCHEMA.Role) == count(tiny_store, SCHEMA.PerformanceRole) == films * 4
    for film in tiny_store.quads_for_pattern(None, NamedNode(RDF.type), NamedNode(SCHEMA.Movie), None):
        years = [each.object for each in tiny_store.quads_for_pattern(film.subject, NamedNode(SCHEMA.dateCreated), None, None)]
        assert [str(each.datatype.value) for each in years if isinstance(each, pyoxigraph.Literal)] == [XSD.gYear]


def test_direct_edges_agree_with_credits(tiny_store: Store) -> None:
    for edge in ("director", "author", "producer", "contributor", "actor"):
        wanted = NamedNode(SCHEMA.term(edge))
        for quad in tiny_store.quads_for_pattern(None, NamedNode(FG.credit), None, None):
            for credited in tiny_store.quads_for_pattern(quad.object, wanted, None, None):  # type: ignore[arg-type]
                assert pyoxigraph.Quad(quad.subject, wanted, credited.object) in tiny_store


def test_generator_counts_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--triples", "1000"]) == 0
    counted = capsys.readouterr().out.split()[0]
    assert generate.main(["--triples", "1000", "--output", str(tmp_path / "films.nt")]) == 0
    assert capsys.readouterr().out.split()[0] == counted
    assert len((tmp_path / "films.nt").read_text().splitlines()) == int(counted)


@pytest.mark.parametrize("question", QUESTIONS, ids=[each.name for each in QUESTIONS])
def test_question_passes_the_guard_and_has_an_answer(question: Question, tiny_store: Store) -> None:
    form = check_query(question.text, GuardLimits(), ())
    assert question.gives_graph == (form in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE))
    assert next(iter(tiny_store.query(question.text)), None) is not None  # type: ignore[arg-type]


def test_there_are_thirteen_questions_and_four_small_ones() -> None:
    assert [each.name[:3] for each in QUESTIONS] == [f"q{number:02}" for number in range(1, 14)]
    assert [each.name[:3] for each in SMALL] == ["q01", "q03", "q04", "q06"]


def test_queries_run_in_our_endpoint_and_in_the_engine_alone(capsys: pytest.CaptureFixture[str]) -> None:
    code = queries.main(["--triples", str(TINY), "--seconds", "0.02", "--clients", "2", "--engines", "filmgraph,engine"])
    output = capsys.readouterr().out
    assert code == 0, output
    assert set(re.findall(r"^\| (q\d\d_\w+)", output, re.MULTILINE)) == {each.name for each in QUESTIONS}
    assert output.count("| q03_cast |") == 2, "the small queries are in the table of what is added, too"
    assert "no answer" not in output
    throughput = next(line for line in output.splitlines() if line.startswith("| filmgraph |"))
    _, _, per_second, _, _, failed, memory, _ = (cell.strip() for cell in throughput.split("|"))
    assert int(per_second) > 0
    assert failed == "0"
    assert int(memory) > 0


def test_server_that_cannot_be_had_is_left_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(folder: Path, requirement: str) -> Path:
        raise server.UnavailableError(f"{requirement} could not be installed: no network")

    monkeypatch.setattr(server, "install", refuse)
    arguments = ["--triples", "1000", "--seconds", "0.01", "--engines", "engine,oxigraph,rdflib-endpoint"]
    assert queries.main(arguments) == 0
    output = capsys.readouterr().out
    assert "oxigraph is left out: oxigraph could not be installed: no network" in output
    assert "rdflib-endpoint is left out" in output


def test_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    broken = server.Server("broken", ("sh", "-c", "echo no luck >&2; exit 3"), "/")
    with pytest.raises(server.UnavailableError, match="no luck"), server.running(broken, tmp_path, 5.0):
        pass


def test_disagreement_and_failure_are_found() -> None:
    one = Outcome({"q03_cast": Timing((0.1,), 4), "q02_describe": Timing((0.1,), 9)})
    two = Outcome({"q03_cast": Timing((0.2,), 5), "q02_describe": Timing((0.2,), 8)}, {"q01_film_construct": "504"})
    assert find_disagreements({"one": one, "two": two}) == [
        "two: q01_film_construct failed: 504",
        "q03_cast: the numbers of rows differ: {'one': 4, 'two': 5}",
    ]
    assert find_disagreements({"one": one}) == []


def test_tables_give_medians_ratios_and_quantiles() -> None:
    first = Outcome(
        {"q03_cast": Timing((0.001, 0.002, 0.009), 4)}, load=Load([0.01, 0.02, 0.03, 0.04], ["503"], 2.0), memory=5_000_000
    )
    second = Outcome({"q03_cast": Timing((0.004,), 4)})
    table = format_table({"first": first, "second": second})
    assert "| q03_cast | 4 | 2.00 | 4.00 (×2.00) |" in table
    assert "| q09_count_all | 0 | no answer | no answer |" in table
    assert table.endswith("| ×1.00 | ×2.00 |")
    assert format_load({"first": first, "second": second}, 8).splitlines()[-1] == "| first | 2 | 30.0 | 40.0 | 1 | 5 |"


def test_rows_are_solutions_or_different_triples() -> None:
    graph, table = Question("g", "", gives_graph=True), Question("t", "")
    assert count_rows(graph, b"<a> <b> <c> .\n<a> <b> <c> .\n<a> <b> <d> .\n\n") == 2
    assert count_rows(table, b'{"head":{"vars":["x"]},"results":{"bindings":[{},{}]}}') == 2


@pytest.mark.parametrize(("options", "line"), [((), "rules, pySHACL"), (("--no-pyshacl",), "validate ")])
def test_validation_finds_what_pyshacl_finds(capsys: pytest.CaptureFixture[str], options: tuple[str, ...], line: str) -> None:
    assert validation.main(["--films", "10", *options]) == 0
    assert line in capsys.readouterr().out
