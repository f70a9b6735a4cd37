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
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from filmgraph import __version__
from filmgraph.assembly import Assembly, Progress
from filmgraph.changes import write_changes
from filmgraph.dataset import count_lines, count_things, dataset_triples
from filmgraph.dataset_writing import write_descriptions
from filmgraph.dumps import DumpContents, write_dumps
from filmgraph.errors import ReleaseError
from filmgraph.findings import Severity
from filmgraph.incremental_store import Upon, check_store, write_store
from filmgraph.iris import IriScheme
from filmgraph.manifest import FILE_NAME, STORE_FOLDER, Manifest, hash_file, load_manifest
from filmgraph.queries import to_json as queries_to_json
from filmgraph.release_content import (
    Content,
    find_present,
    gather_graphs,
    list_retired,
    sort_graphs,
    write_all_quads,
    write_registry,
)
from filmgraph.release_files import TRASH, discard_tree, hash_tree, make_staging, seal_tree, sync_tree
from filmgraph.release_folder import find_current, new_id, switch_current
from filmgraph.release_gates import RETIRED, check_iris, check_losses, check_report, check_space, iter_things, load_retired
from filmgraph.release_journal import Act, Action, note_current
from filmgraph.release_recovery import find_whole_previous, writing
from filmgraph.release_verify import ALL_QUADS, compare_store
from filmgraph.search_index import write_search_index
from filmgraph.validation import to_json, to_turtle
from filmgraph.vocabulary import Vocabulary

__all__ = ["Clock", "Publication", "find_current", "publish", "utc_now"]

Clock = Callable[[], datetime]
_QUERIES = "queries.json"
# What a manifest says of its catalogue that is not in the graph.
_DESCRIBED = ("title", "publisher", "licence", "description", "base_iri", "languages", "contact", "themes", "keywords")


@dataclass(frozen=True, slots=True)
class Publication:
    """What `publish` did: the release that is current now, and whether it is a new one."""

    path: Path
    manifest: Manifest
    is_new: bool


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
        with writing(releases_path, now, say) as current:
            previous = find_whole_previous(releases_path, current, say)
            return _publish(_Run(assembly, vocabulary, now, progress, current, previous, force, accept_loss, why))
    except OSError as error:
        raise ReleaseError(f"cannot write the release in {releases_path}: {error}. The old release is still current.") from error


def _publish(run: _Run) -> Publication:
    releases_path = run.assembly.settings.releases_path
    run.progress("sort")
    graphs = gather_graphs(run.assembly, run.vocabulary)
    counts = graphs.count()
    check_space(releases_path, sum(counts.values()), next(iter(run.manifests()), None))
    with make_staging(releases_path) as staging:
        content = sort_graphs(graphs, counts, staging)
        same = None if run.force or run.current is None else _same_as_current(run.assembly, content.sha256, run.current)
        return same or _write_release(run, content, staging)


def _same_as_current(assembly: Assembly, content_sha256: str, current: Path) -> Publication | None:
    manifest = load_manifest(current)
    texts = {"report.json": to_json(assembly.report), _QUERIES: queries_to_json(assembly.queries, assembly.settings.iris)}
    is_same = (
        manifest.content_sha256 == content_sha256
        and manifest.versions == _versions()
        and all(_has_file(manifest, name, text) for name, text in texts.items())
        and all(getattr(manifest, name) == getattr(assembly.settings, name) for name in _DESCRIBED)
    )
    if is_same:
        write_registry(assembly)
        return Publication(current, manifest, is_new=False)
    return None


def _has_file(manifest: Manifest, name: str, text: str) -> bool:
    entry = manifest.files.get(name)
    return entry is not None and entry.sha256 == hashlib.sha256(text.encode()).hexdigest()


