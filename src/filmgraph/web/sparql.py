"""`/sparql`: queries by GET and POST as the SPARQL 1.1 Protocol says, the service description, and a plain form for people."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request

import filmgraph
from filmgraph.admission import Admission
from filmgraph.errors import FilmgraphError, QueryRequestError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.queryguard_describe import plan_describe
from filmgraph.queryworkers import Answer, QueryDataset, QueryPool
from filmgraph.service_description import describe_service
from filmgraph.sparql_protocol import (
    GRAPH_FORMATS,
    METHODS,
    AnswerFormat,
    ProtocolRequest,
    RequestFields,
    add_link,
    choose_answer_format,
    choose_service_format,
    parse_request,
)
from filmgraph.web.admitting import admit
from filmgraph.web.links import to_uri
from filmgraph.web.problems import answer_problem, prefers_page, to_problem
from filmgraph.web.representation import represent_triples
from filmgraph.web.site import Site
from filmgraph.web.sparql_describe import Describer
from filmgraph.web.sparql_page import PageMaker, SparqlPage, notes_on

__all__ = ["sparql_blueprint"]

#: A longer permalink is left out of the `Link` header: many clients and proxies refuse longer headers.
_LINK_BYTES: Final = 4_000
_EXPOSED: Final = (
    "Content-Location, ETag, Link, Retry-After, Server-Timing, "
    "X-Filmgraph-Complete, X-Filmgraph-Dataset-Version, X-Filmgraph-Note, X-Filmgraph-Release"
)


def sparql_blueprint(site: Site, pool: QueryPool, admission: Admission | None = None) -> Blueprint:
    """Return the route of the query endpoint; `pool` runs the queries on the same release that `site` shows.

    Without `admission` every query is let in at once.
    """
    blueprint = Blueprint("sparql", __name__)
    endpoint = _Endpoint(site, pool, admission, PageMaker(site, pool.limits), Describer(site, pool.limits))
    blueprint.add_url_rule("/sparql", "answer", endpoint.respond, methods=METHODS)
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
    admission: Admission | None
    pages: PageMaker
    describer: Describer

    def respond(self) -> Response:
        asked = ProtocolRequest(None)
        try:
            asked = parse_request(_read_fields(), self.site.manifest.graphs)
            return self._introduce(asked) if asked.query is None else self._answer(asked, asked.query)
        except FilmgraphError as error:
            problem = to_problem(error)
            # A browser gets its query back, with what is wrong with it.
            page = self._render(self.pages.failed(asked, problem)) if asked.query and prefers_page() else None
            return self._sign(answer_problem(problem, page), asked)

    def _introduce(self, asked: ProtocolRequest) -> Response:
        """Answer a request without a query: the service description for programs, the form for browsers."""
        if request.method == "POST":
            raise QueryRequestError("there is no query: send it as query=, or open this address in a browser for a form")
        chosen = choose_service_format(asked)
        if chosen is DocumentFormat.HTML:
            body: str | bytes = self._render(self.pages.empty())
        else:
            url = self.site.links.absolute(self.site.links.sparql())
            media_types = [each.media_type for each in (*ResultsFormat, *GRAPH_FORMATS)]
            page_url = self.site.links.absolute(self.site.links.limits())
            triples = describe_service(url, page_url, self.site.manifest, self.pool.limits, media_types)
            body = represent_triples(triples, chosen, self.site.iris)
        response = Response(body, content_type=chosen.format.content_type)
        return self._finish(response, asked, self._entity_tag(asked, chosen))

    def _answer(self, asked: ProtocolRequest, query: str) -> Response:
        started = time.monotonic()
        form = check_query(query, self._guard_limits, self.site.manifest.graphs)
        answer_format = choose_answer_format(form, asked)
        tag = self._entity_tag(asked, answer_format)
        if request.method != "POST" and (known_tag := _find_known_tag(tag)):
            return self._finish(Response(status=304), asked, known_tag)
        run_format: AnswerFormat = answer_format
        if answer_format is DocumentFormat.HTML:
            run_format = DocumentFormat.TURTLE if form.gives_graph else ResultsFormat.JSON
        with admit(self.admission, self.pool.limits, query):
            waited = time.monotonic() - started
            answer = self._run(form, asked, query, run_format)
        if answer_format is DocumentFormat.HTML:
            body: str | bytes = self._render(self.pages.answered(asked, form, answer.body, answer.seconds))
        else:
            body = add_link(answer.body, answer_format, self.pages.permalink(asked))
        response = Response(body, content_type=answer_format.format.content_type)
        for note in notes_on(query):
            response.headers.add("X-Filmgraph-Note", note)
        # What does not fit is refused, so every answer is whole.
        response.headers["X-Filmgraph-Complete"] = "true"
        total = time.monotonic() - started
        response.headers["Server-Timing"] = ", ".join(
            f"{name};dur={seconds * 1000:.1f}" for name, seconds in (("total", total), ("queue", waited + answer.queue_seconds))
        )
        return self._finish(response, asked, tag)

    @property
    def _guard_limits(self) -> GuardLimits:
        return GuardLimits(query_bytes=self.pool.limits.query_bytes)

    def _run(self, form: QueryForm, asked: ProtocolRequest, query: str, run_format: AnswerFormat) -> Answer:
        if form is QueryForm.DESCRIBE and isinstance(run_format, DocumentFormat) and not asked.has_dataset:
            answer = self._describe(query, run_format)
            if answer is not None:
                return answer
        dataset = QueryDataset(asked.default_graphs, asked.named_graphs) if asked.has_dataset else None
        return self.pool.run(query, run_format, dataset)

    def _describe(self, query: str, run_format: DocumentFormat) -> Answer | None:
        """Return the documents of what a DESCRIBE names; None where the engine's own description must do."""
        started = time.monotonic()
        plan = plan_describe(query, self._guard_limits, self.site.manifest.graphs)
        found = self.pool.find(query, plan) if plan is not None else None
        if found is None:
            return None
        body = self.describer.describe(found.iris, run_format, started + self.pool.limits.deadline_seconds)
        return Answer(body, run_format.format.content_type, time.monotonic() - started, found.queue_seconds)

    def _render(self, page: SparqlPage) -> str:
        return render_template("sparql.html", page=page)

    def _entity_tag(self, asked: ProtocolRequest, answer_format: AnswerFormat) -> str:
        """Release, software, settings, query, dataset and format decide on the answer."""
        where = (self.site.settings.base_iri, request.script_root, self.pool.limits)
        parts = repr((filmgraph.__version__, where, asked.query, asked.dataset_fields, answer_format.format.name))
        return f"{self.site.manifest.release_id}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"

    def _finish(self, response: Response, asked: ProtocolRequest, tag: str) -> Response:
        self._sign(response, asked)
        response.vary.add("Accept")
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store"
            return response
        response.headers["Cache-Control"] = "public, no-cache"
        response.set_etag(tag)
        response.make_conditional(request)
        return response

    def _sign(self, response: Response, asked: ProtocolRequest) -> Response:
        """Say of which data an answer speaks, and where to find it again."""
        manifest, licence = self.site.manifest, self.site.settings.licence
        response.headers["X-Filmgraph-Release"] = manifest.release_id
        response.headers["X-Filmgraph-Dataset-Version"] = f"sha256:{manifest.content_sha256}"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["Timing-Allow-Origin"] = "*"
        permalink = to_uri(self.pages.permalink(asked))
        links = [f'<{permalink}>; rel="bookmark"'] if 0 < len(permalink) <= _LINK_BYTES else []
        if licence.startswith(("http://", "https://")):
            links.append(f'<{to_uri(licence)}>; rel="license"')
        if links:
            response.headers["Link"] = ", ".join(links)
        return response


def _find_known_tag(tag: str) -> str | None:
    """Return the client's own entity tag where it stands for the same answer; a packed one ends in `:gzip` or `:br`."""
    return next((each for each in request.if_none_match.as_set() if each.partition(":")[0] == tag), None)
