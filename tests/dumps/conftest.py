"""The demo's dumps, taken apart; and a small catalogue of lines to write dumps of without the pipeline."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.dumps import DumpContents, write_dumps
from filmgraph.dumps_lines import to_lines
from filmgraph.iris import IriScheme
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built

BASE = "https://films.example.org/"
IRIS = IriScheme(BASE)
FORMATS = {
    ".nt.gz": ox.RdfFormat.N_TRIPLES,
    ".ttl.gz": ox.RdfFormat.TURTLE,
    ".trig.gz": ox.RdfFormat.TRIG,
    ".jsonld.gz": ox.RdfFormat.JSON_LD,
}
Item = ox.Triple | ox.Quad
DumpWriter = Callable[..., Path]


def triple(subject: str, predicate: str, value: str | ox.Literal | ox.NamedNode) -> ox.Triple:
    """A triple; `subject` is `kind/key` or an IRI, a text starting with `film/` and the like as value stays a text."""
    iri = subject if ":" in subject else f"{BASE}id/{subject}"
    return ox.Triple(ox.NamedNode(iri), ox.NamedNode(predicate), ox.Literal(value) if isinstance(value, str) else value)


def thing(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/{name}")


def film(key: str, name: str) -> list[ox.Triple]:
    return [triple(f"film/{key}", RDF.type, ox.NamedNode(SCHEMA.Movie)), triple(f"film/{key}", SCHEMA.name, name)]


@pytest.fixture
def write(tmp_path: Path, loaded_vocabulary: Vocabulary) -> DumpWriter:
    """Write the dumps of some triples and quads, and return their folder."""

    def run(items: Iterable[Item], texts: Iterable[ox.Triple] = (), name: str = "release") -> Path:
        path = tmp_path / name
        path.mkdir()
        (path / "lines").write_bytes(b"".join(sorted(set(to_lines(_to_quad(each) for each in items)))))
        write_dumps(DumpContents(path / "lines", (), texts, loaded_vocabulary), "films", IRIS, path)
        return path / "dumps"

    return run


def _to_quad(item: Item) -> ox.Quad:
    return item if isinstance(item, ox.Quad) else ox.Quad(item.subject, item.predicate, item.object)


@pytest.fixture(scope="session")
def demo_dumps(demo_release: Built) -> Path:
    return demo_release.path / "dumps"


def read_quads(path: Path) -> set[ox.Quad]:
    """All quads of a packed dump."""
    suffix = "".join(path.suffixes[-2:])
    data = gzip.decompress(path.read_bytes())
    if suffix != ".ndjson.gz":
        return set(ox.parse(data, format=FORMATS[suffix]))
    return {quad for line in data.splitlines() for quad in ox.parse(line, format=ox.RdfFormat.JSON_LD)}


def read_triples(path: Path) -> set[ox.Triple]:
    """The triples of the published graph of a packed dump."""
    return {quad.triple for quad in read_quads(path) if quad.graph_name == ox.DefaultGraph()}
