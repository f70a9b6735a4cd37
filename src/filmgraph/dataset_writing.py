"""Writes what a release says of itself: `dataset.ttl` and `coverage.json`, from its counts and from the files in `dumps/`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from pyoxigraph import RdfFormat, Triple

from filmgraph.changelog import FOLDER as CHANGES_FOLDER
from filmgraph.changelog import HISTORY
from filmgraph.coverage import COVERAGE_FILE, Coverage, KindCoverage
from filmgraph.dataset_dcat import Described, EarlierRelease, iter_catalogue
from filmgraph.dataset_statistics import Statistics
from filmgraph.download import DATASET_FILE, Download, read_download
from filmgraph.dumps_files import SUMS_NAME, read_sums
from filmgraph.manifest import FileEntry, hash_file, load_manifest
from filmgraph.serialisation import prefixes_for, reading_order, serialise
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary

__all__ = ["write_descriptions"]

_DUMPS: Final = "dumps"


def write_descriptions(
    settings: Settings,
    vocabulary: Vocabulary,
    statistics: Statistics,
    about: Iterable[Triple],
    release_id: str,
    issued: str,
    staging: Path,
    previous_path: Path | None,
) -> None:
    """Write `dataset.ttl` and `coverage.json` into the release in `staging`, whose `dumps/` are there already.

    `about` is the dataset's description in the graph, and `issued` the ISO date of the release. `previous_path` is the newest
    release that was ever published.
    """
    described = Described(
        settings=settings,
        vocabulary=vocabulary,
        statistics=statistics,
        release_id=release_id,
        issued=issued,
        files=tuple(_iter_files(staging / _DUMPS)),
        earlier=_read_earlier(previous_path),
    )
    triples = sorted({*about, *iter_catalogue(described)}, key=lambda each: (_rank(each, described.iri), reading_order(each)))
    turtle = serialise(triples, RdfFormat.TURTLE, _used_prefixes(triples, settings))
    (staging / DATASET_FILE).write_bytes(turtle)
    (staging / COVERAGE_FILE).write_text(coverage_of(statistics, release_id).to_json(), encoding="utf-8")


def coverage_of(statistics: Statistics, release_id: str) -> Coverage:
    """Return how many things of each kind have each property; kinds without a thing are left out."""
    return Coverage(
        release_id,
        tuple(KindCoverage(segment, count, statistics.fields[segment]) for segment, count in statistics.things.items()),
    )


def _rank(each: Triple, iri: str) -> int:
    """Sort the dataset first, its parts next, then what they refer to."""
    subject = str(each.subject)
    return 0 if subject == f"<{iri}>" else 1 if subject.startswith(f"<{iri}#") else 2


def _iter_files(dumps_path: Path) -> Iterator[tuple[Download, FileEntry]]:
    """Yield all files, with the digests that stand in the list of them; that list is not in itself."""
    sums = read_sums(dumps_path / SUMS_NAME)
    for path in sorted(each for each in dumps_path.rglob("*") if each.is_file()):
        name = path.relative_to(dumps_path).as_posix()
        digest = hash_file(path).sha256 if name == SUMS_NAME else sums[name]
        yield read_download(name), FileEntry(digest, path.stat().st_size)


def _read_earlier(previous_path: Path | None) -> tuple[EarlierRelease, ...]:
    """Return all releases before, newest first: the one before and those in its history."""
    if previous_path is None:
        return ()
    history = previous_path / CHANGES_FOLDER / HISTORY
    if history.is_file():
        notes: list[dict[str, Any]] = json.loads(history.read_text(encoding="utf-8"))
        return tuple(EarlierRelease(each["release"], each["time"][:10]) for each in reversed(notes))
    manifest = load_manifest(previous_path)
    return (EarlierRelease(manifest.release_id, manifest.created[:10]),)


def _used_prefixes(triples: Iterable[Triple], settings: Settings) -> dict[str, str]:
    text = "".join(map(str, triples))
    return {name: iri for name, iri in prefixes_for(settings.iris).items() if f"<{iri}" in text}
