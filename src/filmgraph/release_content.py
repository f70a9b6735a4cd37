"""What a release holds: all quads, sorted and hashed once; which things are gone; which keys were given out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.assembly import Assembly
from filmgraph.assembly_queries import query_triples
from filmgraph.chunks import ChunkDigests, cut_lines
from filmgraph.dumps_files import pack
from filmgraph.dumps_lines import Triples, iter_blocks, name_graph, to_lines
from filmgraph.dumps_sort import merge_blocks, sort_lines
from filmgraph.identity import registry_csv
from filmgraph.iris import Kind
from filmgraph.release_files import replace_text
from filmgraph.release_gates import is_registered
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "Content",
    "Graphs",
    "find_present",
    "find_subjects",
    "gather_graphs",
    "list_retired",
    "sort_graphs",
    "write_all_quads",
    "write_registry",
]

_FACTS: Final = "facts.nq"
_OTHERS: Final = "others.nq"


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of a release but the dataset's description, which holds the release id; by IRI, and the published one by "".

    `facts` are the published graph and those of the sources: what dumps are made of.
    """

    facts: Mapping[str, Triples]
    others: Mapping[str, Triples]

    def count(self) -> dict[str, int]:
        """Return the number of triples of each graph."""
        return {name: len(triples) for name, triples in (*self.facts.items(), *self.others.items())}


@dataclass(frozen=True, slots=True)
class Content:
    """All quads of a release but the dataset's description: as the sorted lines of two files, with their digests.

    `facts_path` holds the published graph and those of the sources, `others_path` all other graphs. `counts` are the quads of
    each graph by its IRI, those of the published graph by an empty text; `starts` the first subjects of the chunks of all lines,
    and `digests` the SHA-256 of each chunk.
    """

    facts_path: Path
    others_path: Path
    counts: Mapping[str, int]
    starts: tuple[bytes, ...]
    digests: tuple[bytes, ...]

    def remove(self) -> None:
        """Remove the files."""
        self.facts_path.unlink()
        self.others_path.unlink()


def gather_graphs(assembly: Assembly, vocabulary: Vocabulary) -> Graphs:
    """Return all graphs but the dataset's description."""
    iris, resolution = assembly.settings.iris, assembly.resolution
    return Graphs(
        {"": assembly.published, **{iris.source_graph(source_id): triples for source_id, triples in resolution.sources.items()}},
        {
            iris.texts_graph: resolution.texts,
            iris.provenance_graph: resolution.provenance,
            iris.vocabulary_graph: {*vocabulary.triples, *query_triples(assembly.queries, iris)},
        },
    )


def sort_graphs(graphs: Graphs, counts: Mapping[str, int], folder: Path) -> Content:
    """Write the graphs as sorted lines into files in `folder`, and hash them: nothing else has to sort or hash them again."""
    facts_path, others_path = folder / _FACTS, folder / _OTHERS
    for path, part in ((facts_path, graphs.facts), (others_path, graphs.others)):
        with path.open("wb") as file:
            file.writelines(sort_lines(_iter_lines(part), folder))
    digests = ChunkDigests()
    for block in _merge((facts_path, others_path)):
        digests.take(list(block))
    return Content(facts_path, others_path, counts, tuple(digests.starts) or (b"",), tuple(digests.finish()))


def _iter_lines(graphs: Mapping[str, Triples]) -> Iterator[bytes]:
    for name, triples in graphs.items():
        for block in iter_blocks(triples):
            yield from name_graph(block, name).splitlines(keepends=True)


def _merge(paths: Iterable[Path], more: Iterable[bytes] = ()) -> Iterator[Collection[bytes]]:
    """Yield the lines of sorted files, and some more, in one order, many at a time."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in paths]
        yield from merge_blocks([*files, sorted(more)])


def write_all_quads(content: Content, about: Iterable[ox.Triple], path: Path) -> list[int]:
    """Write every quad, sorted, with the dataset's description, each chunk as one gzip member; return the members' sizes.

    The store is built from this file, and may be built from it again.
    """
    with path.open("wb") as file:
        chunks = cut_lines(_merge((content.facts_path, content.others_path), to_lines(about)), content.starts)
        return [file.write(pack(b"".join(chunk))) for chunk in chunks]


def find_present(assembly: Assembly) -> frozenset[str]:
    """Return the IRIs that have something published about them; the dataset itself always has."""
    settings = assembly.settings
    present = find_subjects((assembly.published, assembly.resolution.texts))
    return frozenset(present | {settings.iris.thing(Kind.DATASET, settings.id)})


def find_subjects(graphs: Iterable[Triples]) -> set[str]:
    """Return the IRIs that something is said of in some graphs."""
    subjects = set[bytes]()
    for graph in graphs:
        for block in iter_blocks(graph):
            subjects.update([line[: line.index(b" ")] for line in block.splitlines()])
    return {each[1:-1].decode() for each in subjects if each.startswith(b"<")}


def list_retired(
    assembly: Assembly, present: frozenset[str], retired_before: dict[str, str | None], things_before: Iterable[str]
) -> dict[str, str | None]:
    """Return the tombstones: what once had a key and is published no more, with the IRI of what it was merged into.

    A tombstone stays for good, unless its thing comes back. Sources are not in the registry: theirs come from
    the release before.
    """
    iris = assembly.settings.iris
    absent = (each for each in things_before if each not in present)
    gone: dict[str, str | None] = {each: None for each in absent if not is_registered(each, iris)}
    gone.update(retired_before)
    begins = {kind.segment: iris.thing(kind, "x").removesuffix("x") for kind in Kind}
    for row in assembly.registry:
        iri = begins[row.kind] + row.key
        if iri not in present:
            gone[iri] = iris.thing(Kind.from_segment(row.kind), row.survivor) if row.is_merged else None
    return {each: gone[each] for each in sorted(gone) if each not in present}


def write_registry(assembly: Assembly) -> None:
    """Keep the minted keys; written before the release is, so that a key is never minted twice."""
    path = assembly.settings.ids_path
    text = registry_csv(assembly.registry)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        replace_text(path, text)
