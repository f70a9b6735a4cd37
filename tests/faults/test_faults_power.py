"""A power cut takes what was not synced. So whatever a reader could be led to must have been synced before the link leads there.

The order of changes and syncs is written down by the library that fails calls, and gone through here: a file is unsafe from its
last change to its next sync, and a name from when it was given to the next sync of its folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.expectation import Counts, Expectation
from tests.faults.publisher import Publisher


@dataclass(slots=True)
class Disk:
    """What a power cut would take just now: changed files, and names by their folder."""

    files: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)

    def take(self, what: str, path: str, other: str) -> None:
        if what == "write":
            self.files.add(path)
        elif what == "sync":
            self.files.discard(path)
            self.names.pop(path, None)
        elif what in ("name", "remove"):
            self._rename(path)
        elif what == "rename":
            self.files = {_moved(each, path, other) for each in self.files if each != other}
            self.names = {_moved(folder, path, other): names for folder, names in self.names.items()}
            self._rename(path)
            self._rename(other)
        if what == "remove":
            self.names.pop(path, None)
            self.files = {each for each in self.files if each != path and not each.startswith(f"{path}/")}

    def unsafe(self, folder: str) -> list[str]:
        """Return what would be lost of a folder and all below it, without names that begin with a dot."""
        files = {each for each in self.files if _is_below(each, folder)}
        names = {f"{at}/{name}" for at, given in self.names.items() if at == folder or _is_below(at, folder) for name in given}
        return sorted(each for each in files | names if not any(part.startswith(".") for part in Path(each).parts[-1:]))

    def _rename(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        self.names.setdefault(folder, set()).add(name)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def _moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or _is_below(path, old) else path


def publish_and_trace(publisher: Publisher, releases_path: Path, sabotage: str | None = None) -> tuple[list[str], list[str]]:
    """Return what is unsafe of a release at the moment when the link is swapped to it, and what of all is unsafe at the end."""
    trace_path = releases_path.parent / "trace"
    order = {} if sabotage is None else {"sabotage": sabotage}
    outcome = publisher.publish(releases_path, 0, trace=str(trace_path), **order)
    assert outcome.what == "published", outcome
    disk, at_swap, lines = Disk(), None, trace_path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        what, path, other = line.split("\t")
        if what == "rename" and other == str(releases_path / "current"):
            at_swap = disk.unsafe(str(releases_path))
        disk.take(what, path, other)
    assert at_swap is not None
    # Had nothing been seen of the store's and the tables' own libraries, there would be nothing to find either.
    for written in (f"/{outcome.text}", ".sst\t", ".parquet\t", "manifest.json\t"):
        assert any(written in line for line in lines), written
    return at_swap, disk.unsafe(str(releases_path))


def test_all_of_a_release_is_on_the_disk_before_it_is_current(publisher: Publisher, releases_path: Path) -> None:
    at_swap, at_end = publish_and_trace(publisher, releases_path)
    assert at_swap == []
    assert at_end == []


def test_a_publisher_that_does_not_sync_is_found_out(publisher: Publisher, releases_path: Path) -> None:
    at_swap, _ = publish_and_trace(publisher, releases_path, "sync_nothing")
    assert any(each.endswith("/manifest.json") for each in at_swap)
    assert any(each.endswith(".nt.gz") for each in at_swap)


@pytest.mark.parametrize(
    ("sabotage", "count"),
    [("remove_the_link_and_die", "lost"), ("link_what_is_half_written_and_die", "half")],
    ids=["lost", "half-visible"],
)
def test_the_counts_rise_for_a_publisher_that_does_it_wrongly(
    publisher: Publisher, releases_path: Path, sabotage: str, count: str
) -> None:
    expectation = Expectation(releases_path, Counts())
    assert publisher.publish(releases_path, 0).what == "published"
    expectation.look("the first release")
    outcome = publisher.publish(releases_path, 1, sabotage=sabotage)
    assert outcome.what == "killed"
    expectation.look("a publisher that died at its worst moment")
    assert getattr(expectation.counts, count) == 1
