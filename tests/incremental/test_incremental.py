"""A build after a small edit gives, byte for byte, what a build of everything gives; and it knows when it may not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Store

from benchmarks.edits import EDITS, Table
from benchmarks.sheets import write_catalogue
from filmgraph import incremental, incremental_rules, incremental_state
from filmgraph.assembly import Assembly, assemble
from filmgraph.dumps_lines import to_lines
from filmgraph.errors import ReleaseBlockedError, ReleaseError
from filmgraph.incremental import Draft, assembling
from filmgraph.incremental_graph import ChangedTriples
from filmgraph.incremental_key import find_basis
from filmgraph.incremental_rules import REACH
from filmgraph.release import Publication, publish
from filmgraph.release_folder import release_paths
from filmgraph.release_journal import Act
from filmgraph.release_undo import rollback
from filmgraph.release_verify import verify_release
from filmgraph.settings import load_settings
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
#: Of these kinds one edit each is made in every run of the tests; `pytest -m edits` makes fifty, of all kinds.
SLICE = ("rename a film", "delete a film", "merge two people", "move a screening", "change a role label", "insert a row")

Run = Callable[..., tuple[Draft, Publication | None]]


@pytest.fixture(scope="session")
def run(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Run:
    def run(
        catalogue: Path, *, is_full: bool = False, is_kept: bool = True, now: datetime = LATER
    ) -> tuple[Draft, Publication | None]:
        settings = load_settings(catalogue)
        today = now.date().isoformat()
        with assembling(settings, loaded_vocabulary, loaded_shapes, today, lambda stage: None, is_full=is_full) as draft:
            try:
                publication = publish(draft.assembly, loaded_vocabulary, lambda: now, lambda stage: None)
            except ReleaseBlockedError:
                return draft, None
            if is_kept:
                assert draft.keep(publication.path, publication.parts) == ""
            return draft, publication

    return run


@pytest.fixture(scope="session")
def draft_of(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Callable[[Path], Draft]:
    """Assemble in part, and publish nothing."""

    def draft_of(catalogue: Path) -> Draft:
        settings = load_settings(catalogue)
        with assembling(settings, loaded_vocabulary, loaded_shapes, LATER.date().isoformat(), lambda stage: None) as draft:
            return draft

    return draft_of


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory, run: Run) -> dict[str, Path]:
    """Two catalogues: tables that were made up, with one release, and the demo, which gets its first when it is needed."""
    folder = tmp_path_factory.mktemp("bases")
    shutil.copytree(ROOT / "data", folder / "demo", ignore=shutil.ignore_patterns("releases"))
    write_catalogue(folder / "sheets", 6)
    run(folder / "sheets", now=NOW)
    return {name: folder / name for name in ("demo", "sheets")}


@pytest.fixture
def copies(tmp_path: Path, bases: dict[str, Path], run: Run) -> Callable[[str, str], Path]:
    def copy(base: str, name: str) -> Path:
        if not (bases[base] / "releases").exists():
            run(bases[base], now=NOW)
        return shutil.copytree(bases[base], tmp_path / name, symlinks=True)

    return copy


@pytest.fixture(scope="session")
def edited(tmp_path_factory: pytest.TempPathFactory, bases: dict[str, Path], run: Run) -> Path:
    """The made-up catalogue after one edit, with a second release, built in part."""
    path = shutil.copytree(bases["sheets"], tmp_path_factory.mktemp("edited") / "sheets", symlinks=True)
    EDITS["rename a film"](path, Random(5))
    draft, publication = run(path)
    assert draft.tally is not None
    assert publication is not None
    assert publication.is_new
    return path


@pytest.fixture
def edited_copy(tmp_path: Path, edited: Path) -> Path:
    return shutil.copytree(edited, tmp_path / "edited", symlinks=True)


def files_of(release: Path) -> dict[str, bytes]:
    """Return all files of a release but the store's, which are compared by their quads, and the manifest, which names those."""
    paths = (path for path in release.rglob("*") if path.is_file())
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in files.items() if not name.startswith("store/") and name != "manifest.json"}


