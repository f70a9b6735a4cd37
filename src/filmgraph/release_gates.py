"""What a release must pass before anybody sees it: no violation, room on the disk, no loss that nobody meant.

A gate that does not open raises ReleaseBlockedError (the data) or ReleaseError (the disk); nothing was published then.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.dumps_index import ThingNames
from filmgraph.dumps_lines import TYPE, to_iri
from filmgraph.dumps_reading import facts_path, read_blocks
from filmgraph.errors import ReleaseBlockedError, ReleaseError
from filmgraph.findings import Report, Severity
from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import STORE_FOLDER, Manifest, load_manifest
from filmgraph.namespaces import RDF
from filmgraph.release_files import free_bytes
from filmgraph.settings import ReleaseSettings

__all__ = [
    "RETIRED",
    "check_iris",
    "check_losses",
    "check_report",
    "check_space",
    "is_registered",
    "iter_texts",
    "iter_things",
    "load_retired",
]

RETIRED: Final = "retired.json"
# Measured, all files together: 230 bytes a quad at 12,000 quads, 170 at 36,000.
_BYTES_PER_QUAD: Final = 300
# The quads are sorted on disk and the store is compacted. Measured: at its height, 1.8 times what the release takes in the end.
_MARGIN: Final = 2
_LEAST_BYTES: Final = 4 << 20
_SHOWN: Final = 3
# Their keys come from the settings, not from the registry: nobody can lose them by accident.
_UNREGISTERED: Final = frozenset({Kind.SOURCE, Kind.DATASET})


def check_report(report: Report) -> None:
    """Refuse a report that holds a violation."""
    if report.blocks_release:
        count = report.count(Severity.VIOLATION)
        violations = "1 violation" if count == 1 else f"{count} violations"
        raise ReleaseBlockedError(f"{violations}: nothing was published. Correct the sources and build again.")


def check_space(releases_path: Path, quads: int, before: Manifest | None) -> None:
    """Refuse to begin where the release would not fit, judged by the number of quads and the size of the release before."""
    needed = _LEAST_BYTES + _MARGIN * estimate_size(quads, before)
    free = free_bytes(releases_path)
    if free < needed:
        raise ReleaseError(
            f"writing the release needs about {_megabytes(needed)} in {releases_path}, and {_megabytes(free)} are free: nothing "
            "was written. Free some space, for example with 'filmgraph prune --keep 3'"
        )


def estimate_size(quads: int, before: Manifest | None) -> int:
    """Return how many bytes a release of so many quads will take."""
    known = before.triples + sum(before.graphs.values()) if before else 0
    if before is None or not known:
        return quads * _BYTES_PER_QUAD
    return quads * sum(entry.size for entry in before.files.values()) // known


def check_losses(before: Manifest, things: Mapping[str, int], limits: ReleaseSettings) -> None:
    """Refuse a release that holds far fewer things of a kind than one before it."""
    losses = []
    for kind, count in sorted(before.things.items()):
        lost = count - things.get(kind, 0)
        if lost > limits.loss_things and lost > limits.loss_share * count:
            losses.append(f"{lost} of {count} {kind} things ({lost / count:.0%})")
    if losses:
        raise ReleaseBlockedError(
            f"against release {before.release_id} this one loses {'; '.join(losses)}: nothing was published. If that is meant, "
            "build with --accept-loss; if not, look for a source that is missing or was read only in part."
        )


def check_iris(before: Manifest, things_before: Iterable[str], present: Container[str], retired: Container[str]) -> None:
    """Refuse a release in which a thing of the one before has neither a page nor a tombstone."""
    gone = sorted({iri for iri in things_before if iri not in present and iri not in retired})
    if gone:
        shown = ", ".join(gone[:_SHOWN]) + (f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else "")
        raise ReleaseBlockedError(
            f"things of release {before.release_id} are gone without a tombstone: {shown}. Nothing was published: addresses that "
            "were given out must go on working. Put their lines back into ids.csv and keep base_iri as it was; if their loss is "
            "meant, build with --accept-loss."
        )


def iter_things(release_path: Path, iris: IriScheme) -> Iterator[str]:
    """Yield the IRIs of the things that have a page in a release: what the catalogue named, not the shared vocabulary."""
    yield from _select_things(_iter_typed(release_path), iris)
    yield from iter_texts(release_path, iris)


def iter_texts(release_path: Path, iris: IriScheme) -> Iterator[str]:
    """Yield those of which only the graph of the texts says what they are."""
    store = ox.Store.read_only(str(release_path / STORE_FOLDER))
    quads = store.quads_for_pattern(None, ox.NamedNode(RDF.type), None, ox.NamedNode(iris.texts_graph))
    yield from _select_things((str(quad.subject).encode() for quad in quads), iris)


def _select_things(subjects: Iterable[bytes], iris: IriScheme) -> Iterator[str]:
    names = ThingNames(iris)
    for subject in subjects:
        name = None if b"#" in subject else names.find(subject)
        if name is not None and not Kind.from_segment(name.partition("/")[0]).is_vocabulary:
            yield to_iri(subject)


def _iter_typed(release_path: Path) -> Iterator[bytes]:
    """Yield what has a class in the published graph, in angle brackets."""
    for block in read_blocks(facts_path(release_path, load_manifest(release_path).catalogue_id)):
        for line in block.splitlines():
            subject, predicate, _ = line.split(b" ", 2)
            if predicate == TYPE:
                yield subject


def is_registered(iri: str, iris: IriScheme) -> bool:
    """Return whether a thing's key stands in the registry; those of sources and the dataset come from the settings."""
    thing = iris.parse(iri)
    return thing is not None and thing.kind not in _UNREGISTERED


def load_retired(release_path: Path) -> dict[str, str | None]:
    """Read the tombstones of a release: each thing that is gone, with the IRI of the one that it was merged into, if any."""
    retired: dict[str, str | None] = json.loads((release_path / RETIRED).read_text(encoding="utf-8"))
    return retired


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
