"""Every number that a release says of itself is what SPARQL counts in it."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox

from filmgraph.coverage import percent
from filmgraph.iris import Kind
from filmgraph.namespaces import DCTERMS, FG_BASE, SCHEMA, VOID, WD
from tests.conftest import Built
from tests.dataset.conftest import Described

PREFIXES = f"PREFIX void: <{VOID}> PREFIX schema: <{SCHEMA}> PREFIX dcterms: <{DCTERMS}> "
# Wikidata's things and properties are in two spaces.
SPACES = {str(WD): "www.wikidata.org/"}
Rows = list[tuple[str, ...]]


def ask(store: ox.Store, text: str) -> Rows:
    solutions = store.query(PREFIXES + text)
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(tuple(term.value for term in row if isinstance(term, ox.NamedNode | ox.Literal)) for row in solutions)


def facts(described: Described, pattern: str = "") -> str:
    """All triples of the published graph but those about the dataset itself."""
    own = f"<{described.iri}>"
    return f"?s ?p ?o FILTER(?s != {own} && !STRSTARTS(STR(?s), '{described.iri}#')) {pattern}"


def stated(described: Described, name: str) -> str:
    ((count,),) = ask(described.description, f"SELECT ?n {{ <{described.iri}> void:{name} ?n }}")
    ((in_the_graph,),) = ask(described.store, f"SELECT ?n {{ <{described.iri}> void:{name} ?n }}")
    assert count == in_the_graph
    return count


def test_the_totals_are_those_of_the_facts(described: Described) -> None:
    counts = {
        "triples": "COUNT(*)",
        "distinctSubjects": "COUNT(DISTINCT ?s)",
        "distinctObjects": "COUNT(DISTINCT ?o)",
        "properties": "COUNT(DISTINCT ?p)",
    }
    for name, expression in counts.items():
        assert ask(described.store, f"SELECT ({expression} AS ?n) {{ {facts(described)} }}") == [(stated(described, name),)], name
    classes = ask(described.store, f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {facts(described, '?s a ?c')} }}")
    assert classes == [(stated(described, "classes"),)]


def test_entities_are_the_subjects_that_match_the_pattern_it_states(described: Described) -> None:
    pattern = stated(described, "uriRegexPattern")
    matching = f"FILTER(REGEX(STR(?s), {json.dumps(pattern)}))"
    counted = ask(described.store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {facts(described, matching)} }}")
    assert counted == [(stated(described, "entities"),)]
    assert int(counted[0][0]) > 100
    assert pattern.replace("\\", "").startswith("^" + stated(described, "uriSpace"))


def test_every_class_partition_is_what_is_counted(described: Described) -> None:
    query = f"SELECT ?c ?n {{ <{described.iri}> void:classPartition [ void:class ?c ; void:entities ?n ] }}"
    counted = ask(described.store, f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) {{ {facts(described, '?s a ?c')} }} GROUP BY ?c")
    assert ask(described.description, query) == ask(described.store, query) == counted
    assert int(next(count for class_iri, count in counted if class_iri == SCHEMA.Movie)) > 60


def test_every_property_partition_is_what_is_counted(described: Described) -> None:
    query = f"SELECT ?p ?n {{ <{described.iri}> void:propertyPartition [ void:property ?p ; void:triples ?n ] }}"
    counted = ask(described.store, f"SELECT ?p (COUNT(*) AS ?n) {{ {facts(described)} }} GROUP BY ?p")
    assert ask(described.description, query) == ask(described.store, query) == counted
    subjects = f"SELECT ?p ?n {{ <{described.iri}> void:propertyPartition [ void:property ?p ; void:distinctSubjects ?n ] }}"
    counted = ask(described.store, f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ {facts(described)} }} GROUP BY ?p")
    assert ask(described.description, subjects) == counted


def test_every_property_of_every_class_is_what_is_counted(described: Described) -> None:
    parts = (
        f"<{described.iri}> void:classPartition [ void:class ?c ; void:propertyPartition "
        "[ void:property ?p ; void:triples ?n ; void:distinctSubjects ?m ] ]"
    )
    counted = ask(
        described.store,
        f"SELECT ?c ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) {{ {facts(described, '?s a ?c')} }} GROUP BY ?c ?p",
    )
    assert ask(described.description, f"SELECT ?c ?p ?n ?m {{ {parts} }}") == counted
    assert len(counted) > 10


def test_every_linkset_is_what_is_counted(described: Described) -> None:
    linksets = ask(
        described.description,
        "SELECT ?p ?space ?n ?about { ?l a void:Linkset ; void:linkPredicate ?p ; void:objectsTarget ?t ; void:triples ?n . "
        "?t void:uriSpace ?space OPTIONAL { ?l dcterms:description ?about } }",
    )
    for predicate, space, count, *identifier in linksets:
        if identifier:
            pattern = f"?s <{predicate}> [ schema:propertyID 'imdb' ]"
            assert "“imdb”" in identifier[0]
        else:
            pattern = f"?s <{predicate}> ?x FILTER(CONTAINS(STR(?x), '//{SPACES.get(space, space.partition('//')[2])}'))"
        assert ask(described.store, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}") == [(count,)], (predicate, space)
    assert {"https://www.imdb.com/", "http://www.wikidata.org/entity/"} <= {space for _, space, *_ in linksets}


def test_all_links_elsewhere_are_in_a_linkset(described: Described) -> None:
    ((total,),) = ask(described.description, "SELECT (SUM(?n) AS ?total) { ?l a void:Linkset ; void:triples ?n }")
    own = f"FILTER(!STRSTARTS(STR(?o), '{described.settings.base_iri}') && !STRSTARTS(STR(?o), '{FG_BASE}'))"
    predicates = "VALUES ?p { schema:sameAs <http://www.w3.org/2002/07/owl#sameAs> " + " ".join(
        f"<http://www.w3.org/2004/02/skos/core#{each}Match>" for each in ("exact", "close", "broad", "narrow", "related")
    )
    ((links,),) = ask(described.store, f"SELECT (COUNT(*) AS ?n) {{ {predicates} }} ?s ?p ?o {own} }}")
    ((identifiers,),) = ask(described.store, "SELECT (COUNT(*) AS ?n) { ?s schema:identifier [ schema:propertyID 'imdb' ] }")
    assert int(total) == int(links) + int(identifiers) > 0


def test_every_vocabulary_and_no_other_is_named(described: Described) -> None:
    named = {row[0] for row in ask(described.description, f"SELECT ?v {{ <{described.iri}> void:vocabulary ?v }}")}
    terms = {row[0] for row in ask(described.store, f"SELECT DISTINCT ?p {{ {facts(described)} }}")}
    terms |= {row[0] for row in ask(described.store, f"SELECT DISTINCT ?c {{ {facts(described, '?s a ?c')} }}")}
    assert all(any(term.startswith(each) for each in named) for term in terms)
    assert all(any(term.startswith(each) for term in terms) for each in named)


def test_examples_are_things_of_the_release(described: Described) -> None:
    examples = [row[0] for row in ask(described.description, f"SELECT ?e {{ <{described.iri}> void:exampleResource ?e }}")]
    assert len(examples) >= 3
    for each in examples:
        assert ask(described.store, f"SELECT ?c {{ <{each}> a ?c }}")


def test_coverage_is_what_is_counted(described: Described) -> None:
    found: dict[str, Any] = json.loads((described.path / "coverage.json").read_text(encoding="utf-8"))["kinds"]
    checked = 0
    for segment, kind in found.items():
        base = described.settings.iris.base_of(Kind.from_segment(segment))
        things = f"?s a ?c FILTER(STRSTARTS(STR(?s), '{base}id/{segment}/') && !CONTAINS(STR(?s), '#'))"
        if segment == Kind.DATASET.segment:
            raise AssertionError("the dataset does not count itself")
        total = ask(described.store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {things} }}")
        assert total == [(str(kind["things"]),)], segment
        counted = ask(described.store, f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ {things} ?s ?p ?o }} GROUP BY ?p")
        assert counted == sorted((iri, str(each["things"])) for iri, each in kind["properties"].items()), segment
        assert all(each["percent"] == percent(each["things"], kind["things"]) for each in kind["properties"].values())
        checked += len(counted)
    assert checked > 10
    assert found["film"]["things"] > 60


def test_the_manifest_counts_things_and_graphs_as_sparql_does(demo_release: Built) -> None:
    manifest = demo_release.publication.manifest
    store = ox.Store.read_only(str(demo_release.path / "store"))
    assert ask(store, "SELECT (COUNT(?f) AS ?n) { ?f a <http://schema.org/Movie> }") == [(str(manifest.things["film"]),)]
    counted = ask(store, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert counted == sorted((name, str(count)) for name, count in manifest.graphs.items())


def test_the_dumps_that_the_graph_names_are_in_the_release(demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    manifest = demo_release.publication.manifest
    dumps = ask(store, "SELECT ?d { ?x void:dataDump ?d }")
    assert len(dumps) == 2
    for (url,) in dumps:
        name = url.removeprefix(f"{demo_release.settings.base_iri}dumps/{manifest.release_id}/")
        assert f"dumps/{name}" in manifest.files


def test_the_graph_holds_no_checksum_of_a_file_that_holds_it(demo_release: Built) -> None:
    store = ox.Store.read_only(str(demo_release.path / "store"))
    assert ask(store, "SELECT ?s { ?s <http://spdx.org/rdf/terms#checksumValue> ?o }") == []
