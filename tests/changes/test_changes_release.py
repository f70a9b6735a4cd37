"""A release's log says what happened, its difference leads from the one before to it, and its stream keeps all that was."""

from __future__ import annotations

import gzip
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from filmgraph.changelog import Change, ChangeType, read_history, read_tombstones
from filmgraph.changes import write_changes
from filmgraph.changes_lines import apply_delta, read_lines
from filmgraph.namespaces import FG, PROV, SCHEMA
from filmgraph.settings import load_settings
from tests.changes.conftest import EDITOR, FILM, HERE, MERGED, MOVED, REMOVED_SCREENING, SURVIVOR, Story
from tests.conftest import NOW, ROOT, Built


def log_of(story: Story, n: int) -> dict[str, Change]:
    log = json.loads((story.changes_path(n) / "log.json").read_text(encoding="utf-8"))
    assert log["release"] == story.releases[n - 1].name
    changes = [Change.from_dict(each) for each in log["changes"]]
    found = {change.thing: change for change in changes}
    assert len(found) == len(changes), "a thing has one change in a release"
    return found


def stream_files(story: Story, n: int) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (story.changes_path(n) / "stream").glob("*.gz")}


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_release_and_the_next_difference_are_the_next_release(story: Story, n: int) -> None:
    added, removed = (list(read_lines(story.changes_path(n) / name)) for name in ("added.nt.gz", "removed.nt.gz"))
    old = [] if n == 1 else list(read_lines(story.dump_path(n - 1)))
    assert added
    assert bool(removed) == (n > 1)
    assert b"".join(apply_delta(old, added, removed)) == story.dump(n)


@pytest.mark.parametrize("n", [2, 3])
def test_the_documented_comm_and_sort_do_the_same(story: Story, n: int, tmp_path: Path) -> None:
    (tmp_path / "old.nt.gz").symlink_to(story.dump_path(n - 1))
    for name in ("added.nt.gz", "removed.nt.gz"):
        (tmp_path / name).symlink_to(story.changes_path(n) / name)
    lines = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("export LC_ALL=C")
    assert lines[start + 1].startswith("comm ")
    subprocess.run(["bash", "-c", "\n".join(lines[start : start + 2])], cwd=tmp_path, check=True)
    assert (tmp_path / "new.nt").read_bytes() == story.dump(n)


def test_the_first_release_creates_everything(story: Story) -> None:
    log = log_of(story, 1)
    assert {change.type for change in log.values()} == {ChangeType.CREATE}
    subjects = {line[1 : line.index(b">")].partition(b"#")[0].decode() for line in story.dump(1).splitlines()}
    assert set(log) == subjects


def test_the_log_names_updates_with_their_properties_deletions_and_merges(story: Story) -> None:
    log = log_of(story, 2)
    assert (log[FILM].type, log[FILM].properties) == (ChangeType.UPDATE, (SCHEMA.duration, FG.runtimeMinutes))
    assert log[FILM].name == "Gisaengchung"
    assert (log[MOVED].type, log[MOVED].is_move) == (ChangeType.UPDATE, True)
    assert log[MOVED].properties == (SCHEMA.endDate, SCHEMA.startDate)
    assert (log[REMOVED_SCREENING].type, log[REMOVED_SCREENING].survivor) == (ChangeType.DELETE, None)
    assert (log[MERGED].type, log[MERGED].survivor) == (ChangeType.MERGE, SURVIVOR)
    assert HERE not in log


def test_what_was_removed_can_come_back(story: Story) -> None:
    assert log_of(story, 3)[REMOVED_SCREENING].type is ChangeType.CREATE


def test_a_film_is_updated_when_one_of_its_credits_is(story: Story) -> None:
    log = log_of(story, 3)
    assert (log[EDITOR].type, log[EDITOR].properties) == (ChangeType.UPDATE, (PROV.wasDerivedFrom,))
    assert (log[HERE].type, log[HERE].properties, log[HERE].credits) == (ChangeType.UPDATE, (), (EDITOR,))


def test_the_history_tells_in_words(story: Story) -> None:
    notes = read_history(story.releases[2])
    assert [note.release_id for note in notes] == [path.name for path in story.releases]
    assert [note.previous_id for note in notes] == [None, notes[0].release_id, notes[1].release_id]
    assert notes[0].summary.startswith("61 films added, 95 screenings added, ")
    assert "1 film changed, 2 screenings changed, 1 screening moved, 1 screening removed, 1 person merged" in notes[1].summary
    assert "1 screening added" in notes[2].summary
    assert [note.members for note in notes] == [len(log_of(story, n)) for n in (1, 2, 3)]


