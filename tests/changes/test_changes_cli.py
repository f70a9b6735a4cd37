"""`filmgraph diff` and `filmgraph apply-delta`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from filmgraph.cli import main
from tests.changes.conftest import FILM, Story


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def diff(story: Story, old: int, new: int, *options: str) -> Result:
    names = (story.releases[n - 1].name for n in (old, new))
    return run("diff", *names, "--catalogue", story.catalogue_path, *options)


def test_diff_tells_names_and_old_and_new_values(story: Story) -> None:
    result = diff(story, 1, 2)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    film = lines.index("film “Gisaengchung” (film/gisaengchung-2019) changed")
    assert lines[film + 1 : film + 3] == ["  schema:duration: PT2H12M → PT2H11M", "  fg:runtimeMinutes: 132 → 131"]
    moved = next(n for n, line in enumerate(lines) if line.endswith("(screening/demo-2026-080) moved"))
    assert lines[moved + 2] == "  schema:startDate: 2026-10-25T20:30:00+01:00 → 2026-10-25T20:45:00+01:00"
    assert "screening “Mon oncle” (screening/demo-2026-079) removed" in lines
    merged = "person “Quentin Questionmark” (person/quentin-questionmark) merged with Perpetua Placeholder"
    assert any(line.startswith(merged) for line in lines)
    assert "1 screening moved" in result.stderr


def test_diff_names_the_things_that_values_point_to(story: Story) -> None:
    result = diff(story, 2, 3)
    assert "  prov:wasDerivedFrom: " in result.stdout
    assert "(source/berlinale-here) → " in result.stdout
    assert "  its credit here-2023-editor-1 changed" in result.stdout


def test_diff_goes_backwards_too(story: Story) -> None:
    assert "schema:duration: PT2H11M → PT2H12M" in diff(story, 2, 1).stdout


def test_diff_of_a_release_with_itself_is_empty(story: Story) -> None:
    result = diff(story, 2, 2)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no difference" in result.stderr


def test_diff_as_rdf_is_a_patch_of_the_two_sets(story: Story) -> None:
    lines = diff(story, 1, 2, "--rdf").stdout_bytes.splitlines(keepends=True)
    assert (lines[0], lines[-1]) == (b"TX .\n", b"TC .\n")
    old, new = (set(story.dump(n).splitlines(keepends=True)) for n in (1, 2))
    assert {line[2:] for line in lines if line.startswith(b"D ")} == old - new
    assert {line[2:] for line in lines if line.startswith(b"A ")} == new - old
    assert any(FILM.encode() in line for line in lines)


def test_diff_takes_folders_and_the_current_release(story: Story) -> None:
    result = run("diff", story.releases[0], "--catalogue", story.catalogue_path)
    assert result.exit_code == 0, result.output
    assert f"{story.releases[0].name} → {story.releases[2].name}" in result.stderr


@pytest.mark.parametrize("name", ["2026-11-22.9", "../demo", "nope"])
def test_diff_of_what_is_no_release_says_so(story: Story, name: str) -> None:
    result = run("diff", name, "--catalogue", story.catalogue_path)
    assert result.exit_code == 3
    assert "there is no release" in result.stderr


def test_apply_delta_prints_the_next_release(story: Story) -> None:
    changes = story.changes_path(2)
    result = run("apply-delta", story.dump_path(1), changes / "added.nt.gz", changes / "removed.nt.gz")
    assert result.exit_code == 0, result.stderr
    assert result.stdout_bytes == story.dump(2)


def test_apply_delta_refuses_a_difference_to_another_release(story: Story) -> None:
    changes = story.changes_path(3)
    result = run("apply-delta", story.dump_path(1), changes / "added.nt.gz", changes / "removed.nt.gz")
    assert result.exit_code == 3
    assert "not the difference to the old file" in result.stderr
