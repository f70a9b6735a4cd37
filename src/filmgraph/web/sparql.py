"""`/sparql`: queries by GET and POST as the SPARQL 1.1 Protocol says, and a plain form for people."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

import filmgraph
from filmgraph.errors import QueryRequestError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.namespaces import SCHEMA
from filmgraph.negotiation import choose_format
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.queryworkers import QueryDataset, QueryPool
from filmgraph.results import Table, parse_results
from filmgraph.settings import EndpointSettings
from filmgraph.sparql_protocol import (
    METHODS,
    AnswerFormat,
    ProtocolRequest,
    RequestFields,
    choose_answer_format,
    offered_formats,
    parse_request,
)
from filmgraph.web.site import Site
from filmgraph.web.sparql_examples import EXAMPLES, Example

__all__ = ["FormatLink", "SparqlPage", "sparql_blueprint"]

#: Rows and characters that the page shows; the links below the result give all of it.
SHOWN_ROWS: Final = 1_000
SHOWN_CHARACTERS: Final = 100_000
_HTTPS_SCHEMA: Final = "https://schema.org/"


@dataclass(frozen=True, slots=True)
class FormatLink:
    """The same result in another format."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SparqlPage:
    """What the template `sparql.html` shows.

    `table` is the result of SELECT and ASK, `graph_text` that of CONSTRUCT and DESCRIBE; both are None before anything was asked.
    `hidden_count` says how many rows or characters of the result the page leaves out. `dataset` are the form's hidden fields.
    """

    limits: EndpointSettings
    graphs: tuple[str, ...]
    examples: tuple[Example, ...] = EXAMPLES
    query: str = ""
    dataset: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    table: Table | None = None
    graph_text: str | None = None
    hidden_count: int = 0
    seconds: float = 0.0
    formats: tuple[FormatLink, ...] = ()


def sparql_blueprint(site: Site, pool: QueryPool) -> Blueprint:
    """Return the route of the query endpoint; `pool` runs the queries on the same release that `site` shows."""
    blueprint = Blueprint("sparql", __name__)
    endpoint = _Endpoint(site, pool)

    @blueprint.route("/sparql", methods=METHODS)
    def answer() -> Response:
        asked = parse_request(_read_fields(), site.manifest.graphs)
        return endpoint.show_form() if asked.query is None else endpoint.answer(asked, asked.query)

    return blueprint


def _read_fields() -> RequestFields:
    return RequestFields(
        method=request.method,
        query_string=request.query_string.decode("latin-1"),
        content_type=request.headers.get("Content-Type"),
        content_encoding=request.headers.get("Content-Encoding"),
        body=request.get_data(cache=False) if request.method == "POST" else b"",
        accept=request.headers.get("Accept"),
    )


@dataclass(frozen=True, slots=True)
class _Endpoint:
    site: Site
    pool: QueryPool

    def show_form(self) -> Response:
        html = DocumentFormat.HTML.format
        if request.method == "POST" or choose_format(request.headers.get("Accept"), [html]) is None:
            raise QueryRequestError("there is no query: send it as query=, or open this address in a browser for a form")
        page = SparqlPage(self.pool.limits, self._graphs())
        response = Response(render_template("sparql.html", page=page), content_type=html.content_type)
        return self._finish(response, self._entity_tag("", "form", ()))

    def answer(self, asked: ProtocolRequest, query: str) -> Response:
        form = check_query(query, GuardLimits(query_bytes=self.pool.limits.query_bytes), self.site.manifest.graphs)
        answer_format = choose_answer_format(form, asked)
        tag = self._entity_tag(query, answer_format.format.name, _dataset_fields(asked))
        if request.method != "POST" and (known_tag := _find_known_tag(tag)):
            return self._finish(Response(status=304), known_tag)
        if answer_format is DocumentFormat.HTML:
            page = self._run_for_page(form, asked, query)
            response = Response(render_template("sparql.html", page=page), content_type=answer_format.format.content_type)
        else:
            answer = self.pool.run(query, answer_format, _dataset(asked))
            response = Response(answer.body, content_type=answer.content_type)
            for note in _notes(query):
                response.headers.add("X-Filmgraph-Note", note)
        return self._finish(response, tag)

    def _run_for_page(self, form: QueryForm, asked: ProtocolRequest, query: str) -> SparqlPage:
        run_format: AnswerFormat = DocumentFormat.TURTLE if form.gives_graph else ResultsFormat.JSON
        answer = self.pool.run(query, run_format, _dataset(asked))
        table, text, hidden = None, None, 0
        if form.gives_graph:
            text = answer.body.decode("utf-8")
            text, hidden = text[:SHOWN_CHARACTERS], max(0, len(text) - SHOWN_CHARACTERS)
        else:
            whole = parse_results(answer.body)
            table = Table(whole.variables, whole.rows[:SHOWN_ROWS], whole.truth)
            hidden = max(0, len(whole.rows) - SHOWN_ROWS)
        return SparqlPage(
            limits=self.pool.limits,
            graphs=self._graphs(),
            query=query,
            dataset=_dataset_fields(asked),
            notes=_notes(query),
            table=table,
            graph_text=text,
            hidden_count=hidden,
            seconds=answer.seconds,
            formats=self._format_links(form, asked, query),
        )

    def _format_links(self, form: QueryForm, asked: ProtocolRequest, query: str) -> tuple[FormatLink, ...]:
        base_url = f"{self.site.links.sparql(query)}&{urlencode([*_dataset_fields(asked), ('format', '')])}"
        return tuple(
            FormatLink(each.format.title, base_url + each.suffix.removeprefix("."))
            for each in offered_formats(form)
            if each is not DocumentFormat.HTML
        )

    def _graphs(self) -> tuple[str, ...]:
        return tuple(sorted(self.site.manifest.graphs))

    def _entity_tag(self, query: str, format_name: str, dataset: tuple[tuple[str, str], ...]) -> str:
        """Release, software, query, dataset and format decide on the answer."""
        parts = repr((filmgraph.__version__, request.script_root, query, dataset, format_name))
        return f"{self.site.manifest.release_id}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"

    def _finish(self, response: Response, tag: str) -> Response:
        response.headers["X-Filmgraph-Release"] = self.site.manifest.release_id
        response.headers["X-Robots-Tag"] = "noindex"
        response.vary.add("Accept")
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store"
            return response
        response.headers["Cache-Control"] = "public, no-cache"
        response.set_etag(tag)
        response.make_conditional(request)
        return response


def _find_known_tag(tag: str) -> str | None:
    """Return the client's own entity tag where it stands for the same answer; a packed one ends in `:gzip` or `:br`."""
    return next((each for each in request.if_none_match.as_set() if each.partition(":")[0] == tag), None)


def _dataset(asked: ProtocolRequest) -> QueryDataset | None:
    return QueryDataset(asked.default_graphs, asked.named_graphs) if asked.has_dataset else None


def _dataset_fields(asked: ProtocolRequest) -> tuple[tuple[str, str], ...]:
    return (
        *(("default-graph-uri", each) for each in asked.default_graphs),
        *(("named-graph-uri", each) for each in asked.named_graphs),
    )


def _notes(query: str) -> tuple[str, ...]:
    """Say why a query may find nothing: schema.org's names begin with http here."""
    if _HTTPS_SCHEMA in query:
        return (f"The query says {_HTTPS_SCHEMA}, but the names in the data begin with {SCHEMA}: it may find nothing.",)
    return ()
