"""The gate and the atomic publish: an assembly without violations becomes an immutable release directory.

Everything is written to a staging directory on the same filesystem, checked, hashed and synced, then renamed. Swapping the
symlink `current` is the one step that publishes; before it, nothing a reader sees has changed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import platform
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from filmgraph import __version__
from filmgraph.assembly import Assembly, Progress, collector_paused
from filmgraph.changes import write_changes
from filmgraph.dataset import count_things, dataset_iri, dataset_triples
from filmgraph.dataset_writing import write_descriptions
from filmgraph.dumps import DUMPS_FOLDER
from filmgraph.dumps_files import SUMS_NAME, read_sums
from filmgraph.dumps_parts import Parts
from filmgraph.dumps_reading import DumpedTriples, facts_path
from filmgraph.errors import ReleaseError
from filmgraph.findings import Severity
from filmgraph.incremental_release import revise
from filmgraph.incremental_store import Upon, check_store, link_file, write_store
from filmgraph.iris import IriScheme
from filmgraph.manifest import FILE_NAME, STORE_FOLDER, FileEntry, Manifest, hash_file, load_manifest
from filmgraph.queries import to_json as queries_to_json
from filmgraph.release_content import Graphs, find_present, gather_graphs, list_retired, sort_graphs, write_registry
from filmgraph.release_files import TRASH, discard_tree, hash_tree, make_staging, seal_tree, sync_tree
from filmgraph.release_folder import find_current, new_id, switch_current
from filmgraph.release_gates import RETIRED, check_iris, check_losses, check_report, check_space, iter_things, load_retired
from filmgraph.release_indexes import DumpedChunks, ExtractedChunks, writing_indexes
from filmgraph.release_journal import Act, Action, note_current
from filmgraph.release_recovery import NO_STAMPS, find_whole_previous, writing
from filmgraph.release_verify import ALL_QUADS, compare_store
from filmgraph.release_writing import Presence, WholeWriter, Writer
from filmgraph.validation import to_json, to_turtle
from filmgraph.vocabulary import Vocabulary

__all__ = ["Clock", "Publication", "find_current", "publish", "utc_now"]

Clock = Callable[[], datetime]
_QUERIES = "queries.json"
_REPORT, _REPORT_GRAPH = "report.json", "report.ttl"
_Texts = Mapping[str, str]
# What a manifest says of its catalogue that is not in the graph.
_DESCRIBED = ("title", "publisher", "licence", "description", "base_iri", "languages", "contact", "themes", "keywords")


@dataclass(frozen=True, slots=True)
class Publication:
    """What `publish` did: the release that is current now, and of which parts it is made where it is a new one."""

    path: Path
    manifest: Manifest
    parts: Parts | None

    @property
    def is_new(self) -> bool:
        """Whether the release was published just now."""
        return self.parts is not None


def utc_now() -> datetime:
    """Return the present time in UTC; tests give a clock of their own."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the publisher: what is published, when, how, and what it is held against.

    `current` is the release that readers see, `previous` the newest that was ever published: the two differ after a rollback.
    """

    assembly: Assembly
    vocabulary: Vocabulary
    now: datetime
    progress: Progress
    current: Path | None
    previous: Path | None
    force: bool
    accept_loss: bool
    why: str

    @property
    def upon(self) -> Upon | None:
        """What the store can be built upon: the release that the assembly was made from, if that is the newest still."""
        upon, before = self.assembly.upon, {each.name for each in (self.current, self.previous) if each is not None}
        if upon is None or self.current is None or before != {upon.release_path.name}:
            return None
        return upon if load_manifest(self.current).versions == _versions() else None

    def manifests(self) -> list[Manifest]:
        """Return the manifests of the releases before this one, the newest first."""
        return [load_manifest(each) for each in dict.fromkeys((self.previous, self.current)) if each is not None]


def publish(
    assembly: Assembly,
    vocabulary: Vocabulary,
    clock: Clock,
    progress: Progress,
    *,
    force: bool = False,
    accept_loss: bool = False,
    why: str = "",
    say: Progress | None = None,
) -> Publication:
    """Write the release and make it current; a catalogue that would give the same facts and report is left alone.

    `force` publishes also when nothing changed, `accept_loss` also when many things are gone; `why` goes into the journal. `say`
    is told what a crash left and how it was mended. ReleaseBlockedError when the report holds a violation or too much is gone,
    ReleaseBusyError when somebody else writes releases, ReleaseError when the disk refuses.
    """
    check_report(assembly.report)
    releases_path = assembly.settings.releases_path
    say = say or progress
    try:
        releases_path.mkdir(parents=True, exist_ok=True)
        now = clock()
        with writing(releases_path, now, say, assembly.upon.stamps if assembly.upon else NO_STAMPS) as current:
            previous = find_whole_previous(releases_path, current, say)
            return _publish(_Run(assembly, vocabulary, now, progress, current, previous, force, accept_loss, why))
    except OSError as error:
        raise ReleaseError(f"cannot write the release in {releases_path}: {error}. The old release is still current.") from error


@collector_paused()
def _publish(run: _Run) -> Publication:
    releases_path = run.assembly.settings.releases_path
    run.progress("sort")
    graphs = gather_graphs(run.assembly, run.vocabulary)
    counts = graphs.count()
    check_space(releases_path, sum(counts.values()), next(iter(run.manifests()), None))
    with make_staging(releases_path) as staging:
        writer, texts = _find_writer(run, graphs, counts, staging), _to_texts(run.assembly)
        same = None if run.force or run.current is None else _same_as_current(run.assembly, writer.sha256, texts, run.current)
        return same or _write_release(run, writer, texts, staging)


def _to_texts(assembly: Assembly) -> _Texts:
    """Return the files by which two releases can differ although their quads do not."""
    return {_REPORT: to_json(assembly.report), _QUERIES: queries_to_json(assembly.queries, assembly.settings.iris)}


def _find_writer(run: _Run, graphs: Graphs, counts: Mapping[str, int], staging: Path) -> Writer:
    """Return what writes the release: upon the one before, where that is known to be less work."""
    settings, texts, upon = run.assembly.settings, run.assembly.resolution.texts, run.upon
    if upon is not None and upon.parts:
        writer = revise(upon, Parts.from_bytes(upon.parts), settings, run.vocabulary, texts, counts)
        if writer is not None:
            return writer
    return WholeWriter(sort_graphs(graphs, counts, staging), settings, run.vocabulary, texts)


def _same_as_current(assembly: Assembly, content_sha256: str, texts: _Texts, current: Path) -> Publication | None:
    manifest = load_manifest(current)
    is_same = (
        manifest.content_sha256 == content_sha256
        and manifest.versions == _versions()
        and all(_has_file(manifest, name, text) for name, text in texts.items())
        and all(getattr(manifest, name) == getattr(assembly.settings, name) for name in _DESCRIBED)
    )
    if is_same:
        write_registry(assembly)
        return Publication(current, manifest, None)
    return None


def _has_file(manifest: Manifest, name: str, text: str) -> bool:
    entry = manifest.files.get(name)
    return entry is not None and entry.sha256 == hashlib.sha256(text.encode()).hexdigest()


def _write_release(run: _Run, writer: Writer, texts: _Texts, staging: Path) -> Publication:
    assembly, vocabulary, progress, now = run.assembly, run.vocabulary, run.progress, run.now
    settings, previous = assembly.settings, run.previous
    release_id = new_id(settings.releases_path, now)
    issued = now.date().isoformat()
    statistics = writer.count()
    about = dataset_triples(settings, statistics, issued, release_id)
    upon, extracts = run.upon, writer.extracts()
    with ExitStack() as indexes:
        if extracts is not None:
            chunks = ExtractedChunks(extracts)
            indexing = indexes.enter_context(writing_indexes(chunks, settings.iris, staging, statistics.triples))
        progress("compare with the release before")
        retired = _retire(run, count_things(statistics), writer.find_things())
        progress("write dumps")
        writer.write_quads(about, staging / ALL_QUADS)
        writer.write_dumps(about, staging)
        _write_files(assembly, texts, retired, upon, staging)
        progress("write search index")
        if extracts is None:
            published = DumpedChunks(DumpedTriples(facts_path(staging, settings.id), dataset_iri(settings)), writer.starts)
            indexing = indexes.enter_context(writing_indexes(published, settings.iris, staging, statistics.triples))
        write_descriptions(settings, vocabulary, statistics, about, release_id, issued, staging, previous)
        write_changes(settings, release_id, now, staging, previous, writer.sides())
        progress("write store")
        writer.remove()
        more = _write_store(staging) if upon is None else write_store(upon, about, staging / STORE_FOLDER)
    files = _hash_files(staging, upon)
    manifest = _describe(assembly, writer, len(about), count_things(statistics), release_id, now, files)
    progress("check store")
    _check_store(staging, manifest, upon, about, more)
    (staging / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    progress("publish")
    seal_tree(staging)
    sync_tree(staging)
    write_registry(assembly)
    path = _make_public(staging, manifest, Act(now, why=run.why), run.current)
    return Publication(path, manifest, writer.parts(indexing.extracts))


def _retire(run: _Run, counts: Mapping[str, int], presence: Presence | None) -> dict[str, str | None]:
    """Return the tombstones of the release, once neither things nor addresses are lost against those before it."""
    settings, old = run.assembly.settings, {each.release_id: each for each in run.manifests()}
    if presence is None:
        present = find_present(run.assembly)
        things = {name: frozenset(iter_things(settings.releases_path / name, IriScheme(old[name].base_iri))) for name in old}
    else:
        present, things = presence.now, dict.fromkeys(old, presence.before)
    retired_before = load_retired(run.previous) if run.previous else {}
    retired = list_retired(run.assembly, present, retired_before, set().union(*things.values()))
    if not run.accept_loss:
        for name, manifest in old.items():
            check_losses(manifest, counts, settings.release)
            check_iris(manifest, things[name], present, retired)
    return retired


def _write_files(assembly: Assembly, texts: _Texts, retired: dict[str, str | None], upon: Upon | None, staging: Path) -> None:
    """Write the report, what was not understood, the saved queries and the tombstones."""
    (staging / _REPORT).write_text(texts[_REPORT], encoding="utf-8")
    if upon is not None and _has_file(load_manifest(upon.release_path), _REPORT, texts[_REPORT]):
        link_file(upon.release_path / _REPORT_GRAPH, staging / _REPORT_GRAPH)
    else:
        (staging / _REPORT_GRAPH).write_text(to_turtle(assembly.report), encoding="utf-8")
    unread = [
        {"place": str(line.place), "text": line.text, "why": line.why, "understood": line.is_understood}
        for line in assembly.unread
    ]
    (staging / "unread.json").write_text(json.dumps(unread, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (staging / _QUERIES).write_text(texts[_QUERIES], encoding="utf-8")
    (staging / RETIRED).write_text(json.dumps(retired, indent=1) + "\n", encoding="utf-8")


def _write_store(staging: Path) -> int:
    """Build the store from the canonical quads of the release, as anybody could again; it holds no more than these (0)."""
    path = staging / STORE_FOLDER
    store = ox.Store(str(path))
    try:
        with gzip.open(staging / ALL_QUADS) as quads:
            store.bulk_load(cast("IO[bytes]", quads), format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise ReleaseError(f"the quads of the release cannot be read again: {error}. Correct the value in the source") from error
    store.optimize()
    store.flush()
    # The last reference closes it.
    del store
    for name in ("LOCK", "LOG"):
        # Of use to writers only; the log names folders of this machine.
        (path / name).unlink(missing_ok=True)
    return 0


def _hash_files(staging: Path, upon: Upon | None) -> dict[str, FileEntry]:
    """Return the digests of all files; those that are the same as in the release before were held against theirs already."""
    sums = {f"{DUMPS_FOLDER}/{name}": digest for name, digest in read_sums(staging / DUMPS_FOLDER / SUMS_NAME).items()}
    if upon is None:
        return hash_tree(staging, digests=sums)
    return hash_tree(staging, upon.release_path, load_manifest(upon.release_path).files, sums)


def _check_store(staging: Path, manifest: Manifest, upon: Upon | None, about: frozenset[ox.Triple], more: int) -> None:
    if upon is None:
        problem = next(iter(compare_store(staging, manifest)), "")
    else:
        total = manifest.triples + sum(manifest.graphs.values())
        problem = check_store(upon, about, staging / STORE_FOLDER, more, total)
    if problem:
        raise ReleaseError(f"{problem}: the release was not published. Check the disk and build again, everything: build --full")


def _make_public(staging: Path, manifest: Manifest, act: Act, current: Path | None) -> Path:
    """Give the release its name and make it current; what went wrong before the link was swapped leaves no trace of it."""
    path = staging.with_name(manifest.release_id)
    digest = hash_file(staging / FILE_NAME).sha256
    staging.rename(path)
    try:
        switch_current(path.parent, path.name)
    except OSError:
        _withdraw(path)
        raise
    entry = act.entry(Action.PUBLISH, path.name, current.name if current else None, manifest=digest)
    note_current(path.parent, entry)
    return path.resolve()


def _withdraw(path: Path) -> None:
    """Take back a release that nobody has seen, unless the link names it after all."""
    current = find_current(path.parent)
    if current is None or current.name != path.name:
        trash = path.with_name(f"{TRASH}{path.name}")
        path.rename(trash)
        discard_tree(trash)


def _describe(
    assembly: Assembly,
    writer: Writer,
    own: int,
    things: dict[str, int],
    release_id: str,
    now: datetime,
    files: dict[str, FileEntry],
) -> Manifest:
    """Return the manifest; `own` are the triples that describe the dataset."""
    settings = assembly.settings
    graphs = {name: count for name, count in writer.counts.items() if name and count}
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
        content_sha256=writer.sha256,
        triples=writer.counts.get("", 0) + own,
        graphs=graphs,
        things=things,
        findings={severity.value: assembly.report.count(severity) for severity in Severity},
        versions=_versions(),
        inputs=assembly.inputs,
        files=files,
        contact=settings.contact,
        themes=settings.themes,
        keywords=settings.keywords,
    )


def _versions() -> dict[str, str]:
    """Return what made the release: the on-disk format of the store depends on pyoxigraph's version."""
    return {
        "filmgraph": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("pyarrow", "pyoxigraph", "pyshacl", "rdflib")},
    }
