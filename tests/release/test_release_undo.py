from __future__ import annotations

import os
from pathlib import Path

import pytest

from filmgraph.errors import NoReleaseError, ReleaseBusyError, ReleaseError
from filmgraph.release_folder import find_current, lock_releases, release_paths, switch_current
from filmgraph.release_journal import JOURNAL, Act, Action, load_journal, tags
from filmgraph.release_lease import lease_release
from filmgraph.release_undo import prune, rollback, tag, untag
from filmgraph.release_verify import verify_folder
from tests.conftest import NOW
from tests.release.handmade_release import publish_by_hand, write_release

ACT = Act(NOW, who="ann", why="a test")


def current_id(releases_path: Path) -> str:
    current = find_current(releases_path)
    assert current is not None
    return current.name


def ids(releases_path: Path) -> list[str]:
    return [path.name for path in release_paths(releases_path)]


def prune_quietly(releases_path: Path, keep: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said: list[str] = []
    done = prune(releases_path, keep, ACT, said.append)
    assert said == []
    return done.removed, done.served


def harm(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def test_rollback_goes_to_the_release_before_and_is_written_down(three_releases: Path) -> None:
    assert rollback(three_releases, None, ACT) == ("2026-11-22.3", "2026-11-22.2")
    assert rollback(three_releases, None, ACT) == ("2026-11-22.2", "2026-11-22.1")
    assert current_id(three_releases) == "2026-11-22.1"
    last = load_journal(three_releases)[-1]
    assert (last.action, last.from_id, last.to_id, last.who, last.why) == (
        Action.ROLLBACK, "2026-11-22.2", "2026-11-22.1", "ann", "a test",
    )  # fmt: skip
    assert not verify_folder(three_releases)


def test_rollback_goes_to_a_named_release_and_forward_again(three_releases: Path) -> None:
    tag(three_releases, "2026-11-22.1", "opening", ACT)
    assert rollback(three_releases, "opening", ACT)[1] == "2026-11-22.1"
    assert rollback(three_releases, "2026-11-22.3", ACT) == ("2026-11-22.1", "2026-11-22.3")


def test_there_is_nothing_before_the_first_release(releases_path: Path) -> None:
    with pytest.raises(NoReleaseError, match="holds no release yet"):
        rollback(releases_path, None, ACT)
    publish_by_hand(releases_path, "2026-11-22.1")
    with pytest.raises(NoReleaseError, match=r"no release before 2026-11-22\.1"):
        rollback(releases_path, None, ACT)
    with pytest.raises(ReleaseError, match="is current already"):
        rollback(releases_path, "2026-11-22.1", ACT)
    with pytest.raises(NoReleaseError, match=r"no release '2026-11-22\.9'"):
        rollback(releases_path, "2026-11-22.9", ACT)


def test_a_damaged_release_is_not_gone_back_to(three_releases: Path) -> None:
    harm(three_releases / "2026-11-22.2" / "retired.json")
    with pytest.raises(ReleaseError, match=r"2026-11-22\.2 is damaged: retired\.json has 2 bytes instead of 3.*Nothing"):
        rollback(three_releases, None, ACT)
    assert current_id(three_releases) == "2026-11-22.3"


def test_one_can_go_back_from_a_damaged_release(three_releases: Path) -> None:
    (three_releases / "2026-11-22.3").chmod(0o755)
    (three_releases / "2026-11-22.3" / "manifest.json").unlink()
    assert rollback(three_releases, None, ACT) == ("2026-11-22.3", "2026-11-22.2")


def test_an_unpublished_release_is_not_the_one_before(three_releases: Path) -> None:
    switch_current(three_releases, "2026-11-22.1")
    write_release(three_releases, "2026-11-21.5")
    with pytest.raises(NoReleaseError):
        rollback(three_releases, None, ACT)


def test_all_commands_are_refused_while_somebody_writes(three_releases: Path) -> None:
    with lock_releases(three_releases):
        for do in (
            lambda: rollback(three_releases, None, ACT),
            lambda: tag(three_releases, "2026-11-22.1", "x", ACT),
            lambda: untag(three_releases, "x", ACT),
            lambda: prune(three_releases, 1, ACT, lambda text: None),
        ):
            with pytest.raises(ReleaseBusyError):
                do()
    assert len(load_journal(three_releases)) == 3


def test_a_rollback_whose_line_cannot_be_written_says_that_it_was_done(
    three_releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(releases_path: Path, entry: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("filmgraph.release_journal.append_entry", fail)
        with pytest.raises(ReleaseError, match=r"2026-11-22\.2 is current now, but its line could not be written"):
            rollback(three_releases, None, ACT)
    assert verify_folder(three_releases) == ("current names release 2026-11-22.2, and journal.jsonl says 2026-11-22.3",)
    # The next act adds the line first.
    tag(three_releases, "2026-11-22.1", "x", ACT)
    actions = [(entry.action, entry.to_id) for entry in load_journal(three_releases)[3:]]
    assert actions == [(Action.ROLLBACK, "2026-11-22.2"), (Action.TAG, "2026-11-22.1")]


def test_prune_keeps_the_newest(three_releases: Path) -> None:
    assert prune_quietly(three_releases, 2) == (("2026-11-22.1",), ())
    assert ids(three_releases) == ["2026-11-22.2", "2026-11-22.3"]
    assert load_journal(three_releases)[-1].action is Action.PRUNE
    assert prune_quietly(three_releases, 2) == ((), ())


def test_prune_never_removes_the_current_release_or_one_with_a_tag(three_releases: Path) -> None:
    publish_by_hand(three_releases, "2026-11-22.4")
    tag(three_releases, "2026-11-22.2", "opening", ACT)
    rollback(three_releases, "2026-11-22.1", ACT)
    assert prune_quietly(three_releases, 1) == (("2026-11-22.3",), ())
    untag(three_releases, "opening", ACT)
    assert prune_quietly(three_releases, 1) == (("2026-11-22.2",), ())
    assert ids(three_releases) == ["2026-11-22.1", "2026-11-22.4"]


def test_prune_never_removes_a_release_that_is_served(three_releases: Path) -> None:
    with lease_release(three_releases / "2026-11-22.1"):
        assert prune_quietly(three_releases, 1) == (("2026-11-22.2",), ("2026-11-22.1",))
        assert "2026-11-22.1" in ids(three_releases)
    assert prune_quietly(three_releases, 1) == (("2026-11-22.1",), ())


def test_prune_removes_what_was_never_published_and_does_not_count_it(three_releases: Path) -> None:
    write_release(three_releases, "2026-11-22.4")
    assert prune_quietly(three_releases, 3) == (("2026-11-22.4",), ())


@pytest.mark.parametrize("keep", [0, -1])
def test_prune_keeps_at_least_one(three_releases: Path, keep: int) -> None:
    with pytest.raises(ReleaseError, match="should be 1 or greater"):
        prune(three_releases, keep, ACT, lambda text: None)


def test_a_tag_moves_and_is_taken_away(three_releases: Path) -> None:
    assert tag(three_releases, "2026-11-22.1", "opening", ACT) == "2026-11-22.1"
    assert tag(three_releases, "2026-11-22.2", "opening", ACT) == "2026-11-22.2"
    assert tags(load_journal(three_releases)) == {"opening": "2026-11-22.2"}
    assert untag(three_releases, "opening", ACT) == "2026-11-22.2"
    with pytest.raises(ReleaseError, match="no release is tagged 'opening'; there are: no tags"):
        untag(three_releases, "opening", ACT)


@pytest.mark.parametrize("name", ["", "two words", "../x", "2026-11-22.1", "current", "latest", "-"])
def test_a_tag_is_a_plain_name(three_releases: Path, name: str) -> None:
    with pytest.raises(ReleaseError, match="cannot be a tag"):
        tag(three_releases, "2026-11-22.1", name, ACT)


def test_a_disk_that_refuses_is_told_in_one_line(three_releases: Path) -> None:
    (three_releases / JOURNAL).unlink()
    (three_releases / JOURNAL).mkdir()
    with pytest.raises(ReleaseError, match="cannot write in"):
        tag(three_releases, "2026-11-22.1", "x", ACT)
