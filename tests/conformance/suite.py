"""Reads the manifests of the W3C SPARQL 1.1 test suites into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from filmgraph.namespaces import RDF, RDFS
from tests.conftest import ROOT

__all__ = ["BASE", "EVALUATION", "SUITE_PATH", "Node", "ProtocolCase", "QueryCase", "Request", "read_protocol", "read_queries"]

#: Where the suites live on the web: relative IRIs in data, queries and manifests are resolved against this.
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
SUITE_PATH = ROOT.parent / "shared" / "suites" / "rdf-tests" / "sparql" / "sparql11"
EVALUATION = frozenset({"QueryEvaluationTest", "CSVResultFormatTest"})

_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"

Node = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class QueryCase:
    """One test of the query suites. `kind` is the local name of its class; files are given by their IRIs under `BASE`."""

    iri: str
    kind: str
    query_iri: str
    data: tuple[str, ...] = ()
    graph_data: tuple[str, ...] = ()
    result_iri: str | None = None

    @property
    def query(self) -> str:
        """The query, with the base IRI that it would have if it were read from the web."""
        return f"BASE <{self.query_iri}>\n" + file_of(self.query_iri).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request of a protocol test, and what it must give. `path` begins with `/sparql`."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[int]
    truth: bool | None
    answer_kind: str | None


@dataclass(frozen=True, slots=True)
class ProtocolCase:
    """One protocol test: its requests in order, and the graphs (name, file) that must be there."""

    iri: str
    requests: tuple[Request, ...]
    graphs: tuple[tuple[str, str], ...]


def file_of(iri: str) -> Path:
    return SUITE_PATH / iri.removeprefix(BASE)


@dataclass(frozen=True)
class _Manifest:
    group: str

    @cached_property
    def values(self) -> dict[tuple[object, str], list[object]]:
        path = SUITE_PATH / self.group / "manifest.ttl"
        values: dict[tuple[object, str], list[object]] = {}
        for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE, base_iri=urljoin(BASE, f"{self.group}/manifest.ttl")):
            values.setdefault((quad.subject, quad.predicate.value), []).append(quad.object)
        return values

    def all(self, subject: object, predicate: str) -> list[object]:
        return self.values.get((subject, predicate), [])

    def one(self, subject: object, predicate: str) -> object:
        values = self.all(subject, predicate)
        return values[0] if values else None

    def text(self, subject: object, predicate: str) -> str | None:
        value = self.one(subject, predicate)
        return None if value is None else text(value)

    def items(self, head: object) -> Iterator[object]:
        while head is not None and text(head) != RDF.nil:
            yield self.one(head, RDF.first)
            head = self.one(head, RDF.rest)

    @property
    def entries(self) -> Iterator[object]:
        (root,) = (subject for subject, predicate in self.values if predicate == _MF + "entries")
        return self.items(self.one(root, _MF + "entries"))


def text(node: object) -> str:
    assert isinstance(node, NamedNode | BlankNode | Literal)
    return node.value


def read_queries(group: str) -> Iterator[QueryCase]:
    manifest = _Manifest(group)
    for entry in manifest.entries:
        kind = (manifest.text(entry, RDF.type) or "").rpartition("#")[2]
        action = manifest.one(entry, _MF + "action")
        if kind not in EVALUATION:
            yield QueryCase(text(entry), kind, text(action))
            continue
        yield QueryCase(
            text(entry),
            kind,
            text(manifest.one(action, _QT + "query")),
            tuple(map(text, manifest.all(action, _QT + "data"))),
            tuple(map(text, manifest.all(action, _QT + "graphData"))),
            manifest.text(entry, _MF + "result"),
        )


def read_protocol() -> Iterator[ProtocolCase]:
    manifest = _Manifest("protocol")
    for entry in manifest.entries:
        requests = manifest.items(manifest.one(manifest.one(entry, _MF + "action"), _HT + "requests"))
        graphs = tuple(
            (text(manifest.one(each, RDFS.label)), text(manifest.one(each, _UT + "graph")))
            for each in manifest.all(entry, _UT + "graphData")
        )
        yield ProtocolCase(text(entry), tuple(_read_request(manifest, each) for each in requests), graphs)


def _read_request(manifest: _Manifest, node: object) -> Request:
    body, answer = manifest.one(node, _HT + "body"), manifest.one(node, _HT + "resp")
    truth = manifest.text(answer, _MF + "expectedBoolean")
    return Request(
        method=manifest.text(node, _HT + "methodName") or "",
        path=(manifest.text(node, _HT + "absolutePath") or "").replace("/sparql/", "/sparql", 1),
        headers=tuple(
            (manifest.text(each, _HT + "fieldName") or "", manifest.text(each, _HT + "fieldValue") or "")
            for each in manifest.items(manifest.one(node, _HT + "headers"))
        ),
        body=None if body is None else _read_body(manifest, body),
        statuses=frozenset(
            status
            for each in manifest.all(answer, _MF + "expectedStatus")
            for status in range(int(text(each)[-3]) * 100, int(text(each)[-3]) * 100 + 100)
        ),
        truth=None if truth is None else truth == "true",
        answer_kind=manifest.text(answer, _MF + "expectedFormat"),
    )


def _read_body(manifest: _Manifest, body: object) -> bytes:
    return (manifest.text(body, _CNT + "chars") or "").encode(manifest.text(body, _CNT + "characterEncoding") or "UTF-8")