def quads_of(release: Path) -> set[str]:
    return {str(quad) for quad in Store.read_only(str(release / "store"))}


def assert_same(part: tuple[Draft, Publication | None], whole: tuple[Draft, Publication | None]) -> None:
    """Compare report and release; where the edit makes the data wrong, there is no release, and the report is all there is."""
    assert part[0].assembly.report == whole[0].assembly.report
    assert part[0].assembly.registry == whole[0].assembly.registry
    if whole[1] is None or part[1] is None:
        assert part[1] is whole[1]
        return
    ours, theirs = files_of(part[1].path), files_of(whole[1].path)
    assert ours.keys() == theirs.keys()
    assert [name for name in theirs if ours[name] != theirs[name]] == []
    assert quads_of(part[1].path) == quads_of(whole[1].path)
    mine, its = part[1].manifest, whole[1].manifest
    for name in ("release_id", "content_sha256", "triples", "graphs", "things", "findings", "inputs"):
        assert getattr(mine, name) == getattr(its, name)


@pytest.fixture(scope="session")
def whole(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Callable[[Path], Assembly]:
    """Assemble everything anew and write nothing."""

    def whole(catalogue: Path) -> Assembly:
        settings = load_settings(catalogue)
        return assemble(settings, loaded_vocabulary, loaded_shapes, LATER.date().isoformat(), lambda stage: None)

    return whole


def assert_same_assembly(part: Assembly, whole: Assembly) -> None:
    assert frozenset(part.published) == frozenset(whole.published)
    assert len(part.published) == len(whole.published)
    assert isinstance(part.published, ChangedTriples)
    assert sorted(b"".join(part.published.iter_blocks()).splitlines(keepends=True)) == sorted(to_lines(whole.published))
    assert frozenset(part.resolution.provenance) == frozenset(whole.resolution.provenance)
    assert frozenset(part.resolution.texts) == frozenset(whole.resolution.texts)
    assert {k: frozenset(v) for k, v in part.resolution.sources.items()} == {
        k: frozenset(v) for k, v in whole.resolution.sources.items()
    }
    for name in ("report", "registry", "unread", "inputs", "records", "queries"):
        assert getattr(part, name) == getattr(whole, name)


def edit_and_compare(name: str, seed: int, catalogue: Path, twin: Path, run: Run) -> bool:
    """Make one edit in both, build one in part and one whole, compare; return whether there was a release."""
    told = [EDITS[name](path, Random(f"{name} {seed}")) for path in (catalogue, twin)]
    assert told[0] == told[1]
    part, whole = run(catalogue), run(twin, is_full=True)
    assert part[0].tally is not None, part[0].why
    assert whole[0].tally is None
    assert_same(part, whole)
    return whole[1] is not None


@pytest.mark.parametrize("name", SLICE)
def test_an_edit_gives_the_graphs_and_findings_of_a_full_build(
    name: str, copies: Callable[[str, str], Path], draft_of: Callable[[Path], Draft], whole: Callable[[Path], Assembly]
) -> None:
    catalogue = copies("sheets", "part")
    EDITS[name](catalogue, Random(1))
    draft = draft_of(catalogue)
    assert draft.tally is not None, draft.why
    assert_same_assembly(draft.assembly, whole(catalogue))


def test_the_release_after_an_edit_is_that_of_a_full_build(copies: Callable[[str, str], Path], run: Run) -> None:
    assert edit_and_compare("delete a film", 1, copies("sheets", "part"), copies("sheets", "whole"), run)


@pytest.mark.edits
@pytest.mark.parametrize("seed", range(50))
def test_fifty_random_edits_give_the_release_of_a_full_build(seed: int, copies: Callable[[str, str], Path], run: Run) -> None:
    """An edit that makes the data wrong leads to no release: it is compared all the same, and another one is made instead."""
    chance = Random(seed)
    base = chance.choice(["demo", "sheets"])
    for attempt in range(20):
        part, whole = copies(base, f"part-{attempt}"), copies(base, f"whole-{attempt}")
        if edit_and_compare(chance.choice(sorted(EDITS)), chance.randrange(10**6), part, whole, run):
            return
    pytest.fail("no edit out of twenty led to a release")


def test_only_what_the_edit_touches_is_done_anew(copies: Callable[[str, str], Path], draft_of: Callable[[Path], Draft]) -> None:
    catalogue = copies("sheets", "part")
    EDITS["change a country"](catalogue, Random(1))
    tally = draft_of(catalogue).tally
    assert tally is not None
    assert tally.files == (1, 10)
    assert tally.records[0] == 1
    assert tally.records[1] > 100
    # The film, its identifier, and its screenings, whose names follow from the film's.
    assert 0 < tally.things < 10


def test_two_edits_in_a_row_are_built_one_upon_the_other(
    edited_copy: Path, draft_of: Callable[[Path], Draft], whole: Callable[[Path], Assembly]
) -> None:
    EDITS["delete a credit"](edited_copy, Random(3))
    draft = draft_of(edited_copy)
    assert draft.tally is not None
    assert_same_assembly(draft.assembly, whole(edited_copy))


def test_an_edit_undone_gives_the_facts_from_before(edited_copy: Path, bases: dict[str, Path], run: Run) -> None:
    shutil.copyfile(bases["sheets"] / "tables/films.csv", edited_copy / "tables/films.csv")
    draft, publication = run(edited_copy)
    assert draft.tally is not None
    assert publication is not None
    first = release_paths(edited_copy / "releases")[0]
    for name in ("dumps/class/film.nt.gz", "dumps/class/screening.ttl.gz", "report.json"):
        assert (publication.path / name).read_bytes() == (first / name).read_bytes()
    # The third store upon the first: every quad of it is compared with the dumps.
    assert verify_release(publication.path) == ()


def test_without_an_edit_nothing_is_done_anew(edited: Path, draft_of: Callable[[Path], Draft]) -> None:
    tally = draft_of(edited).tally
    assert tally is not None
    assert (tally.files[0], tally.records[0], tally.things) == (0, 0, 0)


def test_an_edit_that_changes_no_record_keeps_the_release_and_is_remembered(copies: Callable[[str, str], Path], run: Run) -> None:
    catalogue = copies("sheets", "part")
    EDITS["add an empty row"](catalogue, Random(1))
    draft, publication = run(catalogue)
    assert draft.tally is not None
    assert draft.tally.files[0] == 1
    assert publication is not None
    assert not publication.is_new
    again = run(catalogue)[0].tally
    assert again is not None
    assert again.files[0] == 0


def test_a_changed_profile_reads_its_table_again(
    copies: Callable[[str, str], Path], draft_of: Callable[[Path], Draft], whole: Callable[[Path], Assembly]
) -> None:
    catalogue = copies("sheets", "part")
    profile = catalogue / "profiles" / "people.toml"
    profile.write_text(profile.read_text().replace('property = "birth_date"', 'property = "death_date"'))
    draft = draft_of(catalogue)
    assert draft.tally is not None
    assert draft.tally.files[0] == 1
    assert_same_assembly(draft.assembly, whole(catalogue))


def test_a_violation_is_found_in_part_as_in_whole_and_the_state_stays(
    copies: Callable[[str, str], Path], run: Run, whole: Callable[[Path], Assembly]
) -> None:
    catalogue = copies("sheets", "part")
    before = (catalogue / "releases/.state/seal.json").read_bytes()
    table = Table(catalogue / "tables" / "screenings.csv")
    table.rows[0][table.column("hall")] = "no-such-hall"
    table.save()
    draft, publication = run(catalogue)
    assert publication is None
    assert draft.assembly.report.blocks_release
    assert_same_assembly(draft.assembly, whole(catalogue))
    assert (catalogue / "releases/.state/seal.json").read_bytes() == before


def reason(catalogue: Path) -> str:
    """Return why the next build of a catalogue will be a full one."""
    basis = find_basis(load_settings(catalogue))
    assert basis.release_path is None
    return basis.why


def test_a_missing_state_leads_to_a_full_build(copies: Callable[[str, str], Path]) -> None:
    catalogue = copies("sheets", "part")
    shutil.rmtree(catalogue / "releases/.state")
    assert "no state" in reason(catalogue)


def test_a_flipped_byte_in_the_state_leads_to_a_full_build(copies: Callable[[str, str], Path]) -> None:
    catalogue = copies("sheets", "part")
    path = catalogue / "releases/.state/state.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "damaged" in reason(catalogue)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"release": "2026-11-22.1", "manifest": "", "made_by": 1, "sha256": ""}'])
def test_a_torn_seal_leads_to_a_full_build(text: str, copies: Callable[[str, str], Path]) -> None:
    catalogue = copies("sheets", "part")
    (catalogue / "releases/.state/seal.json").write_text(text)
    assert "no state" in reason(catalogue)


def test_changed_settings_lead_to_a_full_build(copies: Callable[[str, str], Path]) -> None:
    catalogue = copies("sheets", "part")
    settings = catalogue / "filmgraph.toml"
    settings.write_text(settings.read_text().replace('title = "Made-up films"', 'title = "Other films"'))
    assert "the settings" in reason(catalogue)


def test_a_new_saved_query_leads_to_a_full_build(copies: Callable[[str, str], Path]) -> None:
    catalogue = copies("sheets", "part")
    (catalogue / "queries").mkdir()
    (catalogue / "queries" / "all.rq").write_text("# title: All\nSELECT ?s WHERE { ?s a ?c }\n")
    assert "the saved queries" in reason(catalogue)


def test_after_a_rollback_the_build_is_a_full_one(edited_copy: Path) -> None:
    rollback(edited_copy / "releases", None, Act(LATER))
    assert "not the newest" in reason(edited_copy)


def test_a_crash_between_publish_and_state_leads_to_a_full_build(edited_copy: Path, bases: dict[str, Path]) -> None:
    """What such a crash leaves is the state of the release before."""
    shutil.rmtree(edited_copy / "releases/.state")
    shutil.copytree(bases["sheets"] / "releases/.state", edited_copy / "releases/.state")
    assert "is of release 2026-11-22.1" in reason(edited_copy)


def test_a_crash_while_the_state_is_put_in_place_leads_to_a_full_build(
    edited_copy: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    settings = load_settings(edited_copy)
    with assembling(settings, loaded_vocabulary, loaded_shapes, LATER.date().isoformat(), lambda stage: None) as draft:
        monkeypatch.setattr(incremental_state, "replace_text", fail)
        assert "everything anew" in draft.keep(release_paths(settings.releases_path)[-1], None)
    assert "no state" in reason(edited_copy)


def test_while_another_build_makes_a_state_none_is_kept(edited_copy: Path, draft_of: Callable[[Path], Draft]) -> None:
    with incremental_state.State(edited_copy / "releases", is_new=True):
        draft = draft_of(edited_copy)
    assert "another build" in draft.why
    assert draft.state is None
    assert draft.keep(release_paths(edited_copy / "releases")[-1], None) == ""


def test_a_full_disk_while_the_state_is_made_is_told(
    copies: Callable[[str, str], Path], draft_of: Callable[[Path], Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = copies("sheets", "part")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(incremental, "put_keys", fail)
    with pytest.raises(ReleaseError, match="Free some space"):
        draft_of(catalogue)


def test_every_rule_has_its_reach(loaded_shapes: Shapes) -> None:
    assert REACH.keys() == {rule.info.id for rule in loaded_shapes.rules}


def test_a_rule_without_a_reach_is_run_over_everything(
    copies: Callable[[str, str], Path],
    draft_of: Callable[[Path], Draft],
    whole: Callable[[Path], Assembly],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incremental_rules, "REACH", {})
    catalogue = copies("sheets", "part")
    EDITS["rename a film"](catalogue, Random(1))
    assert_same_assembly(draft_of(catalogue).assembly, whole(catalogue))


def test_the_state_is_no_part_of_a_release(bases: dict[str, Path]) -> None:
    releases = bases["sheets"] / "releases"
    assert sorted(path.name for path in (releases / ".state").iterdir()) == ["lock", "seal.json", "state.sqlite"]
    assert [path.name for path in release_paths(releases)] == ["2026-11-22.1"]
