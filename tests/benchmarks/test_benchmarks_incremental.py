"""The benchmark of builds after edits runs once at its tiniest size, and what it compares is the same."""

from __future__ import annotations

from benchmarks.incremental import format_run, measure


def test_a_build_after_an_edit_is_measured_and_compared() -> None:
    run = measure(2, ("change a country",), is_compared=True)
    (build,) = run.edits
    assert build.is_same is True
    assert "1 of 10 source files read, 1 of " in build.tally
    assert run.quads > 1000
    assert "| change a country |" in format_run(run)
