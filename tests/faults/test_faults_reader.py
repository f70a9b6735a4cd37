"""A reader that looks every 5 ms through publishes, rollbacks and prunes on a busy machine sees whole releases only."""

from __future__ import annotations

import multiprocessing
import random
import threading
from pathlib import Path

import pytest

from filmgraph.errors import NoReleaseError
from filmgraph.manifest import hash_file, load_manifest
from filmgraph.release_folder import find_current
from filmgraph.release_lease import lease_release
from tests.faults.conftest import Say
from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import Publisher

_EVERY_SECONDS = 0.005


class Reader(threading.Thread):
    """Reads the current release as a server does: resolve the link once, hold that release, read from its folder only."""

    def __init__(self, releases_path: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self.counts = Counts()
        self.reads = 0
        self.seen: set[str] = set()
        self._releases_path = releases_path
        self._dice = random.Random(seed)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self._read()

    def end(self) -> None:
        self._ended.set()
        self.join(timeout=60)
        assert not self.is_alive()

    def _read(self) -> None:
        path = find_current(self._releases_path)
        if path is None:
            self.counts.lost += 1
            self.counts.notes.append("a reader found no current release")
            return
        try:
            lease = lease_release(path)
        except NoReleaseError:
            # It was replaced and pruned since the link was read: a server looks again.
            if find_current(self._releases_path) == path:
                self.counts.lost += 1
                self.counts.notes.append(f"{path.name} is current and cannot be held")
            return
        with lease:
            self._look(path)
        self.reads += 1

    def _look(self, path: Path) -> None:
        manifest = load_manifest(path)
        names = self._dice.sample(sorted(manifest.files), 3)
        if manifest.release_id != path.name:
            self.counts.mixed += 1
        if any(hash_file(path / name) != manifest.files[name] for name in names):
            self.counts.half += 1
        self.seen.add(path.name)


def burn() -> None:
    while True:
        pass


def follow(publisher: Publisher, releases_path: Path, seed: int, times: int) -> tuple[Counts, Reader]:
    expectation = Expectation(releases_path, Counts())
    for variant in (0, 1):
        assert publisher.publish(releases_path, variant).what == "published"
        expectation.look("before the reader")
    load = multiprocessing.get_context("spawn").Process(target=burn, daemon=True)
    reader = Reader(releases_path, seed)
    load.start()
    reader.start()
    for n in range(times):
        order = {"do": "rollback"} if n % 2 else {"do": "publish", "variant": n // 2 % 2}
        outcome = publisher.order(releases=str(releases_path), **order)[0]
        assert outcome.what == "published", outcome
        if n % 2 == 0:
            expectation.look(f"publish {n}")
        assert publisher.order(do="prune", releases=str(releases_path), keep=2)[0].what == "published"
    reader.end()
    load.kill()
    load.join()
    return reader.counts, reader


def test_a_reader_sees_whole_releases_only(publisher: Publisher, releases_path: Path, seed: int, say_counts: Say) -> None:
    counts, reader = follow(publisher, releases_path, seed, 4)
    assert reader.reads
    assert len(reader.seen) > 1
    say_counts(f"{reader.reads} reads of {len(reader.seen)} releases", counts)


@pytest.mark.faults
def test_a_reader_sees_whole_releases_only_through_50_switches(
    publisher: Publisher, releases_path: Path, seed: int, say_counts: Say
) -> None:
    counts, reader = follow(publisher, releases_path, seed, 50)
    assert len(reader.seen) > 10
    say_counts(f"50 publishes and rollbacks, {reader.reads} reads of {len(reader.seen)} releases", counts)
