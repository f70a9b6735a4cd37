"""A publisher killed at any moment and at every call: the old release or the new one is current, whole, and nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.conftest import Say
from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import ALL_CALLS, KILL_AFTER, KILL_BEFORE, NOW, TEAR, Publisher

_KEPT = 3


def start(publisher: Publisher, releases_path: Path) -> Expectation:
    expectation = Expectation(releases_path, Counts())
    first = publisher.publish(releases_path, 0)
    assert first.what == "published", first
    expectation.look("the first release")
    return expectation


def tidy(publisher: Publisher, expectation: Expectation) -> None:
    assert publisher.order(do="prune", releases=str(expectation.releases_path), keep=_KEPT)[0].what == "published"
    expectation.forget_removed()


def kill_at_random(publisher: Publisher, releases_path: Path, dice: random.Random, times: int) -> tuple[Counts, int]:
    expectation = start(publisher, releases_path)
    whole = publisher.publish(releases_path, 1)
    expectation.look("the second release")
    killed = 0
    for n in range(times):
        outcome = publisher.publish(releases_path, n % 2, kill_after=dice.uniform(0, 1.05 * whole.seconds))
        killed += outcome.what == "killed"
        assert outcome.what in ("killed", "published"), outcome
        expectation.look(f"kill {n}")
        expectation.restart(f"restart {n}", NOW)
        after = publisher.publish(releases_path, n % 2)
        assert after.what == "published", after
        assert expectation.look(f"publish after kill {n}") == after.text
        tidy(publisher, expectation)
    return expectation.finish(), killed


def count_calls(publisher: Publisher, releases_path: Path, kinds: int = ALL_CALLS) -> int:
    outcome = publisher.publish(releases_path, 1, fault=(0, 0, 0, kinds, 0))
    assert outcome.what == "published"
    return outcome.calls


def kill_at_calls(publisher: Publisher, releases_path: Path, share: float, dice: random.Random) -> tuple[Counts, int, int]:
    """Kill before, in the midst of and after calls that change a file: each of them when `share` is 1."""
    expectation = start(publisher, releases_path)
    calls = count_calls(publisher, releases_path)
    expectation.look("the second release")
    chosen = sorted(dice.sample(range(1, calls + 1), max(1, round(share * calls))))
    for n, at in enumerate(chosen):
        action = (KILL_BEFORE, TEAR, KILL_AFTER)[n % 3]
        outcome = publisher.publish(releases_path, n % 2, fault=(action, at, 0, ALL_CALLS, 0))
        assert outcome.what in ("killed", "published"), outcome
        expectation.look(f"call {at}, action {action}")
        expectation.restart(f"restart after call {at}", NOW)
        if len(expectation.published) > 2 * _KEPT:
            tidy(publisher, expectation)
    assert publisher.publish(releases_path, 0).what == "published"
    expectation.look("the last release")
    return expectation.finish(), len(chosen), calls


def test_a_publisher_killed_at_random_loses_nothing(
    publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say
) -> None:
    counts, killed = kill_at_random(publisher, releases_path, dice, 2)
    say_counts(f"2 kills ({killed} before the end)", counts)


def test_a_publisher_killed_at_a_call_loses_nothing(
    publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say
) -> None:
    counts, chosen, calls = kill_at_calls(publisher, releases_path, 0.006, dice)
    say_counts(f"killed at {chosen} of {calls} calls", counts)


@pytest.mark.faults
def test_200_random_kills_lose_nothing(publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say) -> None:
    counts, killed = kill_at_random(publisher, releases_path, dice, 200)
    say_counts(f"200 kills ({killed} before the end)", counts)


@pytest.mark.faults
def test_a_kill_at_every_call_loses_nothing(
    publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say
) -> None:
    counts, chosen, calls = kill_at_calls(publisher, releases_path, 1.0, dice)
    say_counts(f"killed at {chosen} of {calls} calls", counts)
