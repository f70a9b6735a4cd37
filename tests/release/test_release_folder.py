from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from filmgraph.errors import NoReleaseError, ReleaseBusyError, ReleaseError
from filmgraph.release_folder import (
    find_current,
    find_previous,
    find_release,
    id_order,
    is_release_id,
    list_releases,
    lock_releases,
    new_id,
    next_id,
    release_paths,
    switch_current,
)
from filmgraph.release_journal import Act, Action, append_entry
from tests.conftest import NOW
from tests.release.handmade_release import write_release


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "today", "expected"),
    [
        ([], "2026-11-22", "2026-11-22.1"),
        (["2026-11-22.1"], "2026-11-22", "2026-11-22.2"),
        (["2026-11-22.9", "2026-11-22.10"], "2026-11-22", "2026-11-22.11"),
        (["2026-11-22.3"], "2026-11-23", "2026-11-23.1"),
        (["2026-11-22.3"], "2026-11-21", "2026-11-22.4"),
        (["2027-11-22.1", "2026-11-22.5"], "2026-11-22", "2027-11-22.2"),
    ],
)
def test_the_next_id_is_after_all_others_whatever_the_clock_says(known: list[str], today: str, expected: str) -> None:
    assert next_id(known, day(today)) == expected
    assert all(id_order(each) < id_order(expected) for each in known)


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("2026-11-22.1", True),
        ("2026-11-22.10", True),
        ("2026-11-22.0", False),
        ("2026-11-22.01", False),
        ("2026-11-22", False),
        ("current", False),
        ("2026-11-22.1\n", False),
        ("../2026-11-22.1", False),
        ("", False),
    ],
)
def test_an_id_is_a_date_and_a_counter(text: str, is_id: bool) -> None:
    assert is_release_id(text) is is_id


def test_an_id_that_was_pruned_is_not_given_again(releases_path: Path) -> None:
    for action in (Action.PUBLISH, Action.PRUNE):
        append_entry(releases_path, Act(NOW).entry(action, "2026-11-22.7"))
    assert new_id(releases_path, NOW) == "2026-11-22.8"


def test_releases_are_listed_oldest_first_with_what_is_known_of_them(three_releases: Path) -> None:
    write_release(three_releases, "2026-11-22.10")
    append_entry(three_releases, Act(NOW).entry(Action.TAG, "2026-11-22.1", name="opening"))
    listed = list_releases(three_releases)
    assert [each.release_id for each in listed] == [f"2026-11-22.{n}" for n in (1, 2, 3, 10)]
    assert [each.is_current for each in listed] == [False, False, True, False]
    assert [each.is_published for each in listed] == [True, True, True, False]
    assert [each.tags for each in listed] == [("opening",), (), (), ()]
    assert all(each.manifest and each.size > 0 for each in listed)


def test_what_is_no_release_is_not_listed(three_releases: Path) -> None:
    (three_releases / ".staging-x").mkdir()
    (three_releases / "notes").mkdir()
    (three_releases / "2026-11-22.9").symlink_to("2026-11-22.1")
    assert [path.name for path in release_paths(three_releases)] == [f"2026-11-22.{n}" for n in (1, 2, 3)]


def test_a_damaged_release_is_listed_with_its_problem(three_releases: Path) -> None:
    manifest = three_releases / "2026-11-22.2" / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text("{}", encoding="utf-8")
    damaged = list_releases(three_releases)[1]
    assert damaged.manifest is None
    assert "damaged" in damaged.problem


def test_the_previous_release_is_the_newest_ever_published_not_the_current(three_releases: Path) -> None:
    switch_current(three_releases, "2026-11-22.1")
    append_entry(three_releases, Act(NOW).entry(Action.ROLLBACK, "2026-11-22.1", "2026-11-22.3"))
    write_release(three_releases, "2026-11-22.4")
    current, previous = find_current(three_releases), find_previous(three_releases)
    assert current is not None
    assert previous is not None
    assert (current.name, previous.name) == ("2026-11-22.1", "2026-11-22.3")


def test_there_is_no_current_release_without_a_link_or_with_a_dangling_one(releases_path: Path) -> None:
    assert find_current(releases_path) is None
    (releases_path / "current").symlink_to("2026-11-22.1")
    assert find_current(releases_path) is None
    assert find_current(releases_path / "nowhere") is None


def test_a_release_is_found_by_its_id_or_its_tag(three_releases: Path) -> None:
    append_entry(three_releases, Act(NOW).entry(Action.TAG, "2026-11-22.2", name="opening"))
    assert find_release(three_releases, "2026-11-22.2") == find_release(three_releases, "opening")
    with pytest.raises(NoReleaseError, match=r"no release 'closing'.*2026-11-22.1, 2026-11-22.2, 2026-11-22.3"):
        find_release(three_releases, "closing")


def test_a_second_writer_is_refused_at_once(releases_path: Path) -> None:
    with lock_releases(releases_path), pytest.raises(ReleaseBusyError, match="another build"), lock_releases(releases_path):
        pass
    with lock_releases(releases_path):
        pass


def test_the_lock_is_that_of_the_file_publish_lock(releases_path: Path) -> None:
    with (releases_path / "publish.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ReleaseBusyError), lock_releases(releases_path):
            pass


def test_a_swap_that_the_disk_does_not_confirm_says_that_it_was_done(
    three_releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []

    def sync(path: Path) -> None:
        synced.append(path)
        if len(synced) == 2:
            raise OSError(5, os.strerror(5))

    monkeypatch.setattr("filmgraph.release_folder.sync", sync)
    with pytest.raises(ReleaseError, match=r"2026-11-22\.1 is current now, but the disk did not confirm"):
        switch_current(three_releases, "2026-11-22.1")
    current = find_current(three_releases)
    assert current is not None
    assert current.name == "2026-11-22.1"
