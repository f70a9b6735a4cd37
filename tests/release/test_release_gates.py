from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from filmgraph.errors import ReleaseBlockedError, ReleaseError, SettingsError
from filmgraph.iris import IriScheme
from filmgraph.manifest import FileEntry, Manifest
from filmgraph.release import publish
from filmgraph.release_folder import find_current
from filmgraph.release_gates import check_iris, check_losses, check_space, estimate_size, iter_things
from filmgraph.settings import ReleaseSettings, load_settings
from filmgraph.vocabulary import Vocabulary
from tests.conftest import NOW, Assembler, Builder
from tests.handmade import make_manifest
from tests.release.handmade_release import BASE, write_release

LIMITS = ReleaseSettings(loss_share=0.2, loss_things=5)


def before(**things: int) -> Manifest:
    return dataclasses.replace(make_manifest("2026-11-22.1", BASE, "Films", 100, {}), things=things)


@pytest.mark.parametrize(
    ("was", "is_now", "passes"),
    [
        ({"film": 100}, {"film": 100}, True),
        ({"film": 100}, {"film": 80}, True),
        ({"film": 100}, {"film": 79}, False),
        ({"film": 100}, {}, False),
        ({"film": 8}, {"film": 3}, True),
        ({"film": 8}, {"film": 2}, False),
        ({"film": 100, "hall": 10}, {"film": 200, "hall": 1}, False),
        ({}, {"film": 1}, True),
    ],
)
def test_a_release_may_lose_few_things_of_each_kind(was: dict[str, int], is_now: dict[str, int], passes: bool) -> None:
    if passes:
        check_losses(before(**was), is_now, LIMITS)
    else:
        with pytest.raises(ReleaseBlockedError, match="--accept-loss"):
            check_losses(before(**was), is_now, LIMITS)


def test_a_loss_says_how_much_of_what_is_gone() -> None:
    with pytest.raises(ReleaseBlockedError, match=r"against release 2026-11-22\.1 this one loses 40 of 100 film things \(40%\)"):
        check_losses(before(film=100, person=3), {"film": 60}, LIMITS)


def test_no_loss_at_all_may_be_allowed() -> None:
    with pytest.raises(ReleaseBlockedError):
        check_losses(before(film=100), {"film": 99}, ReleaseSettings(loss_share=0, loss_things=0))


def test_the_things_of_a_release_are_read_from_its_store(releases_path: Path) -> None:
    write_release(releases_path, "2026-11-22.1", ("here-2023", "there-2024"))
    things = set(iter_things(releases_path / "2026-11-22.1", IriScheme(BASE)))
    assert things == {f"{BASE}id/film/here-2023", f"{BASE}id/film/there-2024"}
    assert not set(iter_things(releases_path / "2026-11-22.1", IriScheme("https://other.example/")))


@pytest.mark.parametrize(
    ("present", "retired", "passes"),
    [(["a", "b"], [], True), (["a"], ["b"], True), ([], ["a", "b"], True), (["a"], [], False), (["a"], ["c"], False)],
)
def test_each_address_that_was_given_out_has_a_page_or_a_tombstone(present: list[str], retired: list[str], passes: bool) -> None:
    if passes:
        check_iris(before(), ["a", "b"], present, retired)
    else:
        with pytest.raises(ReleaseBlockedError, match=r"gone without a tombstone: b\. .*ids\.csv"):
            check_iris(before(), ["a", "b"], present, retired)


def test_of_many_lost_addresses_some_are_named_and_the_rest_counted() -> None:
    with pytest.raises(ReleaseBlockedError, match="a, b, c and 2 more"):
        check_iris(before(), "abcde", [], [])


def test_the_size_is_judged_by_the_release_before() -> None:
    known = dataclasses.replace(
        before(), triples=100, graphs={"g": 100}, files={"a": FileEntry("", 5_000), "b": FileEntry("", 5_000)}
    )
    assert estimate_size(400, known) == 20_000
    assert estimate_size(1000, None) == estimate_size(1000, dataclasses.replace(known, triples=0, graphs={})) > 0


@pytest.mark.parametrize(("free", "passes"), [(2_000_000_000, True), (1_000_000, False)])
def test_a_build_does_not_begin_where_its_release_would_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, passes: bool
) -> None:
    monkeypatch.setattr("filmgraph.release_gates.free_bytes", lambda path: free)
    if passes:
        check_space(tmp_path, 1_000_000, None)
    else:
        with pytest.raises(ReleaseError, match=r"needs about [\d.]+ MB in .*, and 1\.0 MB are free: nothing was written"):
            check_space(tmp_path, 1_000_000, None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("loss_share = 1.5", "from 0 .nothing. to 1"),
        ("loss_share = nan", "from 0 .nothing. to 1"),
        ("loss_things = -1", "0 or greater"),
        ("loss_films = 3", "unknown setting 'loss_films'"),
    ],
)
def test_nonsense_in_the_settings_of_releases_is_refused(tiny_catalogue: Path, line: str, says: str) -> None:
    path = tiny_catalogue / "filmgraph.toml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n[release]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load_settings(tiny_catalogue)


def test_a_registry_that_was_lost_blocks_the_release_until_the_loss_is_accepted(
    build_catalogue: Builder, assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary, tiny_catalogue: Path
) -> None:
    first = build_catalogue(tiny_catalogue)
    (tiny_catalogue / "ids.csv").unlink()
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(ReleaseBlockedError, match=r"gone without a tombstone: .*/id/film/an-example-2026"):
        build_catalogue(tiny_catalogue)
    assert find_current(first.settings.releases_path) == first.path
    assembly = assemble_catalogue(tiny_catalogue)
    assert publish(assembly, loaded_vocabulary, lambda: NOW, lambda stage: None, accept_loss=True).is_new
