"""Joined films and decisions in a release: built in part and as a whole, the bytes are the same."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filmgraph.cli import main
from filmgraph.decisions import load_decisions
from filmgraph.incremental import assembling
from filmgraph.release import publish
from filmgraph.settings import load_settings
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary

A, B = "the-paper-lantern-1999", "lantern-of-paper-the-1999"
Build = Callable[..., Path]
DECISIONS = "kind,a,b,decision,decided_by,date,note\n"


@pytest.fixture(scope="session")
def build(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Build:
    def build(catalogue: Path, day: int, *, is_full: bool = False) -> Path:
        now = datetime(2026, 11, day, 12, tzinfo=UTC)
        settings, today = load_settings(catalogue), now.date().isoformat()
        with assembling(settings, loaded_vocabulary, loaded_shapes, today, lambda stage: None, is_full=is_full) as draft:
            assert (draft.tally is None) == is_full, draft.why
            publication = publish(draft.assembly, loaded_vocabulary, lambda: now, lambda stage: None, accept_loss=True)
            assert draft.keep(publication.path, publication.parts) == ""
            return publication.path

    return build


def files_of(release: Path) -> dict[str, bytes]:
    """Return all files but the store's, and the manifest, which names those."""
    paths = {path.relative_to(release).as_posix(): path for path in release.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in paths.items() if not name.startswith("store/") and name != "manifest.json"}


def facts(release: Path, key: str, term: str) -> set[str]:
    with gzip.open(release / "dumps" / "two-lists.nt.gz", "rt", encoding="utf-8") as file:
        triples = [line.split(" ", 2) for line in file if f"/id/film/{key}> " in line.split(" ", 1)[0] + " "]
    return {rest[:-3] for _, predicate, rest in triples if predicate.endswith(f"/{term}>")}


def test_decisions_and_merges_build_in_part_as_in_whole(two_lists: Path, build: Build) -> None:
    first = build(two_lists, 1, is_full=True)
    assert facts(first, A, "name") == {'"The Paper Lantern"'}
    assert facts(first, A, "alternateName") == {'"Papierowa latarnia"', '"papierowa Latarnia"', '"Lantern of Paper, The"'}
    assert json.loads((first / "retired.json").read_text())[f"https://films.example.org/id/film/{B}"].endswith(A)
    twin = shutil.copytree(two_lists, two_lists.with_name("twin"), symlinks=True)
    decisions = f"film,moss-and-iron-2004,mousse-et-fer-2004,same,Ida,2026-11-02,\nfilm,{A},{B},different,Ida,2026-11-02,\n"
    south = (two_lists / "tables/south.csv").read_text(encoding="utf-8").replace("Rust,,2016", "SALT,,2011")
    for day, (name, text) in enumerate((("decisions.csv", DECISIONS + decisions), ("tables/south.csv", south)), 2):
        for catalogue in (two_lists, twin):
            (catalogue / name).write_text(text, encoding="utf-8")
        part, whole = build(two_lists, day), build(twin, day, is_full=True)
        ours, theirs = files_of(part), files_of(whole)
        assert [each for each in ours.keys() | theirs.keys() if ours.get(each) != theirs.get(each)] == []
        assert (two_lists / "ids.csv").read_bytes() == (twin / "ids.csv").read_bytes()
        assert facts(part, "moss-and-iron-2004", "alternateName") == {'"Mousse et fer"'}
        assert not facts(part, "mousse-et-fer-2004", "name")
        assert facts(part, B, "name") == {'"Lantern of Paper, The"'}
        if day == 2:
            moved = '"type": "Move", "thing": "https://films.example.org/id/film/mousse-et-fer-2004"'
            assert moved in (part / "changes/log.json").read_text(encoding="utf-8")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_decide_lists_what_is_asked_and_writes_the_answer(two_lists: Path) -> None:
    listed = run("decide", "--catalogue", two_lists, "--json")
    assert listed.exit_code == 0, listed.output
    told = json.loads(listed.stdout)
    (question,) = [each for each in told["questions"] if each["conflict"]]
    assert "the IMDb numbers differ (tt0000011 and tt0000012)" in question["against"]
    assert [each["gone"]["key"] for each in told["joined"]] == [B, "zarnowska-lucja"]
    a, b = question["a"]["key"], question["b"]["key"]
    done = run("decide", a, b, "different", "--catalogue", two_lists, "--kind", "film", "--note", "a remake", "--by", "Ida")
    assert done.exit_code == 0, done.output
    (decision,) = load_decisions(two_lists / "decisions.csv")
    assert (decision.kind, decision.a, decision.b, decision.decision, decision.note) == ("film", a, b, "different", "a remake")
    left = run("decide", "--catalogue", two_lists)
    assert "Are 'Moss and Iron' (2004) [tables/north.csv, row 3] and 'Mousse et fer' (2004)" in left.stdout
    assert "1 open questions; 2 films or people joined" in left.stderr


@pytest.mark.parametrize("arguments", [("x",), ("x", "y"), ("x", "x", "same"), ("x", "y", "same"), ("x", "y", "maybe")])
def test_decide_refuses_what_it_cannot_write(two_lists: Path, arguments: tuple[str, ...]) -> None:
    refused = run("decide", *arguments, "--catalogue", two_lists)
    assert refused.exit_code == 2
    assert not (two_lists / "decisions.csv").exists()
