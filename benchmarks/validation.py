"""Times validation on made-up films, beside pySHACL: the core shapes as compiled, and the rules across records in Oxigraph.

Run `python benchmarks/validation.py --films 100`. All parts run in this one process, one after the other, and must find the same
as pySHACL does; the memory is the peak of the process after each part, so that of one includes those before it. With thousands of
films pySHACL takes minutes: `--no-pyshacl` times the whole of `validate` alone, and nothing is compared.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyshacl
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import RDF as RDF_TERMS
from rdflib import Graph, Namespace

from filmgraph.findings import Finding
from filmgraph.namespaces import FG, FG_BASE, PROV, RDF, SCHEMA, SH, SHAPES, XSD
from filmgraph.validation import Shapes, load_shapes, validate
from filmgraph.validation_compile import compile_shapes
from filmgraph.validation_facts import Facts
from filmgraph.validation_rdflib import to_rdflib
from filmgraph.validation_reference import find_by_pyshacl
from filmgraph.validation_rules import run_rule
from filmgraph.vocabulary import load_vocabulary

_BASE = "https://festival.example/id/"
_Run = Callable[[Facts, Shapes], set[Any]]


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


def run_compiled(facts: Facts, shapes: Shapes) -> set[Finding]:
    """Return what the compiled core shapes find."""
    return set(compile_shapes(shapes).find(facts.local))


def run_reference(facts: Facts, shapes: Shapes) -> set[Finding]:
    """Return what pySHACL finds by the core shapes."""
    return set(find_by_pyshacl(facts, shapes))


def main(arguments: list[str] | None = None) -> int:
    """Run all parts and print processor seconds, ratios and memory; 1 when they disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=50, help="how many films to make up (default: 50)")
    parser.add_argument("--no-pyshacl", action="store_true", help="time the whole of our own validation alone")
    options = parser.parse_args(arguments)
    shapes, vocabulary = load_shapes(), load_vocabulary()
    made = Facts.of(make_films(options.films), (), vocabulary)
    rules = f"{len(shapes.core_catalogue)} core shapes, {len(shapes.rules)} rules"
    print(f"{options.films} films, {len(made.published)} triples, {rules}")  # noqa: T201
    if options.no_pyshacl:
        _, found = _clock("validate", lambda: set(validate(made.published, (), vocabulary, shapes, lambda *_: ())))
        return 0 if found else 1
    facts = Facts.of((*made.published, *made.used_concepts), (), replace(vocabulary, triples=()))
    parts = (("core shapes", run_compiled, run_reference, made), ("rules", run_in_oxigraph, run_in_pyshacl, facts))
    return max(_compare(name, run, reference, data, shapes) for name, run, reference, data in parts)


def _compare(name: str, run: _Run, reference: _Run, facts: Facts, shapes: Shapes) -> int:
    seconds, found = _clock(name, lambda: run(facts, shapes))
    slow, expected = _clock(f"{name}, pySHACL", lambda: reference(facts, shapes))
    print(f"{name:22} pySHACL took {slow / seconds:.0f} times as long")  # noqa: T201
    return 0 if found == expected else 1


def _clock(name: str, run: Callable[[], set[Any]]) -> tuple[float, set[Any]]:
    start = time.process_time()
    found = run()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:22} {seconds:8.3f} s of processor time  {len(found):6} findings  peak {peak:.0f} MB")  # noqa: T201
    return seconds, found


if __name__ == "__main__":
    sys.exit(main())
