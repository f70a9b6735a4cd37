"""The gate and the atomic publish: an assembly without violations becomes an immutable release directory.

Everything is written to a staging directory on the same filesystem, checked, hashed and synced, then renamed. Swapping the
symlink `current` is the one step that publishes; before it, nothing a reader sees has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from filmgraph import __version__
from filmgraph.assembly import Assembly, Progress, hash_file
from filmgraph.assembly_queries import query_triples
from filmgraph.dataset import count_things, dataset_triples
from filmgraph.dumps import write_n_quads, write_n_triples, write_turtle
from filmgraph.errors import ReleaseBlockedError, ReleaseError
from filmgraph.findings import Severity
from filmgraph.identity import registry_csv
from filmgraph.iris import Kind
from filmgraph.manifest import FILE_NAME, STORE_FOLDER, FileEntry, Manifest, load_manifest
from filmgraph.queries import to_json as queries_to_json
from filmgraph.validation import to_json, to_turtle
from filmgraph.vocabulary import Vocabulary

__all__ = ["Clock", "Publication", "find_current", "publish", "utc_now"]

Clock = Callable[[], datetime]
_CURRENT = "current"
_LOCK = "publish.lock"
_QUERIES = "queries.json"
# What a manifest says of its catalogue that is not in the graph.
_DESCRIBED = ("title", "publisher", "licence", "description", "base_iri", "languages")


@dataclass(frozen=True, slots=True)
class Publication:
    """What `publish` did: the release that is current now, and whether it is a new one."""

    path: Path
    manifest: Manifest
    is_new: bool


def utc_now() -> datetime:
    """Return the present time in UTC; tests give a clock of their own."""
    return datetime.now(UTC)


def find_current(releases_path: Path) -> Path | None:
    """Return the directory of the current release, or None when nothing was released yet."""
    link = releases_path / _CURRENT
    return link.resolve() if (link / FILE_NAME).is_file() else None


def publish(assembly: Assembly, vocabulary: Vocabulary, clock: Clock, progress: Progress, *, force: bool = False) -> Publication:
    """Write the release and make it current; a catalogue that would give the same facts and report is left alone.

    ReleaseBlockedError when the report holds a violation, ReleaseError when another build runs or the disk refuses.
    """
    if assembly.report.blocks_release:
        count = assembly.report.count(Severity.VIOLATION)
        violations = "1 violation" if count == 1 else f"{count} violations"
        raise ReleaseBlockedError(f"{violations}: nothing was published. Correct the sources and build again.")
    releases_path = assembly.settings.releases_path
    try:
        releases_path.mkdir(parents=True, exist_ok=True)
        with _locked(releases_path):
            same = None if force else _same_as_current(assembly, vocabulary, releases_path)
            return same or _write_release(assembly, vocabulary, clock(), progress)
    except OSError as error:
        raise ReleaseError(f"cannot write the release in {releases_path}: {error}. The old release is still current.") from error


@contextmanager
def _locked(releases_path: Path) -> Iterator[None]:
    with (releases_path / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseError(f"another build is writing to {releases_path}: wait for it to end") from None
        _sweep(releases_path)
        yield


def _sweep(releases_path: Path) -> None:
    """Remove what a build that was killed left behind; nobody else holds the lock."""
    for leftover in releases_path.glob(".staging-*"):
        shutil.rmtree(leftover)


def _same_as_current(assembly: Assembly, vocabulary: Vocabulary, releases_path: Path) -> Publication | None:
    current = find_current(releases_path)
    if current is None:
        return None
    manifest = load_manifest(current)
    texts = {"report.json": to_json(assembly.report), _QUERIES: queries_to_json(assembly.queries, assembly.settings.iris)}
    is_same = (
        manifest.content_sha256 == _content_sha256(_quads(assembly, vocabulary))
        and manifest.versions == _versions()
        and all(_has_file(manifest, name, text) for name, text in texts.items())
        and all(getattr(manifest, name) == getattr(assembly.settings, name) for name in _DESCRIBED)
    )
    if is_same:
        _write_registry(assembly)
        return Publication(current, manifest, is_new=False)
    return None


def _has_file(manifest: Manifest, name: str, text: str) -> bool:
    entry = manifest.files.get(name)
    return entry is not None and entry.sha256 == hashlib.sha256(text.encode()).hexdigest()


def _write_release(assembly: Assembly, vocabulary: Vocabulary, now: datetime, progress: Progress) -> Publication:
    settings = assembly.settings
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=settings.releases_path))
    try:
        release_id = _next_id(settings.releases_path, now)
        about = dataset_triples(settings, assembly.published, now.date().isoformat(), release_id)
        quads = _quads(assembly, vocabulary)
        progress("write dumps")
        _write_files(assembly, about, quads, staging)
        progress("write store")
        _write_store([*quads, *(ox.Quad(t.subject, t.predicate, t.object) for t in about)], staging / STORE_FOLDER)
        manifest = _describe(assembly, quads, about, release_id, now, staging)
        (staging / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
        progress("publish")
        _sync_tree(staging)
        staging.chmod(0o755)
        _write_registry(assembly)
        path = settings.releases_path / release_id
        staging.rename(path)
        _switch(settings.releases_path, release_id)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Publication(path.resolve(), manifest, is_new=True)


def _quads(assembly: Assembly, vocabulary: Vocabulary) -> list[ox.Quad]:
    """Return all graphs but the dataset's description, which holds the release id."""
    iris, resolution = assembly.settings.iris, assembly.resolution
    graphs: dict[str, Iterable[ox.Triple]] = {
        "": assembly.published,
        iris.texts_graph: resolution.texts,
        iris.provenance_graph: resolution.provenance,
        iris.vocabulary_graph: (*vocabulary.triples, *query_triples(assembly.queries, iris)),
        **{iris.source_graph(source_id): triples for source_id, triples in resolution.sources.items()},
    }
    return [
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(name) if name else ox.DefaultGraph())
        for name, triples in graphs.items()
        for t in triples
    ]


