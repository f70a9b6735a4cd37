"""Times the rules across records on made-up films: as one query each in Oxigraph, and as sh:sparql in pySHACL.

Run `python benchmarks/validation.py --films 100`. Both halves run in this one process and must find the same culprits; the
memory is the peak of the process after each half, so that of the second includes the first.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pyshacl
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import RDF as RDF_TERMS
from rdflib import Graph, Namespace

from filmgraph.namespaces import FG, FG_BASE, PROV, RDF, SCHEMA, SH, SHAPES, XSD
from filmgraph.validation import Shapes, load_shapes
from filmgraph.validation_facts import Facts, to_rdflib
from filmgraph.validation_rules import run_rule
from filmgraph.vocabulary import load_vocabulary

_BASE = "https://festival.example/id/"


def make_films(count: int) -> Iterator[Triple]:
    """Yield `count` films with a director, a credit and a screening each; every tenth is shown before it was made."""
    for number in range(count):
        film, person, credit, screening = (f"{_BASE}{kind}/x{number}" for kind in ("film", "person", "credit", "screening"))
        yield _link(film, RDF.type, SCHEMA.Movie)
        yield _text(film, SCHEMA.name, f"Film {number}")
        yield _text(film, SCHEMA.dateCreated, "2030" if number % 10 == 0 else "2020", XSD.gYear)
        yield _text(film, SCHEMA.duration, "PT1H30M", XSD.duration)
        yield _text(film, FG.runtimeMinutes, "90", XSD.integer)
        yield _link(film, SCHEMA.director, person)
        yield _link(film, FG.credit, credit)
        yield _link(person, RDF.type, SCHEMA.Person)
        yield _text(person, SCHEMA.name, f"Person {number}")
        yield _link(credit, RDF.type, SCHEMA.Role)
        yield _link(credit, SCHEMA.roleName, FG_BASE + "id/role/director")
        yield _link(credit, SCHEMA.director, person)
        yield _text(credit, FG.billing, "1", XSD.integer)
        yield _link(credit, PROV.wasDerivedFrom, f"{_BASE}source/films")
        yield _link(screening, RDF.type, SCHEMA.ScreeningEvent)
        yield _link(screening, SCHEMA.workPresented, film)
        yield _text(screening, SCHEMA.startDate, f"2026-10-{number % 20 + 1:02}T19:30:00+02:00", XSD.dateTime)
        yield _text(screening, SCHEMA.endDate, f"2026-10-{number % 20 + 1:02}T21:30:00+02:00", XSD.dateTime)
    yield _link(f"{_BASE}source/films", RDF.type, PROV.Entity)


def _link(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(value))


def _text(subject: str, predicate: str, value: str, datatype: str = XSD.string) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), Literal(value, datatype=NamedNode(datatype)))


def run_in_oxigraph(facts: Facts, shapes: Shapes) -> set[tuple[str, str]]:
    """Return rule and culprit of every finding."""
    return {(each.rule, each.focus_iri or "") for rule in shapes.rules for each in run_rule(rule, facts.store)}


def run_in_pyshacl(facts: Facts, shapes: Shapes) -> set[tuple[str, str]]:
    """Return rule and culprit of every finding."""
    sh = Namespace(SH)
    graph = Graph()
    for each in facts.published:
        graph.add((to_rdflib(each.subject), to_rdflib(each.predicate), to_rdflib(each.object)))
    _, results, text = pyshacl.validate(graph, shacl_graph=shapes.rules_graph, inference="none", inplace=True)
    if not isinstance(results, Graph):
        raise SystemExit(f"pySHACL could not run the rules: {text}")
    return {
        (str(results.value(each, sh.sourceShape)).removeprefix(SHAPES), str(results.value(each, sh.value)))
        for each in results.subjects(RDF_TERMS.type, sh.ValidationResult)
    }


def main() -> int:
    """Run both halves and print seconds, ratio and memory; 1 when they disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=50, help="how many films to make up (default: 50)")
    films = parser.parse_args().films
    shapes, vocabulary = load_shapes(), load_vocabulary()
    made = Facts.of(make_films(films), (), vocabulary)
    facts = Facts.of((*made.published, *made.used_concepts), (), replace(vocabulary, triples=()))
    seconds, found = {}, {}
    print(f"{films} films, {len(facts.published)} triples, {len(shapes.rules)} rules")  # noqa: T201
    for name, run in (("oxigraph", run_in_oxigraph), ("pyshacl", run_in_pyshacl)):
        start = time.perf_counter()
        found[name] = run(facts, shapes)
        seconds[name] = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:9} {seconds[name]:8.3f} s  {len(found[name]):6} findings  peak {peak:.0f} MB")  # noqa: T201
    print(f"ratio     {seconds['pyshacl'] / seconds['oxigraph']:8.0f}")  # noqa: T201
    return 0 if found["oxigraph"] == found["pyshacl"] else 1


if __name__ == "__main__":
    sys.exit(main())