def test_the_times_of_a_stream_only_go_forward(story: Story) -> None:
    times = [note.time for note in read_history(story.releases[2])]
    # All three were built by a clock that stood still.
    assert times == ["2026-11-22T12:00:00Z", "2026-11-22T12:00:01Z", "2026-11-22T12:00:02Z"]


def test_tombstones_are_set_and_taken_away(story: Story) -> None:
    second, third = read_tombstones(story.releases[1]), read_tombstones(story.releases[2])
    assert second[MERGED].survivor == SURVIVOR
    stone = second[REMOVED_SCREENING]
    assert (stone.name, stone.class_iri) == ("Mon oncle", SCHEMA.ScreeningEvent)
    assert (stone.deleted, stone.release_id) == ("2026-11-22T12:00:01Z", story.releases[1].name)
    assert set(second) - set(third) == {REMOVED_SCREENING}


def test_closed_pages_never_change_and_are_in_every_later_release(story: Story) -> None:
    first, second, third = (stream_files(story, n) for n in (1, 2, 3))
    for old, new in ((first, second), (second, third)):
        pages = {name for name in old if ".trig" in name}
        assert pages
        assert {name: old[name] for name in pages} == {name: new[name] for name in pages}
        assert len(new) > len(old)


def test_an_activity_page_changes_only_by_the_link_to_the_next(story: Story) -> None:
    first, second = stream_files(story, 1), stream_files(story, 2)
    changed = [name for name in first if ".json" in name and first[name] != second[name]]
    assert len(changed) == 1
    before, after = (json.loads(gzip.decompress(files[changed[0]])) for files in (first, second))
    assert after.pop("next")["id"].endswith(f"/{story.releases[1].name}-1.json")
    assert after == before


def test_pages_and_the_manifest_survive_the_removal_of_old_releases(story: Story) -> None:
    manifest = json.loads((story.releases[2] / "manifest.json").read_text(encoding="utf-8"))
    listed = {name for name in manifest["files"] if name.startswith("changes/stream/")}
    there = {f"changes/stream/{path.name}" for path in (story.changes_path(3) / "stream").iterdir()}
    assert listed == there
    assert not any(path.is_symlink() for path in (story.changes_path(3) / "stream").iterdir())


@pytest.fixture
def staging(tmp_path: Path, demo_release: Built) -> Path:
    """What `write_changes` finds in a staging folder."""
    path = tmp_path / "staging"
    (path / "dumps").mkdir(parents=True)
    for name in ("retired.json", "dumps/filmgraph-demo.nt.gz"):
        (path / name).write_bytes((demo_release.path / name).read_bytes())
    return path


def test_the_same_release_and_clock_give_the_same_bytes(staging: Path, demo_release: Built) -> None:
    write_changes(demo_release.settings, demo_release.path.name, NOW, staging, None)
    written = {path.name: path.read_bytes() for path in (staging / "changes").rglob("*") if path.is_file()}
    released = {path.name: path.read_bytes() for path in (demo_release.path / "changes").rglob("*") if path.is_file()}
    assert written == released


def test_a_release_before_without_a_log_counts_as_none(staging: Path, tmp_path: Path, demo_release: Built) -> None:
    note = write_changes(demo_release.settings, "2026-11-23.1", NOW, staging, tmp_path)
    assert note.previous_id is None
    assert note.counts["film added"] == 61


def test_a_release_with_no_other_facts_changes_the_description_only(story: Story, staging: Path) -> None:
    settings = load_settings(story.catalogue_path)
    third = story.releases[2]
    for name in ("retired.json", "dumps/filmgraph-demo.nt.gz"):
        (staging / name).write_bytes((third / name).read_bytes())
    note = write_changes(settings, "2026-11-23.1", NOW + timedelta(days=1), staging, third)
    assert (note.members, note.pages, note.summary) == (0, 0, "only the description of the data changed")
    assert (staging / "changes" / "stream" / "2026-11-23.1.trig.gz").is_file()
    next_note = write_changes(settings, "2026-11-24.1", NOW, _empty(staging), staging_as_release(staging, third))
    assert next_note.time == "2026-11-23T12:00:01Z"


def _empty(staging: Path) -> Path:
    other = staging.with_name("other")
    (other / "dumps").mkdir(parents=True)
    (other / "retired.json").write_text("{}", encoding="utf-8")
    with gzip.open(other / "dumps" / "filmgraph-demo.nt.gz", "wb"):
        pass
    return other


def staging_as_release(staging: Path, like: Path) -> Path:
    (staging / "manifest.json").write_bytes((like / "manifest.json").read_bytes())
    return staging
