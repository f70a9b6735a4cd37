"""The benchmark runs at its tiniest size, so that it cannot rot."""

from __future__ import annotations

import pytest

from benchmarks import search


def test_the_benchmark_asks_every_kind_of_question(capsys: pytest.CaptureFixture[str]) -> None:
    search.main(["--names", "400", "--questions", "5"])
    first, head, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("400 names")
    assert "ratio" in head
    found = {row[:18].strip(): row.split()[-1] for row in rows}
    assert found["exact"] == found["two words"] == found["title"] == "100%"
    assert found["no such name"] == "0%"
    assert len(found) == 9
