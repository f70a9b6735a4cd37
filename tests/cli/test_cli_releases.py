from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filmgraph.cli import main
from filmgraph.release_files import remove_tree
from filmgraph.release_folder import lock_releases
from filmgraph.release_journal import load_journal
from filmgraph.release_lease import lease_release
from tests.release.handmade_release import publish_by_hand


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def catalogue(tiny_catalogue: Path) -> Iterator[Path]:
    releases_path = tiny_catalogue / "releases"
    releases_path.mkdir()
    for number in (1, 2, 3):
        publish_by_hand(releases_path, f"2026-11-22.{number}")
    yield tiny_catalogue
    remove_tree(releases_path)


def test_releases_lists_what_is_kept(catalogue: Path) -> None:
    assert run("tag", "2026-11-22.1", "opening", "--catalogue", catalogue).exit_code == 0
    result = run("releases", "--catalogue", catalogue)
    assert result.exit_code == 0, result.output
    heading, *rows = [line.split() for line in result.stdout.splitlines()]
    assert heading == ["release", "created", "triples", "things", "size", "state", "tags", "findings"]
    assert [row[0] for row in rows] == ["2026-11-22.1", "2026-11-22.2", "2026-11-22.3"]
    assert "opening" in rows[0]
    assert "current" in rows[2]
    assert "current" not in rows[1]


def test_rollback_says_what_it_did(catalogue: Path) -> None:
    result = run("rollback", "--catalogue", catalogue, "--why", "a wrong date")
    assert result.exit_code == 0, result.output
    assert "release 2026-11-22.2 is current now, in place of 2026-11-22.3" in result.stderr
    assert load_journal(catalogue / "releases")[-1].why == "a wrong date"


def test_verify_names_what_is_damaged_and_ends_in_1(catalogue: Path) -> None:
    fine = run("verify", "--all", "--catalogue", catalogue)
    assert (fine.exit_code, fine.stdout) == (0, "")
    assert fine.stderr.count("whole (") == 3
    path = catalogue / "releases" / "2026-11-22.2" / "retired.json"
    path.chmod(0o644)
    path.write_text("{]\n", encoding="utf-8")
    assert run("verify", "--catalogue", catalogue).exit_code == 0
    for which in ("2026-11-22.2", "--all"):
        result = run("verify", which, "--catalogue", catalogue)
        assert result.exit_code == 1
        assert result.stdout == "2026-11-22.2: retired.json is changed: its SHA-256 is not the one in the manifest\n"


def test_verify_looks_at_journal_and_link(catalogue: Path) -> None:
    link = catalogue / "releases" / "current"
    link.unlink()
    link.symlink_to("2026-11-22.1")
    result = run("verify", "--all", "--catalogue", catalogue)
    assert result.exit_code == 1
    assert "current names release 2026-11-22.1, and journal.jsonl says 2026-11-22.3" in result.stdout


def test_prune_says_what_went_and_what_is_served(catalogue: Path) -> None:
    with lease_release(catalogue / "releases" / "2026-11-22.1"):
        result = run("prune", "--keep", 1, "--catalogue", catalogue)
    assert result.exit_code == 0, result.output
    assert result.stdout == "removed 2026-11-22.2\n"
    assert "2026-11-22.1 stays: a server still uses it" in result.stderr


def test_a_tag_is_given_used_and_taken_away(catalogue: Path) -> None:
    assert "2026-11-22.1 is tagged opening" in run("tag", "2026-11-22.1", "opening", "--catalogue", catalogue).stderr
    assert "2026-11-22.1 is current now" in run("rollback", "opening", "--catalogue", catalogue).stderr
    assert "no longer tagged" in run("tag", "--remove", "opening", "--catalogue", catalogue).stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["rollback", "2026-11-22.9"], 3, "no release '2026-11-22.9'"),
        (["rollback", "2026-11-22.3"], 3, "is current already"),
        (["verify", "2026-11-22.1", "--all"], 2, "name a release, or give --all"),
        (["prune"], 2, "--keep"),
        (["prune", "--keep", "0"], 2, "--keep"),
        (["tag", "opening"], 2, "filmgraph tag ID NAME"),
        (["tag", "--remove", "opening"], 3, "no release is tagged 'opening'"),
    ],
)
def test_wrong_use_is_told(catalogue: Path, arguments: list[str], code: int, says: str) -> None:
    result = run(*arguments, "--catalogue", catalogue)
    assert result.exit_code == code, result.output
    assert says in result.stderr


@pytest.mark.parametrize("arguments", [["releases"], ["rollback"], ["verify"], ["prune", "--keep", "3"], ["tag", "a", "b"]])
def test_without_a_release_the_next_step_is_told(tiny_catalogue: Path, arguments: list[str]) -> None:
    result = run(*arguments, "--catalogue", tiny_catalogue)
    assert result.exit_code == 3
    assert "filmgraph build" in result.stderr


def test_a_writer_beside_another_ends_in_75(catalogue: Path) -> None:
    with lock_releases(catalogue / "releases"):
        for arguments in (["build", catalogue], ["rollback", "--catalogue", catalogue]):
            result = run(*arguments)
            assert result.exit_code == 75, result.output
            assert "another build" in result.stderr


@pytest.mark.parametrize("command", ["releases", "rollback", "verify", "prune", "tag"])
def test_every_command_for_releases_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 4
