"""What a release holds: all quads, sorted and hashed once; which things are gone; which keys were given out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from filmgraph.assembly import Assembly
from filmgraph.assembly_queries import query_triples
from filmgraph.dumps import open_gzip
from filmgraph.dumps_lines import to_lines
from filmgraph.dumps_sort import merge_lines, sort_lines
from filmgraph.identity import registry_csv
from filmgraph.iris import Kind
from filmgraph.release_files import replace_text
from filmgraph.release_gates import is_registered
from filmgraph.vocabulary import Vocabulary

__all__ = ["Content", "find_present", "gather_quads", "list_retired", "sort_quads", "write_all_quads", "write_registry"]


@dataclass(frozen=True, slots=True)
class Content:
    """All quads of a release but the dataset's description: in memory, and as the sorted lines of a file with their digest."""

    quads: list[ox.Quad]
    lines_path: Path
    sha256: str


def gather_quads(assembly: Assembly, vocabulary: Vocabulary) -> list[ox.Quad]:
    """Return all graphs but the dataset's description, which holds the release id."""
    iris, resolution = assembly.settings.iris, assembly.resolution
    graphs: dict[str, Iterable[ox.Triple]] = {
        "": assembly.published,
        iris.texts_graph: resolution.texts,
        iris.provenance_graph: resolution.provenance,
        iris.vocabulary_graph: {*vocabulary.triples, *query_triples(assembly.queries, iris)},
        **{iris.source_graph(source_id): triples for source_id, triples in resolution.sources.items()},
    }
    quads: list[ox.Quad] = []
    for name, triples in graphs.items():
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        quads.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return quads


def sort_quads(quads: list[ox.Quad], lines_path: Path) -> Content:
    """Write the quads as sorted lines into a file, and hash them on the way: nothing else has to sort or hash them again."""
    digest = hashlib.sha256()
    with lines_path.open("wb") as file:
        for line in sort_lines(to_lines(quads), lines_path.parent):
            digest.update(line)
            file.write(line)
    return Content(quads, lines_path, digest.hexdigest())


def write_all_quads(content: Content, about: Iterable[ox.Triple], path: Path) -> None:
    """Write every quad, sorted, with the dataset's description: what a store is built from again."""
    description = sorted(to_lines(about))
    with open_gzip(path) as file, content.lines_path.open("rb") as lines:
        file.writelines(merge_lines([lines, description]))


def find_present(assembly: Assembly) -> frozenset[str]:
    """Return the IRIs that have something published about them; the dataset itself always has."""
    settings = assembly.settings
    triples = (*assembly.published, *assembly.resolution.texts)
    subjects = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    return frozenset(subjects | {settings.iris.thing(Kind.DATASET, settings.id)})


def list_retired(
    assembly: Assembly, present: frozenset[str], retired_before: dict[str, str | None], things_before: Iterable[str]
) -> dict[str, str | None]:
    """Return the tombstones: what once had a key and is published no more, with the IRI of what it was merged into.

    A tombstone stays for good, unless its thing comes back. Sources are not in the registry: theirs come from
    the release before.
    """
    iris = assembly.settings.iris
    gone: dict[str, str | None] = {each: None for each in things_before if not is_registered(each, iris)}
    gone.update(retired_before)
    for row in assembly.registry:
        kind = Kind.from_segment(row.kind)
        merged = row.status.removeprefix("merged:") if row.status.startswith("merged:") else None
        gone[iris.thing(kind, row.key)] = iris.thing(kind, merged) if merged else None
    return {each: gone[each] for each in sorted(gone) if each not in present}


def write_registry(assembly: Assembly) -> None:
    """Keep the minted keys; written before the release is, so that a key is never minted twice."""
    path = assembly.settings.ids_path
    text = registry_csv(assembly.registry)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        replace_text(path, text)
