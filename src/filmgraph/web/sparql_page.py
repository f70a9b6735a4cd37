"""What the query page shows: the question, its answer or its error, and how to come back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.namespaces import SCHEMA
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.queryguard import QueryForm
from filmgraph.results import Table, parse_results
from filmgraph.settings import EndpointSettings
from filmgraph.sparql_protocol import ProtocolRequest, offered_formats
from filmgraph.web.history import read_as_of
from filmgraph.web.problems import Problem
from filmgraph.web.site import Site
from filmgraph.web.sparql_examples import EXAMPLES, Example

__all__ = ["SHOWN_CHARACTERS", "SHOWN_ROWS", "FormatLink", "PageMaker", "SparqlPage", "notes_on"]

#: Rows and characters that the page shows; the links below the result give all of it.
SHOWN_ROWS: Final = 1_000
SHOWN_CHARACTERS: Final = 100_000
_PATH_CHARACTERS: Final = 4_000
_HTTPS_SCHEMA: Final = "https://schema.org/"


@dataclass(frozen=True, slots=True)
class FormatLink:
    """The same result in another format."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SparqlPage:
    """What the template `sparql.html` shows.

    `table` is the result of SELECT and ASK, `graph_text` that of CONSTRUCT and DESCRIBE; both are None before anything was asked
    and when there was a `problem`. `hidden_count` says how many rows or characters of the result the page leaves out. `dataset`
    are the form's hidden fields. `own_path` is the path of the page, without a query that is very long. `permalink` is absolute.
    `corrected_query`, at the path `corrected_url`, is the query with the names that the data use, and empty where it has no
    others. `csv_url` and `json_url` are empty where the result is a graph.
    """

    limits: EndpointSettings
    graphs: tuple[str, ...]
    default_triples: int = 0
    graph_counts: tuple[tuple[str, int], ...] = ()
    release_id: str = ""
    dataset_version: str = ""
    examples: tuple[Example, ...] = EXAMPLES
    query: str = ""
    dataset: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    own_path: str = ""
    corrected_query: str = ""
    corrected_url: str = ""
    table: Table | None = None
    graph_text: str | None = None
    hidden_count: int = 0
    seconds: float = 0.0
    formats: tuple[FormatLink, ...] = ()
    permalink: str = ""
    citation: str = ""
    csv_url: str = ""
    json_url: str = ""
    problem: Problem | None = None

    @property
    def error(self) -> str | None:
        """What went wrong."""
        return self.problem.detail if self.problem else None

    @property
    def error_title(self) -> str:
        """The kind of error in a few words."""
        return self.problem.title if self.problem else ""

    @property
    def error_line(self) -> int | None:
        """The line of the query where it does not parse."""
        return self.problem.line if self.problem else None

    @property
    def error_column(self) -> int | None:
        """The column of the query where it does not parse."""
        return self.problem.column if self.problem else None


def notes_on(query: str, messages: Messages = ENGLISH) -> tuple[str, ...]:
    """Say why a query may find nothing: schema.org's names begin with http here."""
    if _HTTPS_SCHEMA in query:
        return (messages("sparql.https", wrong=_HTTPS_SCHEMA, right=SCHEMA),)
    return ()


@dataclass(frozen=True, slots=True)
class PageMaker:
    """Makes the pages of one release's endpoint."""

    site: Site
    limits: EndpointSettings

    def empty(self) -> SparqlPage:
        """Return the page before anything was asked."""
        return self._page(ProtocolRequest(None))

    def failed(self, asked: ProtocolRequest, problem: Problem) -> SparqlPage:
        """Return the page of a query that was not answered."""
        return self._page(asked, problem=problem)

    def answered(self, asked: ProtocolRequest, form: QueryForm, body: bytes, seconds: float) -> SparqlPage:
        """Return the page of a result: `body` is SPARQL JSON, or Turtle for a form that gives a graph."""
        if form.gives_graph:
            text = body.decode("utf-8")
            hidden = max(0, len(text) - SHOWN_CHARACTERS)
            return self._page(asked, form, graph_text=text[:SHOWN_CHARACTERS], hidden_count=hidden, seconds=seconds)
        whole = parse_results(body)
        table = Table(whole.variables, whole.rows[:SHOWN_ROWS], whole.truth)
        return self._page(asked, form, table=table, hidden_count=max(0, len(whole.rows) - SHOWN_ROWS), seconds=seconds)

    def _page(
        self,
        asked: ProtocolRequest,
        form: QueryForm | None = None,
        *,
        table: Table | None = None,
        graph_text: str | None = None,
        hidden_count: int = 0,
        seconds: float = 0.0,
        problem: Problem | None = None,
    ) -> SparqlPage:
        manifest, query = self.site.manifest, asked.query or ""
        corrected = query.replace(_HTTPS_SCHEMA, SCHEMA) if notes_on(query) else ""
        has_rows = form is not None and not form.gives_graph
        return SparqlPage(
            limits=self.limits,
            graphs=tuple(sorted(manifest.graphs)),
            default_triples=manifest.triples,
            graph_counts=tuple(sorted(manifest.graphs.items())),
            release_id=manifest.release_id,
            dataset_version=manifest.content_sha256,
            query=query,
            dataset=asked.dataset_fields,
            notes=notes_on(query, self.site.messages),
            own_path=self.local_url(asked, query) if 0 < len(query) <= _PATH_CHARACTERS else self.site.links.sparql(),
            corrected_query=corrected,
            corrected_url=self.local_url(asked, corrected) if corrected else "",
            table=table,
            graph_text=graph_text,
            hidden_count=hidden_count,
            seconds=seconds,
            formats=self._format_links(asked, form) if form is not None else (),
            permalink=self.permalink(asked),
            citation=self._cite(asked) if form is not None else "",
            csv_url=self._format_url(asked, ResultsFormat.CSV.suffix) if has_rows else "",
            json_url=self._format_url(asked, ResultsFormat.JSON.suffix) if has_rows else "",
            problem=problem,
        )

    def local_url(self, asked: ProtocolRequest, query: str) -> str:
        """Return the path of a query in the dataset that was asked for."""
        return self.site.links.sparql(query) + (f"&{urlencode(asked.dataset_fields)}" if asked.has_dataset else "")

    def permalink(self, asked: ProtocolRequest) -> str:
        """Return the public URL of what was asked, whatever host it was asked at; empty where nothing was asked.

        It names the release if the request did.
        """
        if not asked.query:
            return ""
        as_of = read_as_of()
        release = f"&release={as_of.release.release_id}" if as_of else ""
        return self.site.links.absolute(self.local_url(asked, asked.query)) + release

    def _cite(self, asked: ProtocolRequest) -> str:
        manifest = self.site.manifest
        return self.site.messages(
            "sparql.citation",
            publisher=manifest.publisher,
            title=manifest.title,
            release=manifest.release_id,
            date=manifest.created[:10],
            url=self.permalink(asked),
        )

    def _format_links(self, asked: ProtocolRequest, form: QueryForm) -> tuple[FormatLink, ...]:
        return tuple(
            FormatLink(each.format.title, self._format_url(asked, each.suffix))
            for each in offered_formats(form)
            if each is not DocumentFormat.HTML
        )

    def _format_url(self, asked: ProtocolRequest, suffix: str) -> str:
        fields = urlencode([*asked.dataset_fields, ("format", suffix.removeprefix("."))])
        return f"{self.site.links.sparql(asked.query or '')}&{fields}"
