"""Releases made by hand, without the pipeline: whole, small, and quick to make."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import pyoxigraph as ox

from filmgraph.manifest import FILE_NAME, Manifest
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.release_files import hash_tree, seal_tree
from filmgraph.release_folder import find_current, switch_current
from filmgraph.release_journal import Act, Action, append_entry
from tests.conftest import NOW
from tests.handmade import make_manifest

__all__ = ["BASE", "publish_by_hand", "write_release"]

BASE = "https://films.example.org/"


def write_release(releases_path: Path, release_id: str, films: tuple[str, ...] = ("here-2023",)) -> Manifest:
    """Write a release that verifies, with one triple for each film and one quad in the texts graph; it is not made current."""
    path = releases_path / release_id
    (path / "dumps").mkdir(parents=True)
    iris = [ox.NamedNode(f"{BASE}id/film/{each}") for each in films]
    facts = [ox.Quad(each, ox.NamedNode(RDF.type), ox.NamedNode(SCHEMA.Movie), ox.DefaultGraph()) for each in iris]
    graph = f"{BASE}graph/texts"
    text = ox.Quad(
        iris[0], ox.NamedNode(SCHEMA.abstract), ox.Literal(f"A <text> of {release_id}", language="en"), ox.NamedNode(graph)
    )
    _write_gzip(path / "all.nq.gz", [*facts, text])
    _write_gzip(path / "dumps" / "films.nt.gz", facts)
    (path / "retired.json").write_text("{}\n", encoding="utf-8")
    store = ox.Store(str(path / "store"))
    store.bulk_extend([*facts, text])
    store.flush()
    del store
    (path / "store" / "LOCK").unlink()
    manifest = dataclasses.replace(
        make_manifest(release_id, BASE, "Films", len(facts), {graph: 1}, files=hash_tree(path)), things={"film": len(films)}
    )
    (path / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    seal_tree(path)
    return manifest


def _write_gzip(path: Path, quads: list[ox.Quad]) -> None:
    lines = sorted((ox.serialize([each], format=ox.RdfFormat.N_QUADS) or b"") for each in quads)
    path.write_bytes(gzip.compress(b"".join(lines), mtime=0))


def publish_by_hand(releases_path: Path, release_id: str, films: tuple[str, ...] = ("here-2023",)) -> Path:
    """Write a release, make it current, and write it down."""
    write_release(releases_path, release_id, films)
    before = find_current(releases_path)
    switch_current(releases_path, release_id)
    append_entry(releases_path, Act(NOW).entry(Action.PUBLISH, release_id, before.name if before else None))
    return releases_path / release_id
