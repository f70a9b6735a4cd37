"""The saved queries of a catalogue: read from its folder `queries/`, checked, and described in the graph.

The description follows the SHACL terms that SIB's query editors read (https://github.com/sib-swiss/sparql-examples).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from filmgraph.errors import QueryParameterError, SavedQueryError, UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import IriScheme
from filmgraph.namespaces import OWL, PREFIXES, RDF, RDFS, SCHEMA, SH, XSD
from filmgraph.queries import FOLDER, SUFFIX, SavedQuery, bind, parse_query, query_iri

__all__ = ["QueryReading", "query_triples", "read_queries"]

_RULE: Final = "read-query"
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QueryReading:
    """The saved queries that can be used, what is wrong with the others, and all files, relative to the catalogue."""

    queries: tuple[SavedQuery, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()


def read_queries(catalogue_path: Path, iris: IriScheme) -> QueryReading:
    """Read every `queries/*.rq`; a catalogue without that folder has no saved queries.

    A broken file is a violation with its line. UnreadableInputError when a file cannot be read at all.
    """
    queries, findings = [], []
    paths = sorted((catalogue_path / FOLDER).glob("*" + SUFFIX))
    for path in paths:
        name = f"{FOLDER}/{path.name}"
        try:
            query = parse_query(path.stem, _read_text(path))
            _check_engine_reads(query, iris)
        except SavedQueryError as error:
            message = f"The saved query cannot be used: {error}."
            findings.append(Finding(_RULE, Severity.VIOLATION, message, places=(SourcePlace(name, line=error.line),)))
        else:
            queries.append(query)
    return QueryReading(tuple(queries), tuple(findings), tuple(f"{FOLDER}/{path.name}" for path in paths))


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SavedQueryError("line 1: the file is not UTF-8: save it as UTF-8", 1) from error
    except OSError as error:
        raise UnreadableInputError(f"cannot read {path}: {error.strerror}") from error


def _check_engine_reads(query: SavedQuery, iris: IriScheme) -> None:
    """Parse the query as it stands, which gives the right line, and as it runs, with its defaults."""
    _parse(query.source)
    try:
        bound = bind(query, {}, iris)
    except QueryParameterError as error:
        raise SavedQueryError(f"line 1: the default of a parameter is wrong: {error}", 1) from error
    try:
        _parse(bound)
    except SavedQueryError as error:
        raise SavedQueryError(f"line 1: with its parameters bound, the query does not parse ({error})", 1) from error


def _parse(text: str) -> None:
    try:
        Store().query(text)
    except SyntaxError as error:
        found = _PLACE.match(str(error))
        line = int(found[1]) if found else 1
        expected = " ".join((found[3] if found else str(error)).split())
        raise SavedQueryError(f"line {line}: the query does not parse here ({expected[:120]})", line) from error
    except ValueError as error:
        raise SavedQueryError(f"line 1: the query cannot be run: {error}", 1) from error


def query_triples(queries: Iterable[SavedQuery], iris: IriScheme) -> Iterator[Triple]:
    """Yield the description of saved queries and of the prefixes that they may use; nothing when there are none."""
    queries = tuple(queries)
    prefixes = NamedNode(f"{iris.base}{FOLDER}/#prefixes")
    for query in queries:
        yield from _describe(query, iris, prefixes)
    if queries:
        yield Triple(prefixes, NamedNode(RDF.type), NamedNode(OWL.Ontology))
        for prefix, namespace in PREFIXES.items():
            declaration = NamedNode(f"{iris.base}{FOLDER}/#prefix-{prefix}")
            yield Triple(prefixes, NamedNode(SH.declare), declaration)
            yield Triple(declaration, NamedNode(RDF.type), NamedNode(SH.PrefixDeclaration))
            yield Triple(declaration, NamedNode(SH.prefix), Literal(prefix))
            yield Triple(declaration, NamedNode(SH.namespace), Literal(str(namespace), datatype=NamedNode(XSD.anyURI)))


def _describe(query: SavedQuery, iris: IriScheme, prefixes: NamedNode) -> Iterator[Triple]:
    subject = NamedNode(query_iri(query.key, iris))
    for class_iri in (SH.SPARQLExecutable, SH.SPARQLSelectExecutable):
        yield Triple(subject, NamedNode(RDF.type), NamedNode(class_iri))
    yield from _texts(subject, RDFS.label, query.titles)
    yield from _texts(subject, RDFS.comment, query.descriptions)
    for keyword in query.keywords:
        yield Triple(subject, NamedNode(SCHEMA.keywords), Literal(keyword))
    yield Triple(subject, NamedNode(SH.select), Literal(bind(query, {}, iris)))
    yield Triple(subject, NamedNode(SH.prefixes), prefixes)
    yield Triple(subject, NamedNode(SCHEMA.target), NamedNode(f"{iris.base}sparql"))


def _texts(subject: NamedNode, predicate: str, texts: Mapping[str, str]) -> Iterator[Triple]:
    for language, text in texts.items():
        yield Triple(subject, NamedNode(predicate), Literal(text, language=language))
