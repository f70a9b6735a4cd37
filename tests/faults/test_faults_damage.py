"""Damage of every kind to a release and its folder is seen by `verify`, and a damaged release is never served silently."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from filmgraph.release_files import remove_tree
from filmgraph.release_folder import find_current
from filmgraph.release_journal import JOURNAL, load_journal, manifest_digest
from filmgraph.release_recovery import open_releases
from filmgraph.release_verify import verify_folder, verify_release
from tests.faults.conftest import Say
from tests.faults.expectation import Counts
from tests.faults.publisher import NOW, Publisher

Harm = Callable[[Path, random.Random], str]


def flip_bit(path: Path, dice: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data))
    data[at] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    return f"bit at {at}"


def overwrite_block(path: Path, dice: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data))
    block = bytes(len(data[at : at + 512]))
    if data[at : at + 512] == block:
        block = b"\1" * len(block)
    data[at : at + 512] = block
    path.write_bytes(data)
    return f"block at {at}"


def tear(path: Path, dice: random.Random) -> str:
    length = dice.randrange(path.stat().st_size)
    with path.open("ab") as file:
        file.truncate(length)
    return f"torn at {length}"


def remove(path: Path, dice: random.Random) -> str:
    path.unlink()
    return "removed"


def add(path: Path, dice: random.Random) -> str:
    path.with_name(f"{path.name}.{dice.randrange(1000)}").write_bytes(b"")
    return "a file added beside it"


def link(path: Path, dice: random.Random) -> str:
    copy = path.with_name("copy-of-it")
    path.rename(copy)
    path.symlink_to(copy.name)
    return "moved, with a link in its place"


HARMS: tuple[Harm, ...] = (flip_bit, flip_bit, flip_bit, overwrite_block, tear, tear, remove, add, link)
#: What the journal's own line-by-line digests see; whole lines that are cut off its end show against the link and the folders.
JOURNAL_HARMS: tuple[Harm, ...] = (flip_bit, overwrite_block)


def problems_of(path: Path) -> tuple[str, ...]:
    folder = verify_folder(path.parent)
    if any(JOURNAL in each for each in folder):
        return folder
    return (*folder, *verify_release(path, manifest_digest(load_journal(path.parent), path.name)))


@pytest.fixture
def two_releases(publisher: Publisher, releases_path: Path) -> Path:
    for variant in (0, 1):
        assert publisher.publish(releases_path, variant).what == "published"
    return releases_path


def damage(releases_path: Path, dice: random.Random, copies: int) -> Counts:
    counts = Counts()
    for n in range(copies):
        whole = releases_path.with_name("copy") / "releases"
        shutil.copytree(releases_path, whole, symlinks=True)
        current = find_current(whole)
        assert current is not None
        assert n or not problems_of(current), "the copy is whole before it is harmed"
        what = harm(whole, current, dice, n)
        if not problems_of(current):
            counts.undetected += 1
            counts.notes.append(f"copy {n}: {what}")
        remove_tree(whole.parent)
    return counts


def harm(releases_path: Path, current: Path, dice: random.Random, n: int) -> str:
    """Do harm to one file: each tenth time to the journal, else to one of the release, the manifest among them."""
    if n % 10 == 9:
        path, do = releases_path / JOURNAL, dice.choice(JOURNAL_HARMS)
    else:
        files = sorted(each for each in current.rglob("*") if each.is_file() and each.stat().st_size)
        by_folder = dice.choice([[current / "manifest.json"], [each for each in files if each.parent.name == "store"], files])
        path, do = dice.choice(by_folder), dice.choice(HARMS)
    path.parent.chmod(0o755)
    path.chmod(0o644)
    return f"{path.relative_to(releases_path)}: {do(path, dice)}"


def test_damage_is_detected(two_releases: Path, dice: random.Random, say_counts: Say) -> None:
    say_counts("10 damaged copies", damage(two_releases, dice, 10))


@pytest.mark.faults
def test_damage_is_detected_in_200_copies(two_releases: Path, dice: random.Random, say_counts: Say) -> None:
    say_counts("200 damaged copies", damage(two_releases, dice, 200))


@pytest.mark.parametrize("name", ["manifest.json", "store/CURRENT", "dumps/tiny.nt.gz", "retired.json"])
def test_a_damaged_release_gives_way_to_the_one_before_and_it_is_said(two_releases: Path, dice: random.Random, name: str) -> None:
    current = two_releases / "2026-11-22.2"
    (current / name).parent.chmod(0o755)
    (current / name).chmod(0o644)
    flip_bit(current / name, dice)
    said: list[str] = []
    assert open_releases(two_releases, NOW, said.append).name == "2026-11-22.1"
    assert len(said) == 1
    assert "2026-11-22.2 is damaged" in said[0] or "manifest" in said[0]
    assert "2026-11-22.1 is whole and takes its place" in said[0]
    assert [entry.action.value for entry in load_journal(two_releases)] == ["publish", "publish", "recover"]
    assert not verify_folder(two_releases)


def test_the_store_of_another_release_is_detected(two_releases: Path) -> None:
    """Hashes and manifest may agree with each other, and the store still be another one's."""
    first, second = (two_releases / f"2026-11-22.{n}" for n in (1, 2))
    from filmgraph.manifest import load_manifest
    from filmgraph.release_verify import compare_store

    assert not compare_store(second, load_manifest(second))
    second.chmod(0o755)
    (second / "store").chmod(0o755)
    remove_tree(second / "store")
    shutil.copytree(first / "store", second / "store")
    assert any("all.nq.gz" in each for each in compare_store(second, load_manifest(second)))
