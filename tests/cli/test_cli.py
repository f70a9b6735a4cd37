from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filmgraph.cli import main
from filmgraph.settings import load_settings
from tests.conftest import Builder
from tests.queries.saved_query import HEADER, named


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_init_makes_a_catalogue_that_checks_clean(tmp_path: Path) -> None:
    made = run("init", tmp_path / "new", "--title", "New Films", "--base-iri", "https://films.example.org/")
    assert made.exit_code == 0, made.output
    assert load_settings(tmp_path / "new").title == "New Films"
    checked = run("check", tmp_path / "new", "--json")
    assert checked.exit_code == 0, checked.output
    assert not [each for each in json.loads(checked.stdout) if each["severity"] == "Violation"]


def test_init_never_writes_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "films.csv").write_text("mine", encoding="utf-8")
    refused = run("init", tmp_path)
    assert refused.exit_code == 2
    assert "not empty" in refused.stderr


def test_check_writes_nothing(tiny_catalogue: Path) -> None:
    before = sorted(tiny_catalogue.rglob("*"))
    assert run("check", tiny_catalogue).exit_code == 0
    assert sorted(tiny_catalogue.rglob("*")) == before


def test_build_publishes_and_says_what(tiny_catalogue: Path) -> None:
    built = run("build", tiny_catalogue)
    assert built.exit_code == 0, built.output
    assert "published release" in built.stderr
    assert (tiny_catalogue / "releases" / "current" / "manifest.json").is_file()
    assert "nothing has changed" in run("build", tiny_catalogue).stderr


def test_a_violation_ends_in_1_and_names_file_row_and_column(tiny_catalogue: Path) -> None:
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Belgium", "Belgum"), encoding="utf-8")
    for command in ("check", "build"):
        result = run(command, tiny_catalogue)
        assert result.exit_code == 1
        assert "tables/films.csv, row 2, column countries" in result.stdout
    assert not (tiny_catalogue / "releases" / "current").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["check", "nowhere"], 2, "does not exist"),
        (["frobnicate"], 2, "No such command"),
        (["query"], 2, "give the query"),
        (["query", "ASK {}", "--catalogue", "CATALOGUE"], 3, "no release yet"),
        (["query", "ASK {}", "--endpoint", "http://127.0.0.1:9/sparql"], 4, "127.0.0.1:9"),
        (["query", "ASK {}", "--endpoint", "ftp://example.org/"], 2, "http(s)"),
    ],
)
def test_exit_codes_are_as_documented(tiny_catalogue: Path, arguments: list[str], code: int, says: str) -> None:
    result = run(*[str(tiny_catalogue) if each == "CATALOGUE" else each for each in arguments])
    assert result.exit_code == code, result.output
    assert says in result.stderr


def test_unreadable_input_ends_in_3_and_names_the_file(tiny_catalogue: Path) -> None:
    (tiny_catalogue / "tables" / "films.csv").unlink()
    result = run("check", tiny_catalogue)
    assert result.exit_code == 3
    assert "films.csv" in result.stderr


def test_query_prints_a_table_csv_or_json(tiny_catalogue: Path, build_catalogue: Builder) -> None:
    build_catalogue(tiny_catalogue)
    text = "PREFIX schema: <http://schema.org/> SELECT ?name WHERE { ?film a schema:Movie ; schema:name ?name } ORDER BY ?name"
    table, csv, as_json = (
        run("query", text, "--catalogue", tiny_catalogue, "--format", each) for each in ("table", "csv", "json")
    )
    assert table.stdout.splitlines()[:3] == ["name", "---------------", "An Example"]
    assert csv.stdout.splitlines()[:2] == ["name", "An Example"]
    assert json.loads(as_json.stdout)["head"]["vars"] == ["name"]


def test_query_reads_a_file_and_prints_graphs_as_turtle(tiny_catalogue: Path, build_catalogue: Builder, tmp_path: Path) -> None:
    build_catalogue(tiny_catalogue)
    path = tmp_path / "films.rq"
    path.write_text(
        "# all films\nCONSTRUCT { ?f a <http://schema.org/Movie> } WHERE { ?f a <http://schema.org/Movie> }", encoding="utf-8"
    )
    result = run("query", "--file", path, "--catalogue", tiny_catalogue)
    assert result.exit_code == 0, result.output
    assert "an-example-2026" in result.stdout


