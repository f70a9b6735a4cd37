"""The store inside a release, opened read-only."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from filmgraph.errors import NoReleaseError, ReleaseError
from filmgraph.manifest import FILE_NAME, STORE_FOLDER
from filmgraph.namespaces import FG, RDF, SCHEMA, XSD
from filmgraph.stores.base import Store
from filmgraph.stores.embedded import EmbeddedStore
from tests.handmade import make_manifest

BASE = "https://filmgraph.example/"
TEXTS = BASE + "graph/texts"
FILM, PERSON = NamedNode(BASE + "id/film/here-2023"), NamedNode(BASE + "id/person/bas-devos")
TEXT = NamedNode(BASE + "id/text/here-2023-introduction")
NAME = NamedNode(SCHEMA.name)
FACTS = [
    Quad(FILM, NamedNode(RDF.type), NamedNode(SCHEMA.Movie)),
    Quad(FILM, NAME, Literal("Here")),
    Quad(FILM, NamedNode(SCHEMA.alternateName), Literal("Ici", language="fr")),
    Quad(FILM, NamedNode(SCHEMA.dateCreated), Literal("2023", datatype=NamedNode(XSD.gYear))),
    Quad(FILM, NamedNode(FG.runtimeMinutes), Literal(82)),
    Quad(FILM, NamedNode(SCHEMA.director), PERSON),
    Quad(PERSON, NamedNode(RDF.type), NamedNode(SCHEMA.Person)),
    Quad(PERSON, NAME, Literal("Bas Devos")),
]
PROSE = [
    Quad(TEXT, NAME, Literal("Introduction to Here"), NamedNode(TEXTS)),
    Quad(TEXT, NamedNode(SCHEMA.about), FILM, NamedNode(TEXTS)),
]


def make_release(path: Path, quads: list[Quad]) -> Path:
    path.mkdir(parents=True)
    store = pyoxigraph.Store(str(path / STORE_FOLDER))
    store.bulk_extend(quads)
    store.flush()
    manifest = make_manifest(path.name, BASE, "Hand", len(FACTS), {TEXTS: len(PROSE)})
    (path / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("releases") / "2026-11-22.1", [*FACTS, *PROSE])


@pytest.fixture(scope="module")
def store(release: Path) -> EmbeddedStore:
    return EmbeddedStore.open(release)


def test_it_is_a_store_of_the_pages(store: EmbeddedStore) -> None:
    asked: Store = store
    assert asked.manifest.release_id == "2026-11-22.1"
    assert asked.is_open()


def test_the_published_graph_is_asked_unless_another_is_named(store: EmbeddedStore) -> None:
    assert set(store.quads()) == set(FACTS)
    assert {quad.graph_name for quad in store.quads()} == {DefaultGraph()}


def test_a_graph_is_asked_by_its_name(store: EmbeddedStore) -> None:
    assert set(store.quads(graph=TEXTS)) == set(PROSE)
    assert list(store.quads(graph=BASE + "graph/none")) == []


def test_none_asks_all_graphs(store: EmbeddedStore) -> None:
    assert set(store.quads(graph=None)) == {*FACTS, *PROSE}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ((FILM, None, None), 6),
        ((None, NAME, None), 2),
        ((None, None, PERSON), 1),
        ((FILM, NAME, Literal("Here")), 1),
        ((FILM, None, Literal("Ici", language="fr")), 1),
        ((FILM, None, Literal("Ici")), 0),
        ((FILM, None, Literal("Ici", language="nl")), 0),
        ((None, None, Literal("82", datatype=NamedNode(XSD.integer))), 1),
        ((None, None, Literal("82")), 0),
        ((None, None, Literal("2023", datatype=NamedNode(XSD.gYear))), 1),
        ((None, None, BlankNode("x")), 0),
        ((PERSON, NamedNode(SCHEMA.director), None), 0),
    ],
)
def test_a_pattern_finds_what_matches_to_the_letter(
    store: EmbeddedStore, pattern: tuple[NamedNode | None, NamedNode | None, NamedNode | Literal | BlankNode | None], found: int
) -> None:
    assert len(list(store.quads(*pattern))) == found


def test_the_release_is_the_one_that_the_link_named_at_the_start(release: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(release)
    store = EmbeddedStore.open(link)
    other = make_release(tmp_path / "2026-11-22.2", FACTS[:1])
    link.unlink()
    link.symlink_to(other)
    assert store.release_path == release
    assert len(list(store.quads())) == len(FACTS)
    assert EmbeddedStore.open(link).release_path == other


def test_two_open_it_at_once_and_leave_no_trace(release: Path) -> None:
    before = _digest(release)
    first, second = EmbeddedStore.open(release), EmbeddedStore.open(release)
    assert set(first.quads()) == set(second.quads())
    del first, second
    assert _digest(release) == before


def test_nothing_can_be_written(store: EmbeddedStore) -> None:
    with pytest.raises(RuntimeError):
        store._engine.add(FACTS[0])


def test_an_empty_store_is_not_open(tmp_path: Path) -> None:
    assert not EmbeddedStore.open(make_release(tmp_path / "2026-11-22.3", [])).is_open()


def test_no_release_is_told_from_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError, match=r"there is no release at .*/current: build one with 'filmgraph build'"):
        EmbeddedStore.open(tmp_path / "current")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(NoReleaseError):
        EmbeddedStore.open(loop)


@pytest.mark.parametrize(
    "damage", ["no manifest", "broken manifest", "no store", "empty store folder", "store is a file", "broken store"]
)
def test_a_broken_release_says_what_to_do(tmp_path: Path, damage: str) -> None:
    path = make_release(tmp_path / "2026-11-22.1", FACTS)
    _break(path, damage)
    with pytest.raises(ReleaseError, match=r"build|cannot read") as caught:
        EmbeddedStore.open(path)
    assert not isinstance(caught.value, NoReleaseError)


def _break(path: Path, damage: str) -> None:
    manifest, folder = path / FILE_NAME, path / STORE_FOLDER
    match damage:
        case "no manifest":
            manifest.unlink()
        case "broken manifest":
            manifest.write_text(manifest.read_text(encoding="utf-8")[:-20], encoding="utf-8")
        case "no store":
            folder.rename(path / "elsewhere")
        case "empty store folder":
            folder.rename(path / "elsewhere")
            folder.mkdir()
        case "store is a file":
            folder.rename(path / "elsewhere")
            folder.write_bytes(b"")
        case "broken store":
            (folder / "CURRENT").write_bytes(b"MANIFEST-999999\n")


def _digest(path: Path) -> str:
    files = sorted(each for each in path.rglob("*") if each.is_file())
    return hashlib.sha256(b"".join(bytes(str(each), "utf-8") + each.read_bytes() for each in files)).hexdigest()
