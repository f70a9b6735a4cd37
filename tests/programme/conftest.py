"""A small programme made by hand: two editions over the end of summer time, with all that can happen to a screening."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from filmgraph.iris import IriScheme, Kind
from filmgraph.programme import Screening, ScreeningReader
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from tests.handmade import make_manifest

BASE = "https://films.example/"
FOLDER = Path(__file__).parent
_SPEC = spec_from_file_location("small_release", FOLDER.parent / "http" / "conftest.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_LENT: Any = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_LENT)


@pytest.fixture(scope="session")
def iris() -> IriScheme:
    return IriScheme(BASE)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def store() -> Store:
    quads = [Quad(*each.triple) for each in parse(path=str(FOLDER / "programme.ttl"), format=RdfFormat.TURTLE)]
    made: Store = _LENT.MemoryStore(make_manifest("2026-10-01.1", BASE, "Films", len(quads), {}), quads)
    return made


@pytest.fixture
def reader(store: Store, iris: IriScheme) -> ScreeningReader:
    return ScreeningReader(store, iris)


@pytest.fixture
def autumn(reader: ScreeningReader) -> tuple[Screening, ...]:
    return reader.screenings_of(Kind.FESTIVAL, "autumn-2026")
