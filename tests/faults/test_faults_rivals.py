"""Ten publishers at once: one works, the others are told so at once, and nothing of theirs is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.release_folder import find_current
from tests.faults.conftest import Say
from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import NOW, Publisher

_RIVALS = 10


def race(publisher: Publisher, releases_path: Path, rounds: int) -> Counts:
    expectation = Expectation(releases_path, Counts())
    for n in range(rounds):
        outcomes = publisher.order(do="publish", releases=str(releases_path), variant=n % 2, rivals=_RIVALS)
        won = [each.text for each in outcomes if each.what == "published"]
        assert len(won) == 1, outcomes
        assert sum(each.what == "busy" and "another build is writing" in each.text for each in outcomes) == _RIVALS - 1, outcomes
        assert expectation.look(f"round {n}") == won[0]
        expectation.restart(f"round {n}", NOW)
    assert len(expectation.published) == rounds
    current = find_current(releases_path)
    assert current is not None
    assert current.name == f"2026-11-22.{rounds}"
    return expectation.finish()


def test_of_ten_publishers_at_once_one_wins(publisher: Publisher, releases_path: Path, say_counts: Say) -> None:
    say_counts(f"{_RIVALS} publishers, 1 round", race(publisher, releases_path, 1))


@pytest.mark.faults
def test_of_ten_publishers_at_once_one_wins_in_each_of_20_rounds(
    publisher: Publisher, releases_path: Path, say_counts: Say
) -> None:
    say_counts(f"{_RIVALS} publishers, 20 rounds", race(publisher, releases_path, 20))