def _write_release(run: _Run, content: Content, staging: Path) -> Publication:
    assembly, vocabulary, progress, now = run.assembly, run.vocabulary, run.progress, run.now
    settings, previous = assembly.settings, run.previous
    release_id = new_id(settings.releases_path, now)
    issued = now.date().isoformat()
    with content.facts_path.open("rb") as lines:
        statistics = count_lines(lines, settings, staging)
    about = dataset_triples(settings, statistics, issued, release_id)
    progress("compare with the release before")
    retired = _retire(run, count_things(statistics))
    progress("write dumps")
    total = write_all_quads(content, about, staging / ALL_QUADS)
    facts = DumpContents(content.facts_path, about, assembly.resolution.texts, vocabulary)
    write_dumps(facts, settings.id, settings.iris, staging)
    _write_files(assembly, retired, staging)
    progress("write search index")
    write_search_index(assembly.published, settings.iris, staging)
    write_descriptions(settings, vocabulary, statistics, about, release_id, issued, staging, previous)
    write_changes(settings, release_id, now, staging, previous)
    progress("write store")
    content.remove()
    upon = run.upon
    if upon is None:
        _write_store(staging / ALL_QUADS, staging / STORE_FOLDER)
    else:
        write_store(upon, about, staging / STORE_FOLDER)
    manifest = _describe(assembly, content, total, count_things(statistics), release_id, now, staging)
    progress("check store")
    _check_store(staging, manifest, upon, about)
    (staging / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    progress("publish")
    seal_tree(staging)
    sync_tree(staging)
    write_registry(assembly)
    path = _make_public(staging, manifest, Act(now, why=run.why), run.current)
    return Publication(path, manifest, is_new=True)


def _retire(run: _Run, counts: Mapping[str, int]) -> dict[str, str | None]:
    """Return the tombstones of the release, once neither things nor addresses are lost against those before it."""
    settings, present = run.assembly.settings, find_present(run.assembly)
    old = {each.release_id: each for each in run.manifests()}
    things = {name: set(iter_things(settings.releases_path / name, IriScheme(old[name].base_iri))) for name in old}
    retired_before = load_retired(run.previous) if run.previous else {}
    retired = list_retired(run.assembly, present, retired_before, set().union(*things.values()))
    if not run.accept_loss:
        for name, manifest in old.items():
            check_losses(manifest, counts, settings.release)
            check_iris(manifest, things[name], present, retired)
    return retired


def _write_files(assembly: Assembly, retired: dict[str, str | None], staging: Path) -> None:
    """Write the report, what was not understood, the saved queries and the tombstones."""
    settings = assembly.settings
    (staging / "report.json").write_text(to_json(assembly.report), encoding="utf-8")
    (staging / "report.ttl").write_text(to_turtle(assembly.report), encoding="utf-8")
    unread = [
        {"place": str(line.place), "text": line.text, "why": line.why, "understood": line.is_understood}
        for line in assembly.unread
    ]
    (staging / "unread.json").write_text(json.dumps(unread, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (staging / _QUERIES).write_text(queries_to_json(assembly.queries, settings.iris), encoding="utf-8")
    (staging / RETIRED).write_text(json.dumps(retired, indent=1) + "\n", encoding="utf-8")


def _write_store(quads_path: Path, path: Path) -> None:
    """Build the store from the canonical quads of the release, as anybody could again."""
    store = ox.Store(str(path))
    try:
        with gzip.open(quads_path) as quads:
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


def _check_store(staging: Path, manifest: Manifest, upon: Upon | None, about: frozenset[ox.Triple]) -> None:
    if upon is None:
        problem = next(iter(compare_store(staging, manifest)), "")
    else:
        total = manifest.triples + sum(manifest.graphs.values())
        problem = check_store(upon, about, staging / STORE_FOLDER, total)
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
    content: Content,
    total: int,
    things: dict[str, int],
    release_id: str,
    now: datetime,
    staging: Path,
) -> Manifest:
    settings = assembly.settings
    graphs = {name: count for name, count in content.counts.items() if name and count}
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
        content_sha256=content.sha256,
        triples=total - sum(graphs.values()),
        graphs=graphs,
        things=things,
        findings={severity.value: assembly.report.count(severity) for severity in Severity},
        versions=_versions(),
        inputs=assembly.inputs,
        files=hash_tree(staging),
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
