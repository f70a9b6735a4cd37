"""What the release says about itself is what SPARQL counts in it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from filmgraph.iris import Kind
from filmgraph.namespaces import VOID
from tests.conftest import Built

VOID_PREFIX = f"PREFIX void: <{VOID}> "


@pytest.fixture(scope="module")
def store(demo_release: Built) -> ox.Store:
    return ox.Store.read_only(str(demo_release.path / "store"))


def ask(store: ox.Store, text: str) -> list[tuple[str, ...]]:
    solutions = store.query(VOID_PREFIX + text)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value for term in row if isinstance(term, ox.NamedNode | ox.Literal)) for row in solutions]


def pairs(rows: list[tuple[str, ...]]) -> dict[str, str]:
    return {row[0]: row[1] for row in rows}


def about(demo: Built) -> str:
    return f"<{demo.settings.iris.thing(Kind.DATASET, demo.settings.id)}>"


def test_the_number_of_triples_is_that_of_the_facts(store: ox.Store, demo_release: Built) -> None:
    ((stated,),) = ask(store, f"SELECT ?n {{ {about(demo_release)} void:triples ?n }}")
    ((counted,),) = ask(store, f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(!STRSTARTS(STR(?s), STR({about(demo_release)}))) }}")
    assert stated == counted == str(len(demo_release.assembly.published))


def test_every_class_partition_is_what_is_counted(store: ox.Store, demo_release: Built) -> None:
    stated = pairs(
        ask(store, f"SELECT ?c ?n {{ {about(demo_release)} void:classPartition [ void:class ?c ; void:entities ?n ] }}")
    )
    counted = pairs(
        ask(
            store,
            "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c "
            f"FILTER(!STRSTARTS(STR(?s), STR({about(demo_release)}))) }} GROUP BY ?c",
        )
    )
    assert stated == counted
    assert int(stated["http://schema.org/Movie"]) > 60


def test_every_property_partition_is_what_is_counted(store: ox.Store, demo_release: Built) -> None:
    stated = pairs(
        ask(store, f"SELECT ?p ?n {{ {about(demo_release)} void:propertyPartition [ void:property ?p ; void:triples ?n ] }}")
    )
    counted = pairs(
        ask(
            store,
            f"SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(!STRSTARTS(STR(?s), STR({about(demo_release)}))) }} GROUP BY ?p",
        )
    )
    assert stated == counted


def test_the_manifest_counts_things_and_graphs_as_sparql_does(store: ox.Store, demo_release: Built) -> None:
    manifest = demo_release.publication.manifest
    ((films,),) = ask(store, "SELECT (COUNT(?f) AS ?n) { ?f a <http://schema.org/Movie> }")
    assert manifest.things["film"] == int(films)
    counted = pairs(ask(store, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"))
    assert {name: str(count) for name, count in manifest.graphs.items()} == counted


def test_the_dumps_it_names_are_in_the_release(store: ox.Store, demo_release: Built) -> None:
    dumps = ask(store, f"SELECT ?d {{ {about(demo_release)} void:dataDump ?d }}")
    assert len(dumps) == 2
    for (url,) in dumps:
        assert url.removeprefix(demo_release.settings.base_iri) in demo_release.publication.manifest.files