SAVED = (
    HEADER
    + named("film", "thing film | optional")
    + named("minimum", "integer | default 80")
    + """
SELECT ?title ?minimum WHERE {
  ?film <http://schema.org/name> ?title ; <https://filmgraph.example/ns#runtimeMinutes> ?minutes
  FILTER(?minutes >= ?minimum)
}
"""
)


@pytest.fixture
def saved_query(tiny_catalogue: Path, build_catalogue: Builder, tmp_path: Path) -> Path:
    build_catalogue(tiny_catalogue)
    path = tmp_path / "title-of-a-film.rq"
    path.write_text(SAVED, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ((), ["An Example,80"]),
        (("minimum=82",), ["An Example,82"]),
        (("minimum=83",), []),
        (("film=an-example-2026", "minimum=1"), ["An Example,1"]),
        (("film=film/an-example-2026",), ["An Example,80"]),
        (("film=another-film-2026",), []),
        (("film=",), ["An Example,80"]),
    ],
)
def test_a_saved_query_is_asked_with_its_values_or_its_defaults(
    tiny_catalogue: Path, saved_query: Path, values: tuple[str, ...], rows: list[str]
) -> None:
    options = [part for each in values for part in ("--value", each)]
    result = run("query", "--file", saved_query, *options, "--catalogue", tiny_catalogue, "--format", "csv")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["title,minimum", *rows]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--value", "minimum=many"], 2, "minimum = 'many' should be a whole number"),
        (["--value", "least=3"], 2, "title-of-a-film has no parameter 'least'; there are film, minimum"),
        (["--value", "minimum"], 2, "'minimum' should be NAME=VALUE"),
        (["--value", "=3"], 2, "'=3' should be NAME=VALUE"),
        (["--value", "minimum=1", "--value", "minimum=2"], 2, "minimum is given twice"),
        (["--endpoint", "http://127.0.0.1:9/sparql", "--value", "minimum=1"], 4, "127.0.0.1:9"),
    ],
)
def test_a_wrong_value_is_told_what_it_should_be(
    tiny_catalogue: Path, saved_query: Path, options: list[str], code: int, says: str
) -> None:
    result = run("query", "--file", saved_query, "--catalogue", tiny_catalogue, *options)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr


def test_a_query_that_is_not_saved_takes_no_values(saved_query: Path, tiny_catalogue: Path) -> None:
    saved_query.write_text("# A remark: a first one\nSELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    for arguments in (("--file", saved_query), ("SELECT * WHERE { ?s ?p ?o }",)):
        result = run("query", *arguments, "--catalogue", tiny_catalogue, "--value", "film=x")
        assert result.exit_code == 2
        assert "saved query" in result.stderr or "no parameter 'film'" in result.stderr


def test_a_saved_query_that_is_broken_is_named_with_its_line(saved_query: Path, tiny_catalogue: Path) -> None:
    saved_query.write_text(SAVED.replace("# parameter minimum@nl", "# parameter minimum@de"), encoding="utf-8")
    result = run("query", "--file", saved_query, "--catalogue", tiny_catalogue)
    assert result.exit_code == 3
    assert f"{saved_query}: line 13: " in result.stderr


def test_a_query_with_a_syntax_error_says_where(tiny_catalogue: Path, build_catalogue: Builder) -> None:
    build_catalogue(tiny_catalogue)
    result = run("query", "SELECT * WHERE { ?s ?p }", "--catalogue", tiny_catalogue)
    assert result.exit_code == 1
    assert "1:" in result.stderr or "line 1" in result.stderr


def test_a_port_in_use_is_one_line_and_exit_2(tiny_catalogue: Path, build_catalogue: Builder) -> None:
    build_catalogue(tiny_catalogue)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = run("serve", tiny_catalogue, "--port", other.getsockname()[1])
    assert result.exit_code == 2
    assert "--port" in result.stderr


def test_serving_without_a_release_says_what_to_do(tiny_catalogue: Path) -> None:
    result = run("serve", tiny_catalogue)
    assert result.exit_code == 3
    assert "filmgraph build" in result.stderr


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "filmgraph", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("filmgraph, version ")


@pytest.mark.parametrize("command", ["init", "check", "build", "serve", "query"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 4
