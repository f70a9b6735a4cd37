"""What a release says about itself within its own graph: title, licence, version, and every number computed from the facts.

`dataset_dcat` adds what only the release's `dataset.ttl` can say: files with their sizes and checksums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.dataset_statistics import Statistics, Tallies, tally
from filmgraph.dataset_void import iter_statistics, triple
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.namespaces import DCAT, DCTERMS, RDF, SCHEMA, VOID, XSD
from filmgraph.settings import FILE_NAME, Settings

__all__ = [
    "Statistics",
    "count_things",
    "dataset_findings",
    "dataset_header",
    "dataset_iri",
    "dataset_triples",
    "description_of",
    "tally_lines",
]

#: What dataset search asks of a description (https://developers.google.com/search/docs/appearance/structured-data/dataset).
_DESCRIPTION_LENGTHS: Final = range(50, 5001)


def dataset_iri(settings: Settings) -> str:
    """Return the IRI of the catalogue's dataset."""
    return settings.iris.thing(Kind.DATASET, settings.id)


def count_things(statistics: Statistics) -> dict[str, int]:
    """Return how many things of each kind the published graph has, by path segment; the dataset is one of them."""
    return dict(sorted({**statistics.things, Kind.DATASET.segment: 1}.items()))


def tally_lines(lines: Iterable[bytes], settings: Settings, starts: Sequence[bytes], work_path: Path | None = None) -> Tallies:
    """Count the published graph in the sorted lines of canonical N-Quads or N-Triples; each line is looked at once.

    `starts` are the first subjects of the chunks of the lines. What does not fit into memory waits in files without a name in the
    folder `work_path`, by default that of the system.
    """
    return tally(lines, settings.iris, dataset_iri(settings), starts, work_path, lists_things=True)


def dataset_triples(settings: Settings, statistics: Statistics, issued: str, version: str) -> frozenset[Triple]:
    """Describe the dataset; `issued` is an ISO date, `version` the release id. The counts leave this description out.

    Sources: VoID (https://www.w3.org/TR/void/), DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/).
    """
    counts = iter_statistics(dataset_iri(settings), settings.base_iri, statistics)
    return dataset_header(settings, issued, version) | frozenset(counts)


def dataset_header(settings: Settings, issued: str, version: str) -> frozenset[Triple]:
    """Return the description of the dataset without its counts: all that the settings decide."""
    return frozenset(_iter_header(dataset_iri(settings), settings, issued, version))


def dataset_findings(settings: Settings) -> Iterator[Finding]:
    """Say what a dataset portal would miss in the settings."""
    length = len(settings.description)
    if length not in _DESCRIPTION_LENGTHS:
        message = (
            f"The description of the catalogue has {length} characters; dataset search asks for 50 to 5,000. "
            f"Say in {FILE_NAME} what the data hold and where they come from."
        )
        yield Finding("dataset-description", Severity.INFO, message, value=settings.description, places=(SourcePlace(FILE_NAME),))


def description_of(settings: Settings) -> str:
    """Return what the catalogue says of itself, or its title where it says nothing."""
    return settings.description or settings.title


def _iter_header(iri: str, settings: Settings, issued: str, version: str) -> Iterator[Triple]:
    language = settings.languages[0]
    for class_iri in (DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset):
        yield triple(iri, RDF.type, class_iri)
    for predicate in (DCTERMS.term("title"), SCHEMA.name):
        yield triple(iri, predicate, Literal(settings.title, language=language))
    for predicate in (DCTERMS.description, SCHEMA.description):
        yield triple(iri, predicate, Literal(description_of(settings), language=language))
    for predicate in (DCTERMS.license, SCHEMA.license):
        yield triple(iri, predicate, settings.licence)
    yield triple(iri, SCHEMA.creditText, Literal(settings.publisher))
    for predicate in (DCTERMS.issued, SCHEMA.datePublished):
        yield triple(iri, predicate, Literal(issued, datatype=NamedNode(XSD.date)))
    yield triple(iri, DCAT.version, Literal(version))
    yield triple(iri, SCHEMA.version, Literal(version))
    yield triple(iri, DCAT.landingPage, settings.base_iri + "datasets/")
    yield triple(iri, VOID.sparqlEndpoint, settings.base_iri + "sparql")
    for suffix in (".nt.gz", ".ttl.gz"):
        yield triple(iri, VOID.dataDump, f"{settings.base_iri}dumps/{version}/{settings.id}{suffix}")
