"""What DESCRIBE answers: for each of our things the document that its own address gives, for anything else its own triples."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from filmgraph.errors import QueryTimeoutError, QueryTooLargeError
from filmgraph.formats import DocumentFormat, QuadFormat
from filmgraph.settings import EndpointSettings
from filmgraph.web.representation import represent_quads, represent_triples
from filmgraph.web.site import Site

__all__ = ["Describer"]


@dataclass(frozen=True, slots=True)
class Describer:
    """Describes things of one release under the endpoint's limits."""

    site: Site
    limits: EndpointSettings

    def describe(self, iris: Sequence[str], document_format: DocumentFormat, deadline: float) -> bytes:
        """Return the descriptions of several things as one document; things that the release does not know have none.

        `deadline` is a time of `time.monotonic`. QueryTimeoutError when it passes, QueryTooLargeError when the document has more
        bytes than a result may have.
        """
        quads: dict[Quad, None] = {}
        for iri in iris:
            if time.monotonic() > deadline:
                raise QueryTimeoutError(
                    f"the descriptions took longer than {self.limits.deadline_seconds:g} seconds: ask for fewer things at once"
                )
            quads.update(dict.fromkeys(self._iter_quads(iri, document_format)))
        body = self._write(tuple(quads), document_format)
        if len(body) > self.limits.result_bytes:
            raise QueryTooLargeError(
                f"the descriptions have {len(body)} bytes and the limit is {self.limits.result_bytes}: ask for fewer things"
            )
        return body

    def _iter_quads(self, iri: str, document_format: DocumentFormat) -> Iterator[Quad]:
        description = self.site.describe(iri)
        if description is not None and document_format in QuadFormat:
            yield from sorted({*description.quads, *description.source_quads}, key=str)
            return
        if description is not None:
            graphs = {quad.triple: quad for quad in description.quads}
            yield from (graphs[triple] for triple in description.triples)
            return
        scheme = self.site.iris
        for graph in ("", scheme.vocabulary_graph, scheme.provenance_graph):
            own = sorted(self.site.store.quads(NamedNode(iri), graph=graph), key=str)
            if own:
                yield from own
                return

    def _write(self, quads: Sequence[Quad], document_format: DocumentFormat) -> bytes:
        if document_format in QuadFormat:
            return represent_quads(quads, document_format, self.site.iris)
        triples = tuple(dict.fromkeys(quad.triple for quad in quads))
        return represent_triples(triples, document_format, self.site.iris)
