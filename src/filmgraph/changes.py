"""What a release changes against the one before: the two sets of triples, a log of things, and streams made from that one log.

Two passes over the sorted dumps: one compares lines, one compares things. Neither holds more than one thing's lines at a time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from filmgraph.changelog import (
    ADDED,
    FOLDER,
    HISTORY,
    LOG,
    REMOVED,
    STREAM_FOLDER,
    TOMBSTONES,
    Change,
    ChangeType,
    ReleaseNote,
    Tally,
    Tombstone,
    has_changes,
    read_history,
    read_tombstones,
)
from filmgraph.changes_activity import ActivityWriter, link_to_next, write_collection, write_feed
from filmgraph.changes_lines import Sides, compare, join_things, read_lines
from filmgraph.changes_stream import Publisher, StreamWriter, page_name, write_root
from filmgraph.changes_things import find_changed_credits, name_change
from filmgraph.dumps_files import open_gzip
from filmgraph.dumps_reading import facts_path
from filmgraph.iris import IriScheme
from filmgraph.manifest import load_manifest
from filmgraph.settings import Settings

__all__ = ["diff_releases", "find_dump", "write_changes"]

_ONE_SECOND: Final = timedelta(seconds=1)


def write_changes(
    settings: Settings, release_id: str, now: datetime, staging: Path, previous_path: Path | None, sides: Sides | None = None
) -> ReleaseNote:
    """Write `changes/` of the release in `staging`, whose dumps and `retired.json` are there already.

    `previous_path` is the newest release that was ever published; the first release, and the first one after releases that had no
    log, creates everything. The pages of all streams before are carried over. `sides` are what is to be compared, where that is
    known; else the dumps are, whole.
    """
    if previous_path is not None and not has_changes(previous_path):
        previous_path = None
    folder = staging / FOLDER
    (folder / STREAM_FOLDER).mkdir(parents=True)
    history = () if previous_path is None else read_history(previous_path)
    publisher = Publisher(settings.iris, settings.title, settings.publisher, settings.licence, settings.languages[0])
    new = facts_path(staging, settings.id)
    compared = None if previous_path is None else sides or _Dumps(find_dump(previous_path), new)
    credits = _write_delta(compared, new, folder)
    time = _later(now, history)
    run = _Run(publisher, release_id, time, staging, previous_path, history)
    note = run.write(compared or Sides((), read_lines(new)), credits)
    _finish(publisher, folder, (*history, note), previous_path)
    return note


def find_dump(release_path: Path) -> Path:
    """Return the canonical N-Triples of a release; ReleaseError when the folder is none."""
    return facts_path(release_path, load_manifest(release_path).catalogue_id)


def diff_releases(old_path: Path, new_path: Path, iris: IriScheme) -> Iterator[tuple[Change, list[bytes], list[bytes]]]:
    """Yield what differs between two releases, thing by thing, each with its lines of canonical N-Triples in both."""
    old, new = find_dump(old_path), find_dump(new_path)
    credits = find_changed_credits(compare(read_lines(old), read_lines(new)))
    retired = _read_retired(new_path)
    for thing, before, after in join_things(read_lines(old), read_lines(new)):
        change = name_change(iris, thing, before, after, credits, retired)
        if change is not None:
            yield change, before, after


class _Dumps(NamedTuple):
    """Two whole dumps, read anew whenever their lines are asked for."""

    old_path: Path
    new_path: Path

    @property
    def old(self) -> Iterator[bytes]:
        return read_lines(self.old_path)

    @property
    def new(self) -> Iterator[bytes]:
        return read_lines(self.new_path)


@dataclass(frozen=True, slots=True)
class _Run:
    """The writing of one release's log and pages."""

    publisher: Publisher
    release_id: str
    time: str
    staging: Path
    previous_path: Path | None
    history: tuple[ReleaseNote, ...]

    def write(self, sides: Sides | _Dumps, credits: frozenset[bytes]) -> ReleaseNote:
        """Write the log, the pages and the tombstones; return what to tell of the release."""
        folder = self.staging / FOLDER
        stream = StreamWriter(self.publisher, folder / STREAM_FOLDER, self.release_id, self.time)
        activity = ActivityWriter(self.publisher, folder / STREAM_FOLDER, self.release_id, self.time, self.history)
        known = read_tombstones(self.previous_path) if self.previous_path else {}
        tally, graves = Tally(), _Graveyard(known, self.release_id, self.time)
        retired = _read_retired(self.staging)
        with _LogWriter(folder / LOG, self.release_id, self._previous_id, self.time) as log:
            for thing, before, after in join_things(sides.old, sides.new):
                change = name_change(self.publisher.iris, thing, before, after, credits, retired)
                if change is not None:
                    activity.add(change, stream.add(change, after))
                    log.add(change)
                    tally.add(change)
                    graves.add(change)
        activity.close()
        graves.write(folder / TOMBSTONES)
        pages = stream.close()
        return ReleaseNote(
            self.release_id, self.time, self._previous_id, tally.counts, tally.counts.total(), pages, tally.finish()
        )

    @property
    def _previous_id(self) -> str | None:
        return self.history[-1].release_id if self.history else None


