"""A disk that is full, or fails at any call: a clear refusal, the old release still served, nothing left over."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filmgraph.release_files import tree_size
from filmgraph.release_folder import release_paths
from tests.faults.conftest import Say
from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import FAIL, NOW, Outcome, Publisher

_KEPT = 2
_WRITES, _SYNCS, _NAMES, _OPENS = 1, 2, 4, 8
#: Which calls fail, how, and whether every later one fails too.
ERRORS = {
    "no-space": (_WRITES, errno.ENOSPC, 0),
    "no-space-for-good": (_WRITES | _OPENS, errno.ENOSPC, 1),
    "fsync": (_SYNCS, errno.EIO, 0),
    "rename": (_NAMES, errno.EIO, 0),
    "open": (_OPENS, errno.EMFILE, 0),
    "read-only": (_WRITES | _NAMES | _OPENS, errno.EROFS, 1),
}


def judge(expectation: Expectation, outcome: Outcome, what: str) -> None:
    """The publisher must not break, and what it says must be so."""
    old = expectation.current
    now = expectation.look(what)
    assert outcome.what in ("published", "refused"), (what, outcome)
    if outcome.what == "published" or "is current now" in outcome.text:
        assert now != old, (what, outcome)
    else:
        assert now == old, (what, outcome)


def after(publisher: Publisher, expectation: Expectation, what: str, n: int) -> None:
    expectation.restart(what, NOW)
    if n % 10 == 9:
        done = publisher.publish(expectation.releases_path, n % 2, has_space=True)
        assert done.what == "published", (what, done)
        expectation.look(f"publish after {what}")
        assert publisher.order(do="prune", releases=str(expectation.releases_path), keep=_KEPT)[0].what == "published"
        expectation.forget_removed()


def start(publisher: Publisher, releases_path: Path) -> Expectation:
    expectation = Expectation(releases_path, Counts())
    first = publisher.publish(releases_path, 0, has_space=True)
    assert first.what == "published", first
    expectation.look("the first release")
    return expectation


def fail_at_calls(
    publisher: Publisher, releases_path: Path, error: str, chosen: Callable[[int], list[int]]
) -> tuple[Counts, str]:
    kinds, number, is_lasting = ERRORS[error]
    expectation = start(publisher, releases_path)
    calls = publisher.publish(releases_path, 1, fault=(0, 0, 0, kinds, 0)).calls
    expectation.look("the second release")
    places = chosen(calls)
    refused = 0
    for n, at in enumerate(places):
        what = f"{error} at call {at} of {calls}"
        outcome = publisher.publish(releases_path, n % 2, has_space=True, fault=(FAIL, at, number, kinds, is_lasting))
        judge(expectation, outcome, what)
        refused += outcome.what == "refused"
        after(publisher, expectation, what, n)
    return expectation.finish(), f"{error} at {len(places)} of {calls} calls, {refused} refused"


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_the_disk_is_a_clean_refusal(
    publisher: Publisher, releases_path: Path, dice: random.Random, say_counts: Say, error: str
) -> None:
    counts, what = fail_at_calls(publisher, releases_path, error, lambda calls: sorted(dice.sample(range(1, calls + 1), 2)))
    say_counts(what, counts)


@pytest.mark.faults
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_the_disk_at_every_call_is_a_clean_refusal(
    publisher: Publisher, releases_path: Path, say_counts: Say, error: str
) -> None:
    # Where every later call fails too, one place is much like the next.
    step = 10 if ERRORS[error][2] else 1
    counts, what = fail_at_calls(publisher, releases_path, error, lambda calls: list(range(1, calls + 1, step)))
    say_counts(what, counts)


class SmallDisk:
    """A filesystem in memory whose size can be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", path], check=True, capture_output=True)

    def leave(self, size: int | None) -> None:
        """Leave so many bytes free; None for plenty."""
        status = os.statvfs(self.path)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        total = 256 << 20 if size is None else used + max(size, 4096)
        subprocess.run(["mount", "-o", f"remount,size={total}", self.path], check=True, capture_output=True)

    def close(self) -> None:
        subprocess.run(["umount", "-l", self.path], check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    try:
        disk = SmallDisk(tmp_path / "disk")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk can be mounted by root only ({error}); `no-space-for-good` above does without")
    yield disk
    disk.close()


def fill(publisher: Publisher, disk: SmallDisk, sizes: int) -> tuple[Counts, str]:
    releases_path = disk.path / "releases"
    releases_path.mkdir()
    expectation = start(publisher, releases_path)
    needed = 2 * tree_size(release_paths(releases_path)[0])
    outcomes = []
    for n in range(1, sizes + 1):
        free = needed * n // sizes
        disk.leave(free)
        outcome = publisher.publish(releases_path, n % 2, has_space=bool(n % 5))
        disk.leave(None)
        what = f"{free} of {needed} bytes free"
        judge(expectation, outcome, what)
        assert outcome.what == "published" or "free" in outcome.text or "No space left" in outcome.text, outcome
        outcomes.append(outcome.what)
        after(publisher, expectation, what, n)
    assert "refused" in outcomes
    return expectation.finish(), f"{sizes} sizes of free disk, {outcomes.count('refused')} refused"


def test_a_full_disk_is_a_clean_refusal(publisher: Publisher, small_disk: SmallDisk, say_counts: Say) -> None:
    counts, what = fill(publisher, small_disk, 4)
    say_counts(what, counts)


@pytest.mark.faults
def test_a_disk_that_is_full_at_50_sizes_is_a_clean_refusal(publisher: Publisher, small_disk: SmallDisk, say_counts: Say) -> None:
    counts, what = fill(publisher, small_disk, 50)
    say_counts(what, counts)
