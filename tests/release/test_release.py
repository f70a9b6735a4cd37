from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.dumps_files import open_gzip
from filmgraph.errors import ReleaseBlockedError, ReleaseError
from filmgraph.findings import Finding, Report, Severity
from filmgraph.manifest import Manifest, load_manifest
from filmgraph.namespaces import RDF
from filmgraph.release import _write_store, find_current, publish
from filmgraph.vocabulary import Vocabulary
from tests.conftest import NOW, Assembler, Builder, Built


def quiet(stage: str) -> None:
    pass


def digests(release: Path) -> dict[str, str]:
    """Digests of everything but the store, whose files RocksDB names and orders as it likes."""
    files = [path for path in release.rglob("*") if path.is_file() and "store" not in path.relative_to(release).parts]
    return {path.relative_to(release).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, build_catalogue: Builder) -> None:
    from tests.conftest import copy_demo

    first, second = (build_catalogue(copy_demo(tmp_path / name)) for name in ("a", "b"))
    before, after = digests(first.path), digests(second.path)
    # The manifest lists the store's files too.
    assert {name: digest for name, digest in before.items() if name != "manifest.json"} == {
        name: digest for name, digest in after.items() if name != "manifest.json"
    }
    assert first.publication.manifest.content_sha256 == second.publication.manifest.content_sha256


def test_the_manifest_holds_the_digest_of_every_file(demo_release: Built) -> None:
    manifest = demo_release.publication.manifest
    present = {p.relative_to(demo_release.path).as_posix() for p in demo_release.path.rglob("*") if p.is_file()}
    assert present - set(manifest.files) == {"manifest.json"}
    for name, entry in manifest.files.items():
        data = (demo_release.path / name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry.sha256, entry.size), name


def test_the_manifest_on_disk_is_the_one_returned(demo_release: Built) -> None:
    assert load_manifest(demo_release.path) == demo_release.publication.manifest
    assert Manifest.from_json(demo_release.publication.manifest.to_json()) == demo_release.publication.manifest


def test_the_inputs_are_all_files_that_the_build_read(demo_release: Built) -> None:
    inputs = demo_release.publication.manifest.inputs
    tables = {
        p.relative_to(demo_release.settings.catalogue_path).as_posix()
        for p in (demo_release.settings.catalogue_path / "tables").iterdir()
    }
    assert tables <= set(inputs)
    assert {"filmgraph.toml", "pages/here.txt"} <= set(inputs)


def test_the_n_triples_dump_is_sorted_and_is_the_default_graph(demo_release: Built) -> None:
    dump = gzip.decompress((demo_release.path / "dumps" / "filmgraph-demo.nt.gz").read_bytes())
    lines = dump.decode().splitlines()
    assert lines == sorted(set(lines))
    store = ox.Store.read_only(str(demo_release.path / "store"))
    assert set(lines) == {f"{q.triple} ." for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert len(lines) == demo_release.publication.manifest.triples


def test_the_turtle_dump_says_the_same(demo_release: Built) -> None:
    dumps = demo_release.path / "dumps"
    turtle = gzip.decompress((dumps / "filmgraph-demo.ttl.gz").read_bytes())
    triples = gzip.decompress((dumps / "filmgraph-demo.nt.gz").read_bytes())
    assert set(ox.parse(turtle, format=ox.RdfFormat.TURTLE)) == set(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))