def _content_sha256(quads: Iterable[ox.Quad]) -> str:
    digest = hashlib.sha256()
    for line in sorted(f"{quad} .\n" for quad in quads):
        digest.update(line.encode())
    return digest.hexdigest()


def _write_files(assembly: Assembly, about: frozenset[ox.Triple], quads: list[ox.Quad], staging: Path) -> None:
    """Write everything but the store. The dumps hold the published graph alone: no prose, no quotes."""
    settings = assembly.settings
    dumps_path = staging / "dumps"
    dumps_path.mkdir()
    facts = assembly.published | about
    write_n_triples(facts, dumps_path / f"{settings.id}.nt.gz")
    write_turtle(facts, dumps_path / f"{settings.id}.ttl.gz", settings.iris)
    write_n_quads([*quads, *(ox.Quad(t.subject, t.predicate, t.object) for t in about)], staging / "all.nq.gz")
    (staging / "report.json").write_text(to_json(assembly.report), encoding="utf-8")
    (staging / "report.ttl").write_text(to_turtle(assembly.report), encoding="utf-8")
    unread = [
        {"place": str(line.place), "text": line.text, "why": line.why, "understood": line.is_understood}
        for line in assembly.unread
    ]
    (staging / "unread.json").write_text(json.dumps(unread, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (staging / _QUERIES).write_text(queries_to_json(assembly.queries, settings.iris), encoding="utf-8")
    (staging / "retired.json").write_text(json.dumps(_retired(assembly), indent=1) + "\n", encoding="utf-8")


def _retired(assembly: Assembly) -> dict[str, str | None]:
    """Return the things that once had a key and are published no more, with the IRI of what they were merged into."""
    iris = assembly.settings.iris
    present = {t.subject.value for t in (*assembly.published, *assembly.resolution.texts) if isinstance(t.subject, ox.NamedNode)}
    retired: dict[str, str | None] = {}
    for row in assembly.registry:
        thing = iris.thing(kind := Kind.from_segment(row.kind), row.key)
        if thing not in present:
            merged = row.status.removeprefix("merged:") if row.status.startswith("merged:") else None
            retired[thing] = iris.thing(kind, merged) if merged else None
    return dict(sorted(retired.items()))


def _write_store(quads: list[ox.Quad], path: Path) -> None:
    store = ox.Store(str(path))
    store.bulk_extend(quads)
    store.optimize()
    store.flush()
    del store
    written = len(ox.Store.read_only(str(path)))
    if written != len(set(quads)):
        raise ReleaseError(f"the store holds {written} quads instead of {len(set(quads))}: it was not published")


def _describe(
    assembly: Assembly, quads: list[ox.Quad], about: frozenset[ox.Triple], release_id: str, now: datetime, staging: Path
) -> Manifest:
    settings = assembly.settings
    graphs: dict[str, int] = {}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.graph_name.value] = graphs.get(quad.graph_name.value, 0) + 1
    return Manifest(
        release_id=release_id,
        created=now.isoformat(timespec="seconds"),
        catalogue_id=settings.id,
        title=settings.title,
        publisher=settings.publisher,
        licence=settings.licence,
        description=settings.description,
        base_iri=settings.base_iri,
        languages=settings.languages,
        content_sha256=_content_sha256(quads),
        triples=len(assembly.published | about),
        graphs=graphs,
        things=count_things(assembly.published | about, settings),
        findings={severity.value: assembly.report.count(severity) for severity in Severity},
        versions=_versions(),
        inputs=assembly.inputs,
        files=_hash_tree(staging),
    )


def _hash_tree(root: Path) -> dict[str, FileEntry]:
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "LOCK")
    return {path.relative_to(root).as_posix(): hash_file(path) for path in files}


def _versions() -> dict[str, str]:
    """Return what made the release: the on-disk format of the store depends on pyoxigraph's version."""
    return {
        "filmgraph": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in ("pyoxigraph", "pyshacl", "rdflib")},
    }


def _next_id(releases_path: Path, now: datetime) -> str:
    day = now.date().isoformat()
    numbers = [int(path.name.rpartition(".")[2]) for path in releases_path.glob(f"{day}.*") if path.name[11:].isdigit()]
    return f"{day}.{max(numbers, default=0) + 1}"


def _write_registry(assembly: Assembly) -> None:
    """Keep the minted keys; written before the release is, so that a key is never minted twice."""
    path = assembly.settings.ids_path
    text = registry_csv(assembly.registry)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    temporary = path.with_suffix(".csv.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _switch(releases_path: Path, release_id: str) -> None:
    """Make a release the current one: the point of no return."""
    _sync(releases_path)
    temporary = releases_path / f".{_CURRENT}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release_id)
    temporary.replace(releases_path / _CURRENT)
    _sync(releases_path)


def _sync_tree(root: Path) -> None:
    """Sync files, then directories from the bottom up."""
    paths = sorted(root.rglob("*"), key=lambda path: len(path.parts), reverse=True)
    for path in [p for p in paths if p.is_file()] + [p for p in paths if p.is_dir()] + [root]:
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