def _write_delta(sides: Sides | _Dumps | None, new: Path, folder: Path) -> frozenset[bytes]:
    """Write the two sets of triples; return the credits that differ."""
    if sides is None:
        # Everything was added: the same bytes as the dump. No credit can have changed by itself.
        _link(new, folder / ADDED)
        with open_gzip(folder / REMOVED):
            return frozenset()
    with open_gzip(folder / ADDED) as added, open_gzip(folder / REMOVED) as removed:

        def kept() -> Iterator[tuple[int, bytes]]:
            for side, line in compare(sides.old, sides.new):
                (added if side > 0 else removed).write(line)
                yield side, line

        return find_changed_credits(kept())


def _later(now: datetime, history: tuple[ReleaseNote, ...]) -> str:
    """Return the time of a release: an event stream only goes forward, even where the clock does not."""
    if history:
        now = max(now, datetime.fromisoformat(history[-1].time) + _ONE_SECOND)
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")


def _finish(publisher: Publisher, folder: Path, history: tuple[ReleaseNote, ...], previous_path: Path | None) -> None:
    stream = folder / STREAM_FOLDER
    if previous_path is not None:
        old = previous_path / FOLDER / STREAM_FOLDER
        last = next(note for note in reversed(history[:-1]) if note.pages)
        name = page_name(last.release_id, last.pages, ".json")
        link_to_next(publisher, old / f"{name}.gz", stream / f"{name}.gz", page_name(history[-1].release_id, 1, ".json"))
        _carry_over(old, stream, history[:-1])
    write_root(publisher, stream, history)
    write_collection(publisher, stream, history)
    write_feed(publisher, stream, history)
    text = ",\n".join(json.dumps(note.to_dict(), ensure_ascii=False) for note in history)
    (folder / HISTORY).write_text(f"[\n{text}\n]\n", encoding="utf-8")


def _carry_over(old: Path, new: Path, history: tuple[ReleaseNote, ...]) -> None:
    """Give the release the closed pages of all releases before, as further names of the same files where the disk allows it."""
    for note in history:
        names = [page_name(note.release_id)]
        for number in range(1, note.pages + 1):
            names += [page_name(note.release_id, number), page_name(note.release_id, number, ".json")]
        for name in names:
            if not (new / f"{name}.gz").exists():
                _link(old / f"{name}.gz", new / f"{name}.gz")


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another filesystem, or one without links: the bytes are the same.
        shutil.copyfile(source, target)


class _LogWriter:
    """Writes `log.json`: a change a line, so that it can be read by line as well as whole."""

    def __init__(self, path: Path, release_id: str, previous_id: str | None, time: str) -> None:
        self._file = path.open("w", encoding="utf-8")
        head = json.dumps({"release": release_id, "previous": previous_id, "time": time})
        self._file.write(f'{head[:-1]}, "changes": [')
        self._separator = "\n"

    def __enter__(self) -> _LogWriter:
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.write("\n]}\n")
        self._file.close()

    def add(self, change: Change) -> None:
        """Write one change."""
        self._file.write(self._separator + json.dumps(change.to_dict(), ensure_ascii=False))
        self._separator = ",\n"


class _Graveyard:
    """What is gone, since when and what it was; a thing that comes back loses its stone."""

    def __init__(self, known: dict[str, Tombstone], release_id: str, time: str) -> None:
        self._stones = known
        self._release_id, self._time = release_id, time

    def add(self, change: Change) -> None:
        """Set a stone, or take it away."""
        if change.type is ChangeType.CREATE:
            self._stones.pop(change.thing, None)
        elif change.type is not ChangeType.UPDATE:
            stone = Tombstone(change.name, change.class_iri, self._time, self._release_id, change.survivor)
            self._stones[change.thing] = stone

    def write(self, path: Path) -> None:
        """Write all stones, by thing."""
        stones = {iri: stone.to_dict() for iri, stone in sorted(self._stones.items())}
        path.write_text(json.dumps(stones, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_retired(release_path: Path) -> dict[str, str | None]:
    retired: dict[str, str | None] = json.loads((release_path / "retired.json").read_text(encoding="utf-8"))
    return retired
