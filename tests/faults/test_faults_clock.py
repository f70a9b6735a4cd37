"""A clock that goes back, leaps or stands still: ids go up in the order of publishing, and the last one published is current."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from filmgraph.release_folder import find_current, find_previous, id_order, list_releases
from filmgraph.release_journal import load_journal
from tests.faults.conftest import Say
from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import NOW, Publisher

LEAPS = (
    timedelta(0),
    timedelta(days=-1),
    timedelta(hours=-1),
    timedelta(days=-366),
    timedelta(days=366),
    timedelta(days=-400),
    timedelta(days=1),
    timedelta(0),
)


def leap(publisher: Publisher, releases_path: Path, leaps: tuple[timedelta, ...]) -> Counts:
    expectation = Expectation(releases_path, Counts())
    ids = []
    now = NOW
    for n, each in enumerate(leaps):
        now += each
        outcome = publisher.publish(releases_path, n % 2, now=now.isoformat())
        assert outcome.what == "published", outcome
        ids.append(outcome.text)
        assert expectation.look(f"clock {now}") == outcome.text
        expectation.restart(f"clock {now}", now)
    assert ids == sorted(set(ids), key=id_order)
    assert [each.release_id for each in list_releases(releases_path)] == ids
    assert [entry.to_id for entry in load_journal(releases_path)] == ids
    current, previous = find_current(releases_path), find_previous(releases_path)
    assert current is not None
    assert previous is not None
    assert (current.name, previous.name) == (ids[-1], ids[-1])
    return expectation.finish()


def test_a_clock_that_goes_back_does_not_turn_the_order(publisher: Publisher, releases_path: Path, say_counts: Say) -> None:
    say_counts(f"{len(LEAPS)} leaps of the clock", leap(publisher, releases_path, LEAPS))


@pytest.mark.faults
def test_a_clock_that_leaps_at_random_does_not_turn_the_order(
    publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say
) -> None:
    leaps = tuple(timedelta(hours=dice.randrange(-5000, 5000)) for _ in range(30))
    say_counts(f"{len(leaps)} leaps of the clock", leap(publisher, releases_path, leaps))
