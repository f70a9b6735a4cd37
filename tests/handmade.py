"""Manifests for releases that a test makes by hand, without the pipeline."""

from __future__ import annotations

from filmgraph.manifest import FileEntry, Manifest

__all__ = ["make_manifest"]


def make_manifest(
    release_id: str,
    base_iri: str,
    title: str,
    triples: int,
    graphs: dict[str, int],
    *,
    publisher: str = "Nobody",
    files: dict[str, FileEntry] | None = None,
    created: str = "2026-11-22T12:00:00Z",
) -> Manifest:
    return Manifest(
        release_id=release_id,
        created=created,
        catalogue_id=title.lower().replace(" ", "-"),
        title=title,
        publisher=publisher,
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        description="",
        base_iri=base_iri,
        languages=("en",),
        content_sha256="0" * 64,
        triples=triples,
        graphs=graphs,
        files=files or {},
    )
