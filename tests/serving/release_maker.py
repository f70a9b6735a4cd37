"""Small releases made by hand, each with its own name in all that it says, so that an answer tells which one it is from."""

from __future__ import annotations

import gzip
import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from filmgraph.manifest import FileEntry
from filmgraph.namespaces import DCAT, RDF, SCHEMA
from filmgraph.release_folder import switch_current
from filmgraph.release_journal import JOURNAL, Act, Action, append_entry
from tests.handmade import make_manifest

__all__ = ["BASE", "QUERY", "make_catalogue", "make_release", "publish"]

BASE = "https://films.example/"
QUERY = f"SELECT ?name {{ <{BASE}id/film/here> <{SCHEMA.name}> ?name }}"
_TOML = f'[catalogue]\nid = "films"\nbase_iri = "{BASE}"\ntitle = "Films"\npublisher = "Film Fest"\nlicence = "CC0-1.0"\n'


def make_catalogue(path: Path) -> Path:
    """Return a catalogue without sources, and with an empty folder for releases."""
    (path / "releases").mkdir(parents=True)
    (path / "filmgraph.toml").write_text(_TOML)
    return path


def make_release(releases_path: Path, release_id: str, *, created: str = "2026-11-22T12:00:00+00:00", big: int = 0) -> Path:
    """Write a release with one film that is called after it, and with `big` random bytes to download."""
    path = releases_path / release_id
    (path / "dumps").mkdir(parents=True)
    triples = _triples(release_id)
    store = ox.Store(str(path / "store"))
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    store.flush()
    del store
    text = "".join(sorted(f"{triple} .\n" for triple in triples))
    (path / "dumps" / "films.nt.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    if big:
        (path / "dumps" / "big.gz").write_bytes(random.Random(release_id).randbytes(big))
    (path / "retired.json").write_text("{}")
    _write_manifest(path, release_id, created, len(triples))
    return path


def _write_manifest(path: Path, release_id: str, created: str, triples: int) -> None:
    files = {
        each.relative_to(path).as_posix(): FileEntry(hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_size)
        for each in sorted(path.rglob("*"))
        if each.is_file() and each.name != "LOCK"
    }
    manifest = make_manifest(release_id, BASE, "Films", triples, {}, publisher="Film Fest", files=files, created=created)
    (path / "manifest.json").write_text(manifest.to_json())


def publish(releases_path: Path, release_id: str) -> None:
    """Make a release the current one, and note it where there is a journal: a server that starts begins one."""
    switch_current(releases_path, release_id)
    if (releases_path / JOURNAL).exists():
        append_entry(releases_path, Act(datetime.now(UTC)).entry(Action.PUBLISH, release_id))


def _triples(release_id: str) -> list[ox.Triple]:
    film, dataset = (ox.NamedNode(f"{BASE}id/{each}") for each in ("film/here", "dataset/films"))
    return [
        ox.Triple(film, ox.NamedNode(RDF.type), ox.NamedNode(SCHEMA.Movie)),
        ox.Triple(film, ox.NamedNode(SCHEMA.name), ox.Literal(release_id)),
        ox.Triple(dataset, ox.NamedNode(RDF.type), ox.NamedNode(DCAT.Dataset)),
        ox.Triple(dataset, ox.NamedNode(SCHEMA.name), ox.Literal(release_id)),
    ]
