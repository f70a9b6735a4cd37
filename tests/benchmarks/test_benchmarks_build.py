"""The benchmark of the build runs once at its tiniest size, and what it builds is sound."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from benchmarks import build, sheets
from benchmarks.build import Run, Step, format_runs, load_in_python, measure
from filmgraph.assembly import Assembly, assemble
from filmgraph.findings import Severity
from filmgraph.iris import Kind
from filmgraph.namespaces import RDF
from filmgraph.settings import load_settings
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import load_vocabulary

FILMS = 4


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    path = tmp_path_factory.mktemp("sheets") / "catalogue"
    sheets.write_catalogue(path, FILMS)
    return assemble(load_settings(path, {}), load_vocabulary(), load_shapes(), "2026-11-22", lambda _: None)


def test_sheets_are_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        sheets.write_catalogue(tmp_path / name, 3, seed)
        texts.append({each.name: each.read_bytes() for each in (tmp_path / name / "tables").iterdir()})
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_larger_sheets_begin_like_the_smaller(tmp_path: Path) -> None:
    for name, films in (("small", 2), ("large", 5)):
        sheets.write_catalogue(tmp_path / name, films)
    for path in (tmp_path / "small" / "tables").iterdir():
        assert (tmp_path / "large" / "tables" / path.name).read_bytes().startswith(path.read_bytes())


def test_nothing_in_the_sheets_breaks_a_rule(assembly: Assembly) -> None:
    assert {each.rule for each in assembly.report if each.severity is not Severity.INFO} == set()
    assert not assembly.unread


def test_each_film_has_its_credits_and_screenings(assembly: Assembly) -> None:
    typed = {str(each.subject).partition("#")[0].strip("<>") for each in assembly.published if each.predicate.value == RDF.type}
    counts = [sum(f"/id/{kind.segment}/" in iri for iri in typed) for kind in (Kind.FILM, Kind.CREDIT, Kind.SCREENING)]
    # A director, five other roles and four actors.
    assert counts == [FILMS, FILMS * 10, FILMS * 3]


def test_collector_runs_again_after_a_build(assembly: Assembly) -> None:
    assert assembly.records > 0
    assert gc.isenabled()


def test_build_is_timed_step_by_step_beside_a_bare_load(tmp_path: Path) -> None:
    run = measure(FILMS, tmp_path, load_in_python)
    parts = {name for _, _, name in build._PARTS}
    assert parts | {"read", "identify", "map", "resolve", "write store", "check store"} <= run.steps.keys()
    assert run.quads > run.triples > 100 * FILMS
    assert all(step.peak > 0 for step in run.steps.values())
    assert list(tmp_path.iterdir()) == [tmp_path / "all.nq"]


def test_table_gives_ratio_and_growth() -> None:
    small = Run(10, 100, 1_000, {"map": Step(2.0, 1.0, 50.0), "validate: rules": Step(0.1, 0.1, 60.0)}, Step(1.0, 0.5))
    large = Run(20, 200, 2_000, {"map": Step(9.0, 3.0, 70.0), "validate: rules": Step(0.1, 0.2, 90.0)}, Step(3.0, 1.0))
    lines = format_runs([small, large]).splitlines()
    assert "| map | 1.00 s, 1000.0 µs, 50 MB | 3.00 s, 1500.0 µs, 70 MB |" in lines
    assert "| build / bare load, processor | ×2.2 | ×3.2 |" in lines
    assert lines[-1] == "From 10 to 20 films, against linear: map ×1.50, whole build ×1.45."
