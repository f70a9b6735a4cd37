from __future__ import annotations

import dataclasses
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.incremental_store import stamp_tables
from filmgraph.manifest import hash_file, load_manifest
from filmgraph.release_files import hash_tree, remove_tree
from filmgraph.release_verify import compare_store, verify_files, verify_release
from tests.release.handmade_release import publish_by_hand, write_release


@pytest.fixture
def release(releases_path: Path) -> Path:
    path = publish_by_hand(releases_path, "2026-11-22.1", ("here-2023", "there-2024"))
    for each in (path, *path.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return path


def test_a_whole_release_has_no_problem(release: Path) -> None:
    assert verify_release(release) == ()
    assert verify_release(release, hash_file(release / "manifest.json").sha256) == ()


def rewrite(name: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    return lambda path: (path / name).write_bytes((path / name).read_bytes().replace(old, new))


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (rewrite("retired.json", b"{}", b"[]"), "retired.json is changed"),
    "longer": (rewrite("retired.json", b"{}", b"{ }"), "retired.json has 4 bytes instead of 3"),
    "missing": (lambda path: (path / "dumps" / "films.nt.gz").unlink(), "dumps/films.nt.gz is missing"),
    "extra": (lambda path: (path / "dumps" / "more.csv").write_text(""), "dumps/more.csv is not of this release"),
    "linked": (lambda path: (path / "more").symlink_to("/etc"), "more is neither a file nor a folder"),
    "no manifest": (lambda path: (path / "manifest.json").unlink(), "cannot read manifest.json"),
    "title": (rewrite("manifest.json", b"Films", b"Filns"), "the manifest is not as it was written"),
    "spaces": (rewrite("manifest.json", b"\n}", b"\n }"), "the manifest is not as it was written"),
    "line ends": (rewrite("manifest.json", b"{\n", b"{\r\n"), "the manifest is not as it was written"),
    "not text": (lambda path: (path / "manifest.json").write_bytes(b"\xff\xfe"), "not UTF-8 at byte 0"),
    "renamed": (lambda path: path.rename(path.with_name("2026-11-22.2")), "its manifest is that of 2026-11-22.1"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_each_kind_of_damage_is_named(release: Path, harm: str) -> None:
    do, says = HARMS[harm]
    do(release)
    problems = verify_release(release if release.exists() else release.with_name("2026-11-22.2"))
    assert len(problems) == 1
    assert says in problems[0]


def test_a_file_that_lies_there_untouched_is_not_read_again(release: Path) -> None:
    stamps = stamp_tables(release)
    name = min(stamps)
    path = release / name
    whole, times = path.read_bytes(), path.stat()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert verify_files(release, stamps=stamps) == (f"{name} is changed: its SHA-256 is not the one in the manifest",)
    # Nobody but a bad disk changes a file and not its time: `filmgraph verify` reads all.
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert verify_files(release, stamps=stamps) == ()
    assert len(verify_files(release)) == 1
    path.rename(path.with_suffix(".old"))
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert f"{name} is changed: its SHA-256 is not the one in the manifest" in verify_files(release, stamps=stamps)


def test_each_single_bit_of_the_manifest_counts(release: Path) -> None:
    path = release / "manifest.json"
    data = path.read_bytes()
    for at in range(0, len(data), 37):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        assert verify_release(release), f"bit {at % 8} of byte {at}"


def test_a_manifest_that_was_made_anew_is_told_by_the_journal(release: Path) -> None:
    digest = hash_file(release / "manifest.json").sha256
    (release / "retired.json").write_text('{"a": null}\n', encoding="utf-8")
    (release / "manifest.json").unlink()
    remade = dataclasses.replace(load_manifest(write_again(release)), files=hash_tree(release))
    (release / "manifest.json").write_text(remade.to_json(), encoding="utf-8")
    assert verify_release(release) == ()
    assert verify_release(release, digest) == ("manifest.json is not the one that was published: the journal has another digest",)


def write_again(release: Path) -> Path:
    other = release.parent / "copy"
    write_release(other, release.name, ("here-2023", "there-2024"))
    return other / release.name


NAMED = ox.NamedNode("https://example.org/graph/other")


def _to_other_graph(quad: ox.Quad) -> ox.Quad:
    graph = ox.DefaultGraph() if isinstance(quad.graph_name, ox.NamedNode) else NAMED
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


@pytest.mark.parametrize("is_published", [True, False])
@pytest.mark.parametrize(
    "other",
    [
        lambda quad: None,
        lambda quad: ox.Quad(quad.subject, quad.predicate, ox.Literal("other"), quad.graph_name),
        lambda quad: ox.Quad(quad.subject, ox.NamedNode("https://example.org/p"), quad.object, quad.graph_name),
        lambda quad: ox.Quad(ox.NamedNode("https://example.org/s"), quad.predicate, quad.object, quad.graph_name),
        _to_other_graph,
    ],
    ids=["missing", "object", "predicate", "subject", "graph"],
)
def test_one_quad_that_differs_is_detected(release: Path, other: Callable[[ox.Quad], ox.Quad | None], is_published: bool) -> None:
    quads_before = set(ox.Store.read_only(str(release / "store")))
    store = ox.Store(str(release / "store"))
    quad = next(each for each in store if isinstance(each.graph_name, ox.DefaultGraph) is is_published)
    store.remove(quad)
    if changed := other(quad):
        store.add(changed)
    store.flush()
    del store
    assert len(set(ox.Store.read_only(str(release / "store"))) ^ quads_before) == (2 if changed else 1)
    assert any("all.nq.gz" in each for each in compare_store(release, load_manifest(release)))


def test_a_quad_too_many_is_detected_wherever_it_is(release: Path) -> None:
    for graph in (ox.DefaultGraph(), NAMED):
        store = ox.Store(str(release / "store"))
        quad = ox.Quad(NAMED, NAMED, ox.Literal("one more"), graph)
        store.add(quad)
        store.flush()
        del store
        assert compare_store(release, load_manifest(release))
        store = ox.Store(str(release / "store"))
        store.remove(quad)
        store.flush()
        del store
        assert compare_store(release, load_manifest(release)) == ()


@pytest.mark.parametrize("what", ["other quads", "fewer quads", "other facts", "other count", "no store", "no gzip"])
def test_a_store_that_does_not_match_its_dumps_is_detected(release: Path, what: str) -> None:
    manifest = load_manifest(release)
    assert compare_store(release, manifest) == ()
    if what in ("other quads", "fewer quads"):
        store = ox.Store(str(release / "store"))
        quad = next(iter(store))
        store.remove(quad)
        if what == "other quads":
            store.add(ox.Quad(quad.subject, quad.predicate, ox.Literal("other"), quad.graph_name))
        store.flush()
        del store
    elif what == "other facts":
        text = gzip.decompress((release / "dumps" / "films.nt.gz").read_bytes()).replace(b"here", b"hare")
        (release / "dumps" / "films.nt.gz").write_bytes(gzip.compress(text))
    elif what == "other count":
        manifest = dataclasses.replace(manifest, triples=3)
    elif what == "no store":
        remove_tree(release / "store")
    else:
        (release / "all.nq.gz").write_bytes(b"not gzip")
    assert compare_store(release, manifest)
