"""What would change if the catalogue were published as it is now, in words, with the places in the sources. Nothing is published.

The catalogue is assembled as a build does it, and held against the release that readers see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.assembly import Assembly
from filmgraph.changelog import Change, Tally
from filmgraph.changes import find_dump
from filmgraph.changes_lines import Sides, compare, join_things, read_lines
from filmgraph.changes_things import find_changed_credits, name_change
from filmgraph.dumps_lines import iter_blocks, to_lines
from filmgraph.incremental_store import Upon
from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import STORE_FOLDER
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.pending_words import Facts, Told, tell_change
from filmgraph.release_folder import find_current
from filmgraph.remarks import Naming
from filmgraph.vocabulary import Vocabulary

__all__ = ["Pending", "find_pending"]

_PLACE_LABEL: Final = f" <{FG.placeLabel}> ".encode()
_ORDER: Final = ("film", "screening", "festival", "section", "venue", "hall", "person", "org")
_HIDDEN: Final = frozenset({"dataset", "source", ""})


@dataclass(frozen=True, slots=True)
class Pending:
    """What would change: the release that it is held against (None for the first), numbers by kind and verb, and each change."""

    current_id: str | None
    counts: Mapping[str, int]
    changes: tuple[Told, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether publishing would change nothing that a reader sees."""
        return not self.counts


def find_pending(assembly: Assembly, vocabulary: Vocabulary, naming: Naming, language: str) -> Pending:
    """Compare a catalogue as it would be released with the current release; the words are in `language`.

    `naming` gives the names of the things after the change. ReleaseError when the current release cannot be read.
    """
    settings, current = assembly.settings, find_current(assembly.settings.releases_path)
    iris = settings.iris
    own = iris.thing(Kind.DATASET, settings.id).encode()
    sides = _sides(assembly, current, own)
    credits = find_changed_credits(compare(sides.old, sides.new))
    retired = _retired(assembly, iris)
    found = [
        (change, before, after)
        for thing, before, after in join_things(sides.old, sides.new)
        if (change := name_change(iris, thing, before, after, credits, retired)) is not None and not _is_shared(change)
    ]
    tally = Tally()
    for change, _, _ in found:
        tally.add(change)
    before_names = _names(current, iris)
    facts = Facts(
        iris, vocabulary, language, lambda name: naming(name) or before_names(name), _find_places(assembly, found, iris)
    )
    told = (tell_change(change, before, after, facts) for change, before, after in sorted(found, key=lambda each: _rank(each[0])))
    return Pending(current.name if current else None, dict(tally.counts), tuple(each for each in told if each is not None))


def _is_shared(change: Change) -> bool:
    """Return whether a thing is none of the catalogue's own: a concept, a source, or what describes the data."""
    return change.kind in _HIDDEN or Kind.from_segment(change.kind).is_vocabulary


def _rank(change: Change) -> tuple[int, str, str]:
    order = _ORDER.index(change.kind) if change.kind in _ORDER else len(_ORDER)
    return order, change.name.casefold(), change.thing


def _sides(assembly: Assembly, current: Path | None, own: bytes) -> Sides:
    """Return the sorted lines of both sides: of all things, or of those that changed where that is known."""
    if current is None:
        return Sides([], sorted(to_lines(assembly.published)))
    if assembly.upon is not None and assembly.upon.release_path.name == current.name:
        return _changed_sides(assembly.upon, current)
    unwanted = (b"<" + own + b">", b"<" + own + b"#")
    old = [line for line in read_lines(find_dump(current)) if not line.startswith(unwanted)]
    return Sides(old, sorted(to_lines(assembly.published)))


def _changed_sides(upon: Upon, current: Path) -> Sides:
    """Return the lines of the things that the change touches, before and after it."""
    default = ox.DefaultGraph()
    removed, added = ({quad.triple for quad in quads if quad.graph_name == default} for quads in (upon.removed, upon.added))
    things = {str(triple.subject)[1:-1].partition("#")[0].encode() for triple in (*removed, *added)}
    old = [line for line in read_lines(find_dump(current)) if line[1 : line.index(b">")].partition(b"#")[0] in things]
    gone, new = set(to_lines(removed)), list(to_lines(added))
    return Sides(old, sorted([*(line for line in old if line not in gone), *new]))


def _retired(assembly: Assembly, iris: IriScheme) -> Mapping[str, str | None]:
    """Return what was merged, by its IRI, with the IRI of what it was merged into."""
    merged = (row for row in assembly.registry if row.survivor != row.key)
    return {
        iris.thing(Kind.from_segment(row.kind), row.key): iris.thing(Kind.from_segment(row.kind), row.survivor) for row in merged
    }


def _names(current: Path | None, iris: IriScheme) -> Naming:
    """Return what gives the names of the things of the current release; it is opened when first asked."""
    stores: list[ox.Store] = []

    def name(thing: str) -> str | None:
        if current is None:
            return None
        if not stores:
            stores.append(ox.Store.read_only(str(current / STORE_FOLDER)))
        subject = ox.NamedNode(f"{iris.base}id/{thing}")
        quads = stores[0].quads_for_pattern(subject, ox.NamedNode(SCHEMA.name), None, ox.DefaultGraph())
        names = sorted(
            (quad.object for quad in quads if isinstance(quad.object, ox.Literal)), key=lambda each: each.language or ""
        )
        return names[0].value if names else None

    return name


def _find_places(
    assembly: Assembly, found: Iterable[tuple[Change, list[bytes], list[bytes]]], iris: IriScheme
) -> Callable[[bytes], str]:
    """Return what gives the places in the sources of a new fact (a line of N-Triples); empty where it follows from others."""
    nodes: dict[bytes, bytes] = {}
    source_ids = [each.id for each in assembly.settings.sources]
    for _, before, after in found:
        for line in set(after).difference(before):
            subject, predicate, rest = line.split(b" ", 2)
            for source_id in source_ids:
                node = iris.statement(subject[1:-1].decode(), predicate[1:-1].decode(), rest[:-3].decode(), source_id)
                nodes[node.encode()] = line
    labels: dict[bytes, list[str]] = {}
    for named, label in _iter_labels(assembly):
        if named in nodes:
            labels.setdefault(nodes[named], []).append(label)
    return lambda line: "; ".join(sorted(set(labels.get(line, ()))))


def _iter_labels(assembly: Assembly) -> Iterator[tuple[bytes, str]]:
    """Yield the nodes that explain facts with the place that each names; of those that changed, where that is known."""
    if assembly.upon is not None:
        for quad in assembly.upon.added:
            if quad.predicate.value == FG.placeLabel and isinstance(quad.object, ox.Literal):
                yield str(quad.subject)[1:-1].encode(), quad.object.value
        return
    for block in iter_blocks(assembly.resolution.provenance):
        for line in block.splitlines():
            if _PLACE_LABEL in line:
                node, _, rest = line.split(b" ", 2)
                (triple,) = ox.parse(b"<x:s> <x:p> " + rest, format=ox.RdfFormat.N_TRIPLES)
                yield node[1:-1], triple.object.value
