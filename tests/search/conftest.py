"""A small catalogue with the names that searches stumble over, and its index."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from filmgraph.iris import IriScheme
from filmgraph.search import SearchIndex
from filmgraph.search_index import write_search_index
from filmgraph.search_model import SEARCH_FILE

FOLDER = Path(__file__).parent
BASE = "https://films.example/"


def read_triples() -> list[Triple]:
    return [quad.triple for quad in parse((FOLDER / "names.ttl").read_bytes(), format=RdfFormat.TURTLE)]


@pytest.fixture(scope="session")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search")
    write_search_index(read_triples(), IriScheme(BASE), path)
    return path / SEARCH_FILE


@pytest.fixture(scope="session")
def index(index_path: Path) -> SearchIndex:
    return SearchIndex(index_path)
