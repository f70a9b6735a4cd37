from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from filmgraph.errors import NoReleaseError, ReleaseError
from filmgraph.release_files import remove_tree
from filmgraph.release_folder import find_current, list_releases, lock_releases, switch_current
from filmgraph.release_journal import JOURNAL, Act, Action, append_entry, load_journal
from filmgraph.release_recovery import find_whole_previous, open_releases, recover
from filmgraph.release_verify import verify_folder
from tests.conftest import NOW
from tests.release.handmade_release import publish_by_hand, write_release


def open_and_hear(releases_path: Path) -> tuple[str, list[str]]:
    said: list[str] = []
    return open_releases(releases_path, NOW, said.append).name, said


def harm(release_path: Path) -> None:
    path = release_path / "all.nq.gz"
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)


def actions(releases_path: Path) -> list[tuple[str, str]]:
    return [(entry.action.value, entry.to_id) for entry in load_journal(releases_path)]


def test_a_whole_folder_is_left_as_it_is(three_releases: Path) -> None:
    before = (three_releases / JOURNAL).read_bytes()
    assert open_and_hear(three_releases) == ("2026-11-22.3", [])
    assert (three_releases / JOURNAL).read_bytes() == before


def test_nothing_is_opened_where_nothing_was_released(releases_path: Path) -> None:
    for path in (releases_path, releases_path / "nowhere"):
        with pytest.raises(NoReleaseError, match="filmgraph build"):
            open_releases(path, NOW, lambda text: None)


def test_what_a_killed_process_left_is_swept(three_releases: Path) -> None:
    for name in (".staging-a", ".trash-2026-11-22.0"):
        shutil.copytree(three_releases / "2026-11-22.1", three_releases / name)
    (three_releases / ".current.new").symlink_to("2026-11-22.1")
    open_and_hear(three_releases)
    assert not list(three_releases.glob(".*"))


def test_staging_of_a_build_that_runs_is_left_alone(three_releases: Path) -> None:
    (three_releases / ".staging-a").mkdir()
    with lock_releases(three_releases):
        assert open_and_hear(three_releases) == ("2026-11-22.3", [])
    assert (three_releases / ".staging-a").is_dir()


def test_a_damaged_current_release_gives_way_to_the_newest_whole_one(three_releases: Path) -> None:
    for number in (2, 3):
        harm(three_releases / f"2026-11-22.{number}")
    name, said = open_and_hear(three_releases)
    assert name == "2026-11-22.1"
    assert said == [
        "release 2026-11-22.3 is damaged: all.nq.gz is changed: its SHA-256 is not the one in the manifest; "
        "release 2026-11-22.1 is whole and takes its place"
    ]
    assert actions(three_releases)[-1] == ("recover", "2026-11-22.1")
    assert (three_releases / "2026-11-22.3").is_dir()
    assert open_and_hear(three_releases) == ("2026-11-22.1", [])


def test_a_server_that_may_not_write_still_serves_no_damaged_release(
    three_releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm(three_releases / "2026-11-22.3")

    def refuse(path: Path) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("filmgraph.release_recovery.lock_releases", refuse)
    name, said = open_and_hear(three_releases)
    assert name == "2026-11-22.2"
    assert len(said) == 1
    current = find_current(three_releases)
    assert current is not None
    assert current.name == "2026-11-22.3"


def test_where_no_release_is_whole_it_is_said_and_refused(three_releases: Path) -> None:
    for number in (1, 2, 3):
        harm(three_releases / f"2026-11-22.{number}")
    said: list[str] = []
    with pytest.raises(ReleaseError, match=r"no release in .* can be served"):
        open_releases(three_releases, NOW, said.append)
    assert len(said) == 1
    assert "no other release that is whole" in said[0]


@pytest.mark.parametrize("how", ["gone", "dangling"])
def test_a_lost_link_is_put_back_to_the_release_that_was_current(three_releases: Path, how: str) -> None:
    switch_current(three_releases, "2026-11-22.2")
    append_entry(three_releases, Act(NOW).entry(Action.ROLLBACK, "2026-11-22.2"))
    (three_releases / "current").unlink()
    if how == "dangling":
        (three_releases / "current").symlink_to("2026-11-22.9")
    name, said = open_and_hear(three_releases)
    assert name == "2026-11-22.2"
    assert "there is no current release" in said[0]
    assert not verify_folder(three_releases)


def test_a_publish_that_was_not_written_down_is(three_releases: Path) -> None:
    write_release(three_releases, "2026-11-22.4")
    switch_current(three_releases, "2026-11-22.4")
    assert open_and_hear(three_releases) == ("2026-11-22.4", [])
    assert actions(three_releases)[-1] == ("publish", "2026-11-22.4")
    switch_current(three_releases, "2026-11-22.1")
    open_and_hear(three_releases)
    assert actions(three_releases)[-1] == ("rollback", "2026-11-22.1")


def test_a_release_that_never_became_current_is_neither_served_nor_removed(releases_path: Path) -> None:
    write_release(releases_path, "2026-11-22.1")
    with lock_releases(releases_path):
        assert recover(releases_path, NOW, lambda text: None) is None
    assert load_journal(releases_path) == ()
    publish_by_hand(releases_path, "2026-11-22.2")
    assert [each.is_published for each in list_releases(releases_path)] == [False, True]


def test_releases_older_than_the_journal_are_adopted(three_releases: Path) -> None:
    (three_releases / JOURNAL).unlink()
    assert open_and_hear(three_releases) == ("2026-11-22.3", [])
    assert actions(three_releases) == [("adopt", f"2026-11-22.{n}") for n in (1, 2, 3)]
    assert all(entry.manifest_sha256 for entry in load_journal(three_releases))


def test_a_release_that_somebody_removed_is_written_down(three_releases: Path) -> None:
    remove_tree(three_releases / "2026-11-22.2")
    assert verify_folder(three_releases) == ("published releases are gone: 2026-11-22.2",)
    open_and_hear(three_releases)
    assert actions(three_releases)[-1] == ("prune", "2026-11-22.2")
    assert not verify_folder(three_releases)


def test_a_damaged_newest_release_is_not_what_the_next_is_compared_with(three_releases: Path) -> None:
    switch_current(three_releases, "2026-11-22.1")
    append_entry(three_releases, Act(NOW).entry(Action.ROLLBACK, "2026-11-22.1", "2026-11-22.3"))
    current = find_current(three_releases)
    said: list[str] = []
    previous = find_whole_previous(three_releases, current, said.append)
    assert previous is not None
    assert (previous.name, said) == ("2026-11-22.3", [])
    harm(three_releases / "2026-11-22.3")
    assert find_whole_previous(three_releases, current, said.append) == current
    assert "2026-11-22.3, the newest, is damaged" in said[0]
