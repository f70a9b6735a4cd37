"""A running server under load takes up what is published and rolled back: no answer is lost, and none is of two releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.namespaces import SCHEMA
from filmgraph.release_folder import find_current
from filmgraph.scaffold import write_catalogue
from tests.faults.conftest import Say
from tests.faults.expectation import Counts
from tests.faults.publisher import Publisher
from tests.live.server import serve_catalogue
from tests.live.switch_readers import Seen, read_on

QUERY = f"SELECT ?name {{ ?dataset <{SCHEMA.version}> ?name }}"
KINDS = {"page", "query", "dump", "release"}


def follow(publisher: Publisher, releases_path: Path, folder: Path, times: int, workers: int = 1) -> tuple[Seen, list[float]]:
    """Publish and roll back in turn, prune at times, and wait each time until the server serves what is current."""
    assert publisher.publish(releases_path, 0).what == "published"
    # The same catalogue as the publisher's: a server needs its name and base alone.
    write_catalogue(folder / "tiny", "https://films.example.org/", "Tiny")
    waits = []
    environ = {"FILMGRAPH_RELEASES": str(releases_path)}
    with (
        serve_catalogue(folder / "tiny", folder / "server.log", workers, **environ) as server,
        read_on(server, "/film/", "/dumps/tiny.nt.gz", QUERY) as seen,
    ):
        for n in range(times):
            order = {"do": "rollback"} if n % 2 else {"do": "publish", "variant": 1 - n // 2 % 2}
            outcome = publisher.order(releases=str(releases_path), **order)[0]
            assert outcome.what == "published", outcome
            current = find_current(releases_path)
            assert current is not None
            waits.append(server.await_release(current.name))
            if n % 10 == 9:
                assert publisher.order(do="prune", releases=str(releases_path), keep=5)[0].what == "published"
    return seen, waits


def count(seen: Seen) -> Counts:
    return Counts(lost=len(seen.errors), mixed=len(seen.mixed), notes=[*seen.errors[:5], *seen.mixed[:5]])


def describe(seen: Seen, waits: list[float]) -> str:
    ordered = sorted(waits)
    return (
        f"{len(waits)} publishes and rollbacks, {seen.wholes.total()} whole answers from {len(seen.releases)} releases; "
        f"served after {ordered[len(ordered) // 2]:.2f} s (median), {ordered[-1]:.2f} s (most)"
    )


def test_readers_of_a_server_see_whole_releases_only(
    publisher: Publisher, releases_path: Path, tmp_path: Path, say_counts: Say
) -> None:
    seen, waits = follow(publisher, releases_path, tmp_path, 2)
    assert {kind for kind, _ in seen.wholes} == KINDS
    assert len(seen.releases) == 2
    say_counts(describe(seen, waits), count(seen))


@pytest.mark.faults
@pytest.mark.parametrize("workers", [1, 2])
def test_readers_of_a_server_see_whole_releases_only_through_50_switches(
    publisher: Publisher, releases_path: Path, tmp_path: Path, say_counts: Say, workers: int
) -> None:
    seen, waits = follow(publisher, releases_path, tmp_path, 50, workers)
    assert {kind for kind, _ in seen.wholes} == KINDS
    assert len(seen.releases) > 20
    say_counts(describe(seen, waits), count(seen))
