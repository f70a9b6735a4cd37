"""`journal.jsonl`: what was done to the releases, when, by whom and why. One line for each act, in order, never rewritten.

Each line holds the SHA-256 of its own text and of the line before, so that a changed or missing line is seen. A last line that a
power cut tore is left out and overwritten: the act itself is read off the folders at the next start.
"""

from __future__ import annotations

import enum
import getpass
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import ReleaseError
from filmgraph.release_files import sync

__all__ = [
    "JOURNAL",
    "Act",
    "Action",
    "Entry",
    "append_entry",
    "current_by_journal",
    "is_torn",
    "known_ids",
    "load_journal",
    "manifest_digest",
    "newest_published",
    "note_current",
    "pruned_ids",
    "published_ids",
    "tags",
]

JOURNAL: Final = "journal.jsonl"
_START: Final = "0" * 64


class Action(enum.Enum):
    """What was done. `to` is the release that became current, or the one that the act is about."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"
    RECOVER = "recover"
    PRUNE = "prune"
    TAG = "tag"
    UNTAG = "untag"
    ADOPT = "adopt"


_MAKES_CURRENT: Final = frozenset({Action.PUBLISH, Action.ROLLBACK, Action.RECOVER})
_PUBLISHED: Final = _MAKES_CURRENT | {Action.ADOPT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal.

    `time` is in UTC (ISO 8601). `from_id` is the release that was current before, `to_id` the one that the act is about. `name`
    is a tag's. `manifest_sha256` is the digest of the manifest of `to_id`. `number` counts from 1; 0 before it is written.
    """

    time: str
    action: Action
    to_id: str
    from_id: str | None = None
    name: str = ""
    who: str = ""
    why: str = ""
    manifest_sha256: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """When something is done, by whom and why; an empty `who` is the user of this process."""

    now: datetime
    who: str = ""
    why: str = ""

    def entry(self, action: Action, to_id: str, from_id: str | None = None, *, name: str = "", manifest: str = "") -> Entry:
        """Return the line of the journal for this act."""
        return Entry(
            time=self.now.isoformat(timespec="seconds"),
            action=action,
            to_id=to_id,
            from_id=from_id,
            name=name,
            who=self.who,
            why=self.why,
            manifest_sha256=manifest,
        )


def load_journal(releases_path: Path) -> tuple[Entry, ...]:
    """Read the journal, oldest line first; no file is an empty journal. ReleaseError names a line that was changed."""
    return tuple(entry for entry, _ in _iter_lines(releases_path / JOURNAL))


def is_torn(releases_path: Path) -> bool:
    """Return whether the last line is not whole; the next line that is written takes its place."""
    path = releases_path / JOURNAL
    return path.is_file() and path.stat().st_size != _whole_length(path)


def append_entry(releases_path: Path, entry: Entry) -> None:
    """Write one line and wait until the disk holds it. The caller holds the lock of the releases."""
    path = releases_path / JOURNAL
    lines = _iter_lines(path)
    number, digest = (lines[-1][0].number, lines[-1][1]) if lines else (0, _START)
    line = _to_line(entry, number + 1, digest)
    is_new = not path.exists()
    with path.open("ab") as file:
        file.truncate(_whole_length(path))
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync(releases_path)


def note_current(releases_path: Path, entry: Entry) -> None:
    """Write the line for a release that was just made current; that it cannot be written undoes nothing, so the error says so."""
    try:
        append_entry(releases_path, entry)
    except OSError as error:
        raise ReleaseError(
            f"release {entry.to_id} is current now, but its line could not be written to {JOURNAL} "
            f"({os.strerror(error.errno or 0)}): mend that; the next build or rollback adds the line"
        ) from error


def published_ids(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the releases that readers have seen, whether they are still there or not."""
    return frozenset(entry.to_id for entry in entries if entry.action in _PUBLISHED)


def known_ids(entries: Iterable[Entry]) -> frozenset[str]:
    """Return every release that is named: no id is given twice."""
    return frozenset(each for entry in entries for each in (entry.to_id, entry.from_id) if each)


def newest_published(entries: Iterable[Entry]) -> str | None:
    """Return the release that was published last, even if another one was made current again afterwards."""
    published = [entry.to_id for entry in entries if entry.action in (Action.PUBLISH, Action.ADOPT)]
    return published[-1] if published else None


def current_by_journal(entries: Iterable[Entry]) -> str | None:
    """Return the release that was made current last."""
    made = [entry.to_id for entry in entries if entry.action in _PUBLISHED]
    return made[-1] if made else None


def pruned_ids(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the releases that were removed."""
    return frozenset(entry.to_id for entry in entries if entry.action is Action.PRUNE)


def manifest_digest(entries: Iterable[Entry], release_id: str) -> str:
    """Return the SHA-256 of a release's manifest as it was published; empty when the journal has none."""
    return next((each.manifest_sha256 for each in entries if each.to_id == release_id and each.manifest_sha256), "")


def tags(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the release that each tag names."""
    named: dict[str, str] = {}
    for entry in entries:
        if entry.action is Action.TAG:
            named[entry.name] = entry.to_id
        elif entry.action is Action.UNTAG:
            named.pop(entry.name, None)
    return named


def _to_line(entry: Entry, number: int, before: str) -> bytes:
    values = {
        "n": number,
        "time": datetime.fromisoformat(entry.time).isoformat(),
        "action": entry.action.value,
        "from": entry.from_id,
        "to": entry.to_id,
        "name": entry.name,
        "who": entry.who or _user_name(),
        "why": entry.why,
        "manifest": entry.manifest_sha256,
    }
    return (json.dumps({**values, "sha256": _digest(values, before)}, ensure_ascii=False) + "\n").encode()


def _digest(values: dict[str, Any], before: str) -> str:
    return hashlib.sha256((before + json.dumps(values, ensure_ascii=False)).encode()).hexdigest()


def _iter_lines(path: Path) -> list[tuple[Entry, str]]:
    try:
        data = path.read_bytes()[: _whole_length(path)]
    except FileNotFoundError:
        return []
    lines: list[tuple[Entry, str]] = []
    before = _START
    for number, line in enumerate(data.splitlines(), 1):
        entry, before = _read_line(path, number, line, before)
        lines.append((entry, before))
    return lines


def _read_line(path: Path, number: int, line: bytes, before: str) -> tuple[Entry, str]:
    try:
        values: dict[str, Any] = json.loads(line)
        digest: str = values.pop("sha256")
        entry = Entry(
            number=values["n"],
            time=values["time"],
            action=Action(values["action"]),
            from_id=values["from"],
            to_id=values["to"],
            name=values["name"],
            who=values["who"],
            why=values["why"],
            manifest_sha256=values["manifest"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, number) from error
    if digest != _digest(values, before) or entry.number != number or _to_line(entry, number, before) != line + b"\n":
        raise _damaged(path, number)
    return entry, digest


def _damaged(path: Path, number: int) -> ReleaseError:
    return ReleaseError(
        f"{path}, line {number}: the line, or one before it, is not as it was written. Put back the file from a copy, or move it "
        "away: the next build begins a new one from the releases that are there (tags are lost then)"
    )


def _whole_length(path: Path) -> int:
    """Return the length of the file without a torn last line."""
    try:
        return path.read_bytes().rfind(b"\n") + 1
    except FileNotFoundError:
        return 0


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a user without a name.
        return f"uid {os.getuid()}"
