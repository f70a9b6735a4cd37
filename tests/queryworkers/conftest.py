"""A release made by hand: a few facts as docs/data-model.md shows them, and enough numbers to make a query hard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from filmgraph.manifest import FILE_NAME, STORE_FOLDER
from filmgraph.queryworkers import MEMORY_FLOOR, WorkerPool
from filmgraph.settings import EndpointSettings
from tests.handmade import make_manifest

BASE = "https://filmgraph.example/"
TEXTS = BASE + "graph/texts"
NUMBER = NamedNode(BASE + "ns#number")
NUMBERS = 2_000


def _quads() -> Iterator[Quad]:
    film, text = NamedNode(BASE + "id/film/here-2023"), NamedNode(BASE + "id/text/here-2023-introduction")
    name = NamedNode("http://schema.org/name")
    yield Quad(film, name, Literal("Here"))
    yield Quad(text, name, Literal("Introduction to Here"), NamedNode(TEXTS))
    for n in range(NUMBERS):
        yield Quad(NamedNode(f"{BASE}id/number/{n}"), NUMBER, Literal(n))


@pytest.fixture(scope="session")
def numbers_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("releases") / "2026-11-22.1"
    path.mkdir()
    store = pyoxigraph.Store(str(path / STORE_FOLDER))
    store.bulk_extend(_quads())
    store.flush()
    manifest = make_manifest(path.name, BASE, "Numbers", NUMBERS + 1, {TEXTS: 1})
    (path / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def limits() -> EndpointSettings:
    return EndpointSettings(deadline_seconds=20.0, result_bytes=200_000, memory_bytes=MEMORY_FLOOR, workers=2)


@pytest.fixture
def pool(numbers_release: Path, limits: EndpointSettings) -> Iterator[WorkerPool]:
    with WorkerPool(numbers_release, limits) as made:
        yield made
