from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from filmgraph.errors import ReleaseError
from filmgraph.release_journal import (
    JOURNAL,
    Act,
    Action,
    Entry,
    append_entry,
    current_by_journal,
    is_torn,
    known_ids,
    load_journal,
    manifest_digest,
    newest_published,
    pruned_ids,
    published_ids,
    tags,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACT = Act(NOW, who="ann", why="a test – with „signs“\nand a line break")
ENTRIES = (
    ACT.entry(Action.PUBLISH, "a.1", manifest="f00"),
    ACT.entry(Action.PUBLISH, "a.2", "a.1"),
    ACT.entry(Action.TAG, "a.1", name="first"),
    ACT.entry(Action.TAG, "a.2", name="second"),
    ACT.entry(Action.ROLLBACK, "a.1", "a.2"),
    ACT.entry(Action.UNTAG, "a.1", name="first"),
    ACT.entry(Action.PRUNE, "a.0"),
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    for each in ENTRIES:
        append_entry(tmp_path, each)
    return tmp_path / JOURNAL


def test_what_was_written_reads_back_in_order(journal: Path) -> None:
    entries = load_journal(journal.parent)
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6, 7]
    assert [(e.action, e.to_id, e.from_id, e.name, e.who, e.why) for e in entries] == [
        (e.action, e.to_id, e.from_id, e.name, e.who, e.why) for e in ENTRIES
    ]
    assert {entry.time for entry in entries} == {"2026-11-22T12:00:00+00:00"}


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert load_journal(tmp_path) == ()
    assert current_by_journal(()) is None
    assert newest_published(()) is None
    assert not is_torn(tmp_path)


def test_the_state_is_read_off_the_entries() -> None:
    assert published_ids(ENTRIES) == {"a.1", "a.2"}
    assert newest_published(ENTRIES) == "a.2"
    assert current_by_journal(ENTRIES) == "a.1"
    assert tags(ENTRIES) == {"second": "a.2"}
    assert pruned_ids(ENTRIES) == {"a.0"}
    assert known_ids(ENTRIES) == {"a.0", "a.1", "a.2"}
    assert (manifest_digest(ENTRIES, "a.1"), manifest_digest(ENTRIES, "a.2")) == ("f00", "")


@pytest.mark.parametrize("cut", [1, 5, 100])
def test_a_torn_last_line_is_left_out_and_written_over(journal: Path, cut: int) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-cut])
    assert is_torn(journal.parent)
    assert len(load_journal(journal.parent)) == len(ENTRIES) - 1
    append_entry(journal.parent, ENTRIES[-1])
    assert journal.read_bytes() == whole
    assert not is_torn(journal.parent)


def edited(line: int, name: str, value: object) -> list[str]:
    return [str(line), name, json.dumps(value)]


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        edited(1, "to", "a.9"),
        edited(2, "n", 7),
        edited(3, "why", "another reason"),
        edited(5, "action", "publish"),
        edited(5, "action", "frobnicate"),
        edited(7, "sha256", "0" * 64),
    ],
)
def test_a_changed_line_is_named(journal: Path, line: str, name: str, value: str) -> None:
    lines = journal.read_text(encoding="utf-8").splitlines()
    values = {**json.loads(lines[int(line) - 1]), name: json.loads(value)}
    lines[int(line) - 1] = json.dumps(values, ensure_ascii=False)
    journal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=f"line {line}: .*not as it was written"):
        load_journal(journal.parent)


def test_a_line_that_was_taken_out_or_moved_is_seen(journal: Path) -> None:
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    for changed in ([lines[0], *lines[2:]], [lines[1], lines[0], *lines[2:]]):
        journal.write_text("".join(changed), encoding="utf-8")
        with pytest.raises(ReleaseError):
            load_journal(journal.parent)


def test_nothing_is_added_to_a_journal_that_was_changed(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes().replace(b"a.2", b"a.3"))
    before = journal.read_bytes()
    with pytest.raises(ReleaseError):
        append_entry(journal.parent, ENTRIES[0])
    assert journal.read_bytes() == before


def test_who_is_the_user_of_the_process_unless_said(tmp_path: Path) -> None:
    append_entry(tmp_path, Entry(time=NOW.isoformat(), action=Action.PRUNE, to_id="a.1"))
    assert load_journal(tmp_path)[0].who