def test_the_store_can_be_built_again_from_the_quads(demo_release: Built) -> None:
    quads = set(ox.parse(gzip.decompress((demo_release.path / "all.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS))
    assert quads == set(ox.Store.read_only(str(demo_release.path / "store")))


def test_gzip_files_carry_no_time_stamp(demo_release: Built) -> None:
    for path in demo_release.path.rglob("*.gz"):
        assert path.read_bytes()[4:8] == b"\0\0\0\0", path


def test_no_prose_is_in_the_dumps_of_facts(demo_release: Built) -> None:
    texts = [
        t.object.value
        for t in demo_release.assembly.resolution.texts
        if isinstance(t.object, ox.Literal) and len(t.object.value) > 60
    ]
    assert texts, "the demo page has prose"
    for name in ("filmgraph-demo.nt.gz", "filmgraph-demo.ttl.gz"):
        dump = gzip.decompress((demo_release.path / "dumps" / name).read_bytes()).decode()
        assert not [text for text in texts if text[:50] in dump]


def test_published_data_have_no_blank_node_and_no_dangling_reference(demo_release: Built) -> None:
    triples = demo_release.assembly.published
    assert not [t for t in triples if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]
    typed = {t.subject for t in triples if t.predicate.value == RDF.type}
    ours = demo_release.settings.iris
    missing = {
        t.object.value
        for t in triples
        if isinstance(t.object, ox.NamedNode) and ours.parse(t.object.value) and t.object not in typed
    }
    assert not missing


def test_nothing_new_makes_no_new_release(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    first, second = build_catalogue(tiny_catalogue), build_catalogue(tiny_catalogue)
    assert (first.publication.is_new, second.publication.is_new) == (True, False)
    assert second.path == first.path


def test_a_new_description_of_the_catalogue_is_a_new_release(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    build_catalogue(tiny_catalogue)
    path = tiny_catalogue / "filmgraph.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Films with their", "All films with their"), encoding="utf-8")
    assert build_catalogue(tiny_catalogue).publication.is_new


def test_an_edit_makes_the_next_release_of_the_day(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    first = build_catalogue(tiny_catalogue)
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",82,", ",83,"), encoding="utf-8")
    second = build_catalogue(tiny_catalogue)
    assert [each.publication.manifest.release_id for each in (first, second)] == ["2026-11-22.1", "2026-11-22.2"]
    assert find_current(second.settings.releases_path) == second.path
    assert first.path.is_dir()


def test_force_releases_the_same_again(
    assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary, tiny_catalogue: Path
) -> None:
    ids = []
    for day in (0, 1):
        assembly = assemble_catalogue(tiny_catalogue)
        publication = publish(assembly, loaded_vocabulary, lambda day=day: NOW + timedelta(days=day), quiet, force=True)  # type: ignore[misc]
        ids.append(publication.manifest.release_id)
    assert ids == ["2026-11-22.1", "2026-11-23.1"]


def test_a_violation_blocks_and_the_old_release_stays(
    build_catalogue: Builder, assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary, tiny_catalogue: Path
) -> None:
    first = build_catalogue(tiny_catalogue)
    assembly = assemble_catalogue(tiny_catalogue)
    bad = Finding("made-up", Severity.VIOLATION, "This is wrong.")
    blocked = type(assembly)(
        **{**{f: getattr(assembly, f) for f in assembly.__slots__}, "report": assembly.report + Report.of([bad])}
    )
    with pytest.raises(ReleaseBlockedError, match="1 violation"):
        publish(blocked, loaded_vocabulary, lambda: NOW, quiet)
    assert find_current(first.settings.releases_path) == first.path


def test_keys_are_minted_once(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    build_catalogue(tiny_catalogue)
    ids = (tiny_catalogue / "ids.csv").read_text(encoding="utf-8")
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Ada Example", "Cy Example"), encoding="utf-8")
    build_catalogue(tiny_catalogue)
    after = (tiny_catalogue / "ids.csv").read_text(encoding="utf-8")
    assert set(ids.splitlines()) < set(after.splitlines())


def test_a_thing_that_is_gone_is_listed_as_retired(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    build_catalogue(tiny_catalogue)
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    built = build_catalogue(tiny_catalogue)
    retired = json.loads((built.path / "retired.json").read_text(encoding="utf-8"))
    assert retired["https://films.example.org/id/film/an-example-2026"] is None


def test_a_merged_thing_leads_to_its_survivor(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    build_catalogue(tiny_catalogue)
    path = tiny_catalogue / "ids.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    merged = [[*row[:4], "merged:bo-example"] if row[:2] == ["person", "ada-example"] else row for row in rows]
    path.write_text("".join(",".join(row) + "\n" for row in merged), encoding="utf-8")
    built = build_catalogue(tiny_catalogue)
    retired = json.loads((built.path / "retired.json").read_text(encoding="utf-8"))
    base = "https://films.example.org/id/person/"
    assert retired[base + "ada-example"] == base + "bo-example"


def test_a_second_build_at_once_is_refused(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    import fcntl

    first = build_catalogue(tiny_catalogue)
    with (first.settings.releases_path / "publish.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another build"):
            build_catalogue(tiny_catalogue)


def test_what_a_killed_build_left_is_swept(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    first = build_catalogue(tiny_catalogue)
    leftover = first.settings.releases_path / ".staging-dead"
    (leftover / "store").mkdir(parents=True)
    build_catalogue(tiny_catalogue)
    assert not leftover.exists()


@pytest.mark.parametrize("step", ["_write_store", "sync_tree", "write_registry", "switch_current", "compare_store"])
def test_a_failure_at_any_step_leaves_the_old_release_current(
    build_catalogue: Builder, tiny_catalogue: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = build_catalogue(tiny_catalogue)
    table = tiny_catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",82,", ",83,"), encoding="utf-8")

    def fail(*args: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(f"filmgraph.release.{step}", fail)
        with pytest.raises(ReleaseError, match="still current"):
            build_catalogue(tiny_catalogue)
    assert find_current(first.settings.releases_path) == first.path
    assert not list(first.settings.releases_path.glob(".staging-*"))
    assert build_catalogue(tiny_catalogue).publication.is_new


def test_quads_that_cannot_be_read_again_are_not_published(tmp_path: Path) -> None:
    with open_gzip(tmp_path / "all.nq.gz") as file:
        file.write(b'<relative> <http://schema.org/name> "x" .\n')
    with pytest.raises(ReleaseError, match="cannot be read again"):
        _write_store(tmp_path)


def test_a_damaged_manifest_is_named_as_such(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    built = build_catalogue(tiny_catalogue)
    (built.path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReleaseError, match="damaged"):
        load_manifest(built.path)
    with pytest.raises(ReleaseError, match="no release"):
        load_manifest(tiny_catalogue)
