"""`/sparql`: queries by GET and POST as the SPARQL 1.1 Protocol says, the service description, and a plain form for people."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.http import quote_etag

import filmgraph
from filmgraph.admission import Admission, client_key
from filmgraph.errors import FilmgraphError, QueryRequestError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import GuardLimits, QueryForm, check_query, is_repeatable
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
from filmgraph.web.admitting import admit, asking_client, count_refusals
from filmgraph.web.bodies import BodyGate
from filmgraph.web.cache import CachedDocument
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.problems import answer_problem, prefers_page, to_problem
from filmgraph.web.representation import represent_triples
from filmgraph.web.site import Site
from filmgraph.web.sparql_describe import Describer
from filmgraph.web.sparql_page import PageMaker, SparqlPage, notes_on

__all__ = ["sparql_blueprint"]

#: A longer permalink is left out of the `Link` header: many clients and proxies refuse longer headers.
_LINK_BYTES: Final = 4_000


def sparql_blueprint(site: Site, pool: QueryPool, admission: Admission | None = None) -> Blueprint:
    """Return the route of the query endpoint; `pool` runs the queries on the same release that `site` shows.

    Without `admission` every query is let in at once.
    """
    blueprint = Blueprint("sparql", __name__)
    limits = pool.limits
    endpoint = _Endpoint(
        site=site,
        pool=pool,
        admission=admission,
        pages=PageMaker(site, limits),
        describer=Describer(site, limits),
        identity=_digest(repr((filmgraph.__version__, site.settings.base_iri, limits))),
        bodies=BodyGate(limits.bodies, limits.client_bodies),
        guard_limits=GuardLimits.of(limits),
    )
    blueprint.add_url_rule("/sparql", "answer", endpoint.respond, methods=METHODS)
    return blueprint


def _read_fields(body: bytes) -> RequestFields:
    # The environment itself: each header that is not there costs the request object an exception.
    environ = request.environ
    return RequestFields(
        method=request.method,
        query_string=environ.get("QUERY_STRING", ""),
        content_type=environ.get("CONTENT_TYPE"),
        content_encoding=environ.get("HTTP_CONTENT_ENCODING"),
        body=body,
        accept=environ.get("HTTP_ACCEPT"),
    )


@dataclass(frozen=True, slots=True)
class _Endpoint:
    site: Site
    pool: QueryPool
    admission: Admission | None
    pages: PageMaker
    describer: Describer
    identity: str
    bodies: BodyGate
    guard_limits: GuardLimits

    def respond(self) -> Response:
        asked = ProtocolRequest(None)
        try:
            fields = _read_fields(self._read_body() if request.method == "POST" else b"")
            with count_refusals(self.admission, self.pool.limits):
                asked = parse_request(fields, self.site.manifest.graphs, self.pool.limits.address_bytes)
                if asked.query is None:
                    return self._introduce(asked)
            return self._answer(asked, asked.query)
        except FilmgraphError as error:
            problem = to_problem(error)
            # A browser gets its query back, with what is wrong with it.
            page = self._render(self.pages.failed(asked, problem)) if asked.query and prefers_page() else None
            response = answer_problem(problem, page)
            response.headers.update(self._signature(self.pages.permalink(asked)))
            return response

    def _read_body(self) -> bytes:
        with self.bodies.reading(client_key(asking_client(self.pool.limits))):
            return request.get_data(cache=False)

    def _introduce(self, asked: ProtocolRequest) -> Response:
        """Answer a request without a query: the service description for programs, the form for browsers."""
        if request.method == "POST":
            raise QueryRequestError("there is no query: send it as query=, or open this address in a browser for a form")
        chosen = choose_service_format(asked)
        if chosen is DocumentFormat.HTML:
            body: str | bytes = self._render(self.pages.empty())
        else:
            url = self.site.links.lasting_url(self.site.links.endpoint())
            media_types = [each.media_type for each in (*ResultsFormat, *GRAPH_FORMATS)]
            page_url = self.site.links.absolute(self.site.links.limits())
            triples = describe_service(url, page_url, self.site.manifest, self.pool.limits, media_types)
            body = represent_triples(triples, chosen, self.site.iris)
        return self._finish(body, chosen, "", self._entity_tag(asked, chosen))

    def _answer(self, asked: ProtocolRequest, query: str) -> Response:
        clock = _Clock(time.monotonic())
        with count_refusals(self.admission, self.pool.limits):
            form = check_query(query, self.guard_limits, self.site.manifest.graphs)
        answer_format = choose_answer_format(form, asked)
        permalink = self.pages.permalink(asked)
        tag = self._entity_tag(asked, answer_format) if is_repeatable(query) else ""
        if request.method != "POST" and (known_tag := _find_known_tag(tag)):
            return self._finish(b"", answer_format, permalink, known_tag)

        def make() -> CachedDocument:
            return CachedDocument(self._make_body(asked, form, answer_format, permalink, clock), ())

        is_kept = bool(tag) and not _wants_a_run()
        document = self.site.documents.recall(("sparql", tag), make) if is_kept else make()
        told = [
            *(("X-Filmgraph-Note", note) for note in notes_on(query)),
            # What does not fit is refused, so every answer is whole.
            ("X-Filmgraph-Complete", "true"),
            ("Server-Timing", clock.timing()),
        ]
        return self._finish(document.body, answer_format, permalink, tag, told)

    def _make_body(
        self, asked: ProtocolRequest, form: QueryForm, answer_format: AnswerFormat, permalink: str, clock: _Clock
    ) -> bytes:
        query = asked.query or ""
        run_format: AnswerFormat = answer_format
        if answer_format is DocumentFormat.HTML:
            run_format = DocumentFormat.TURTLE if form.gives_graph else ResultsFormat.JSON
        with admit(self.admission, self.pool.limits, query):
            waited = time.monotonic() - clock.started
            answer = self._run(form, asked, query, run_format)
        clock.queue_seconds = waited + answer.queue_seconds
        if answer_format is DocumentFormat.HTML:
            return self._render(self.pages.answered(asked, form, answer.body, answer.seconds)).encode()
        return add_link(answer.body, answer_format, permalink)

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
        plan = plan_describe(query, self.guard_limits, self.site.manifest.graphs)
        found = self.pool.find(query, plan) if plan is not None else None
        if found is None:
            return None
        body = self.describer.describe(found.iris, run_format, started + self.pool.limits.deadline_seconds)
        return Answer(body, run_format.format.content_type, time.monotonic() - started, found.queue_seconds)

    def _render(self, page: SparqlPage) -> str:
        return render_template("sparql.html", page=page)

    def _entity_tag(self, asked: ProtocolRequest, answer_format: AnswerFormat) -> str:
        """Release, software, settings, query, dataset and format decide on the answer."""
        where = (request.script_root, read_language())
        parts = repr((self.identity, *where, asked.query, asked.dataset_fields, answer_format.format.name))
        return f"{self.site.manifest.release_id}-{_digest(parts)[:16]}"

    def _finish(
        self, body: str | bytes, answer_format: AnswerFormat, permalink: str, tag: str, told: Sequence[tuple[str, str]] = ()
    ) -> Response:
        """Return the answer with all its headers; 304 without a body when the client has it already.

        Without a `tag` no cache may keep it.
        """
        is_kept = request.method != "POST" and bool(tag)
        headers = [
            ("Content-Type", answer_format.format.content_type),
            ("Vary", "Accept"),
            ("Cache-Control", "public, no-cache" if is_kept else "no-store"),
            *self._signature(permalink),
            *told,
        ]
        if answer_format is DocumentFormat.HTML:
            headers.append(("Content-Language", read_language()))
        if is_kept:
            headers.append(("ETag", quote_etag(tag)))
        response = Response(body, headers=headers)
        if is_kept and "HTTP_IF_NONE_MATCH" in request.environ:
            response.make_conditional(request)
        return response

    def _signature(self, permalink: str) -> list[tuple[str, str]]:
        """Say of which data an answer speaks, and where to find it again; an empty `permalink` is nowhere."""
        manifest, licence = self.site.manifest, self.site.settings.licence
        links = [f'<{permalink}>; rel="bookmark"'] if 0 < len(permalink) <= _LINK_BYTES else []
        if licence.startswith(("http://", "https://")):
            links.append(f'<{to_uri(licence)}>; rel="license"')
        return [
            ("X-Filmgraph-Release", manifest.release_id),
            ("X-Filmgraph-Dataset-Version", f"sha256:{manifest.content_sha256}"),
            ("X-Robots-Tag", "noindex"),
            *([("Link", ", ".join(links))] if links else []),
        ]


@dataclass(slots=True)
class _Clock:
    """When a request came, and how long it waited for a worker; None where it needed none."""

    started: float
    queue_seconds: float | None = None

    def timing(self) -> str:
        """Return the value of Server-Timing (https://www.w3.org/TR/server-timing/), in milliseconds."""
        total = f"total;dur={(time.monotonic() - self.started) * 1000:.1f}"
        return f"{total}, cache" if self.queue_seconds is None else f"{total}, queue;dur={self.queue_seconds * 1000:.1f}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _wants_a_run() -> bool:
    """Return whether the client wants no answer from a cache (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4)."""
    return "no-cache" in request.environ.get("HTTP_CACHE_CONTROL", "")


def _find_known_tag(tag: str) -> str | None:
    """Return the client's own entity tag where it stands for the same answer; a packed one ends in `:gzip` or `:br`."""
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return None
    return next((each for each in request.if_none_match.as_set() if each.partition(":")[0] == tag), None)
