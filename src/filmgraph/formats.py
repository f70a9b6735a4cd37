"""One table of RDF and result formats; Accept handling, `Link` headers, suffixes, dumps and documentation derive from it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["CALENDAR", "SVG", "DocumentFormat", "Format", "QuadFormat", "RdfFormat", "ResultsFormat"]


@dataclass(frozen=True, slots=True)
class Format:
    """A representation: `media_type` is sent, `aliases` are accepted too, `suffix` names it in URLs and file names."""

    name: str
    title: str
    media_type: str
    suffix: str
    spec_url: str
    aliases: tuple[str, ...] = ()
    charset: str | None = None

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type

    @property
    def accepted(self) -> tuple[str, ...]:
        """All media types that ask for this format."""
        return (self.media_type, *self.aliases)


class _FormatEnum(enum.Enum):
    """An enum whose members show the fields of their `Format`."""

    @property
    def format(self) -> Format:
        """The row of the table."""
        value: Format = self.value
        return value

    @property
    def media_type(self) -> str:
        """The media type that is sent."""
        return self.format.media_type

    @property
    def suffix(self) -> str:
        """The suffix with its dot."""
        return self.format.suffix


class DocumentFormat(_FormatEnum):
    """What a thing's page can be had as, in the server's order of preference."""

    HTML = Format(
        "html", "HTML", "text/html", ".html", "https://html.spec.whatwg.org/",
        aliases=("application/xhtml+xml",), charset="utf-8",
    )  # fmt: skip
    TURTLE = Format(
        "turtle", "Turtle", "text/turtle", ".ttl", "https://www.w3.org/TR/turtle/",
        aliases=("application/x-turtle", "text/n3", "text/rdf+n3"), charset="utf-8",
    )  # fmt: skip
    JSON_LD = Format(
        "json-ld", "JSON-LD", "application/ld+json", ".jsonld", "https://www.w3.org/TR/json-ld11/",
        aliases=("application/json",),
    )  # fmt: skip
    N_TRIPLES = Format(
        "n-triples", "N-Triples", "application/n-triples", ".nt", "https://www.w3.org/TR/n-triples/", aliases=("text/plain",)
    )
    N_QUADS = Format("n-quads", "N-Quads", "application/n-quads", ".nq", "https://www.w3.org/TR/n-quads/")
    TRIG = Format(
        "trig", "TriG", "application/trig", ".trig", "https://www.w3.org/TR/trig/",
        aliases=("application/x-trig",), charset="utf-8",
    )  # fmt: skip
    RDF_XML = Format(
        "rdf-xml", "RDF/XML", "application/rdf+xml", ".rdf", "https://www.w3.org/TR/rdf-syntax-grammar/",
        aliases=("application/xml", "text/xml"),
    )  # fmt: skip


#: The document formats that are RDF.
RdfFormat = tuple(each for each in DocumentFormat if each is not DocumentFormat.HTML)

#: The document formats that say in which graph a triple stands.
QuadFormat = (DocumentFormat.N_QUADS, DocumentFormat.TRIG)


class ResultsFormat(_FormatEnum):
    """What the answer to a SELECT or ASK query can be had as."""

    JSON = Format(
        "json", "SPARQL JSON", "application/sparql-results+json", ".srj", "https://www.w3.org/TR/sparql11-results-json/",
        aliases=("application/json",),
    )  # fmt: skip
    XML = Format(
        "xml", "SPARQL XML", "application/sparql-results+xml", ".srx", "https://www.w3.org/TR/rdf-sparql-XMLres/",
        aliases=("application/xml", "text/xml"),
    )  # fmt: skip
    CSV = Format("csv", "CSV", "text/csv", ".csv", "https://www.w3.org/TR/sparql11-results-csv-tsv/", charset="utf-8")
    TSV = Format(
        "tsv", "TSV", "text/tab-separated-values", ".tsv", "https://www.w3.org/TR/sparql11-results-csv-tsv/", charset="utf-8"
    )


#: What the screenings of a thing can be had as.
CALENDAR = Format("calendar", "Calendar", "text/calendar", ".ics", "https://www.rfc-editor.org/rfc/rfc5545", charset="utf-8")

#: What drawings are.
SVG = Format("svg", "SVG", "image/svg+xml", ".svg", "https://www.w3.org/TR/SVG2/")
