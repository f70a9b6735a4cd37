"""`/queries/`: the saved queries of a release, each with a form, its rows, and the same rows as data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup

from filmgraph.admission import Admission
from filmgraph.errors import FilmgraphError, QueryParameterError
from filmgraph.formats import DocumentFormat, Format, ResultsFormat
from filmgraph.jsonld import crawler_list, to_script
from filmgraph.negotiation import choose_format
from filmgraph.pages.messages import Messages
from filmgraph.queries import SavedQuery, bind, from_json, resolve_values
from filmgraph.queries_parameter import Parameter
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryworkers import Answer, QueryPool
from filmgraph.results import Table, parse_results
from filmgraph.sparql_protocol import add_link
from filmgraph.web.admitting import admit, count_refusals
from filmgraph.web.links import to_uri
from filmgraph.web.problems import NotAcceptableError, answer_problem, to_problem
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["FILE_NAME", "QueryField", "QueryPage", "load_queries", "queries_blueprint"]

#: The file of a release that holds its saved queries; releases without any may lack it.
FILE_NAME: Final = "queries.json"
#: Rows that the page shows; CSV and JSON give all of them.
SHOWN_ROWS: Final = 1_000
#: Longer links are left out of the `Link` header: many clients and proxies refuse longer headers.
_LINK_BYTES: Final = 4_000
_HTML: Final = DocumentFormat.HTML.format
_FORMATS: Final = (_HTML, *(each.format for each in ResultsFormat))


@dataclass(frozen=True, slots=True)
class QueryField:
    """One field of a query's form, with the value that the shown rows were asked with, and what a value should be."""

    parameter: Parameter
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What the template `query.html` shows.

    `text` is the query with its values; `hidden_count` rows are left out of the page. `address` is the path of the question
    with its values and `canonical` its public URL; `citation` says where the answer is from.
    """

    query: SavedQuery
    fields: tuple[QueryField, ...]
    text: str
    notes: tuple[str, ...]
    table: Table
    hidden_count: int
    seconds: float
    formats: tuple[tuple[Format, str], ...]
    address: str
    canonical: str
    citation: str


def load_queries(site: Site) -> tuple[SavedQuery, ...]:
    """Return the saved queries of the release, sorted by their English titles; none where it has none."""
    path = site.release_path / FILE_NAME
    queries = from_json(path.read_text(encoding="utf-8")) if path.is_file() else ()
    return tuple(sorted(queries, key=lambda each: (each.titles["en"].casefold(), each.key)))


def queries_blueprint(site: Site, pool: QueryPool, admission: Admission | None = None) -> Blueprint:
    """Return the routes of the saved queries; `pool` runs them on the same release that `site` shows.

    They pass the same door as all queries; without `admission` every query is let in at once.
    """
    blueprint = Blueprint("queries", __name__)
    queries = load_queries(site)
    room = _Room(site, pool, admission, {each.key: each for each in queries})

    @blueprint.get("/queries/", strict_slashes=False)
    def listing() -> Response:
        canonical = site.links.absolute(site.links.saved_queries())
        urls = [site.links.absolute(site.links.saved_query(each.key)) for each in queries]
        crawler = Markup(to_script(crawler_list(site.messages("queries.title"), urls)))
        body = render_template("queries.html", queries=queries, canonical=canonical, crawler=crawler)
        return respond(site, body, _HTML, [f'<{to_uri(canonical)}>; rel="canonical"'])

    @blueprint.get("/queries/<name>")
    def show(name: str) -> Response:
        key, dot, suffix = name.partition(".")
        query = room.queries.get(key)
        if query is None or (dot and suffix not in {each.name for each in _FORMATS}):
            abort(404)
        return room.answer(query, suffix)

    return blueprint


@dataclass(frozen=True, slots=True)
class _Room:
    site: Site
    pool: QueryPool
    admission: Admission | None
    queries: Mapping[str, SavedQuery]

    def answer(self, query: SavedQuery, suffix: str) -> Response:
        """Return the answer to a saved query with the values of this request, or the problem that there is with it."""
        try:
            return self._answer(query, suffix)
        except FilmgraphError as error:
            response = answer_problem(to_problem(error))
            response.headers.update(self._signature)
            return response

    def _answer(self, query: SavedQuery, suffix: str) -> Response:
        started = time.monotonic()
        values = _read_values()
        text = bind(query, values, self.site.iris)
        with count_refusals(self.admission, self.pool.limits):
            check_query(text, GuardLimits.of(self.pool.limits), self.site.manifest.graphs)
        chosen = _choose_format(suffix)
        # An answer that the client has already needs no run.
        unchanged = self._respond(query, values, b"", chosen, is_negotiated=not suffix)
        if unchanged.status_code == 304:
            return unchanged
        run_format = ResultsFormat.JSON if chosen is _HTML else ResultsFormat(chosen)
        with admit(self.admission, self.pool.limits, text):
            waited = time.monotonic() - started
            answer = self.pool.run(text, run_format)
        body: str | bytes = add_link(answer.body, run_format, to_uri(self._canonical(query, values)))
        if chosen is _HTML:
            body = render_template("query.html", page=self._page(query, values, text, answer))
        response = self._respond(query, values, body, chosen, is_negotiated=not suffix)
        # What does not fit is refused, so every answer is whole.
        response.headers["X-Filmgraph-Complete"] = "true"
        total, queue = time.monotonic() - started, waited + answer.queue_seconds
        response.headers["Server-Timing"] = f"total;dur={total * 1000:.1f}, queue;dur={queue * 1000:.1f}"
        return response

    def _respond(
        self, query: SavedQuery, values: Mapping[str, str], body: str | bytes, chosen: Format, *, is_negotiated: bool
    ) -> Response:
        urls = self._urls(query, values)
        location = dict(urls)[chosen] if is_negotiated else ""
        links = self._links(query, values, chosen)
        response = respond(self.site, body, chosen, links, content_location=location, is_negotiated=is_negotiated, is_kept=False)
        response.headers.update(self._signature)
        return response

    def _links(self, query: SavedQuery, values: Mapping[str, str], chosen: Format) -> list[str]:
        canonical, licence = to_uri(self._canonical(query, values)), self.site.settings.licence
        links = [f'<{canonical}>; rel="{rel}"' for rel in ("canonical", "bookmark")]
        urls = self._urls(query, values)
        links += [f'<{to_uri(url)}>; rel="alternate"; type="{each.media_type}"' for each, url in urls if each is not chosen]
        if sum(map(len, links)) > _LINK_BYTES:
            links = []
        if licence.startswith(("http://", "https://")):
            links.append(f'<{to_uri(licence)}>; rel="license"')
        return links

    @property
    def _signature(self) -> dict[str, str]:
        """Say of which data an answer speaks."""
        manifest = self.site.manifest
        return {
            "X-Filmgraph-Release": manifest.release_id,
            "X-Filmgraph-Dataset-Version": f"sha256:{manifest.content_sha256}",
        }

    def _page(self, query: SavedQuery, values: Mapping[str, str], text: str, answer: Answer) -> QueryPage:
        whole = parse_results(answer.body)
        canonical = self._canonical(query, values)
        address = self.site.links.saved_query(query.key, values=_given(query, values))
        return QueryPage(
            query=query,
            fields=tuple(
                QueryField(
                    each, values.get(each.name, "").strip() or each.default or "", _tell_expected(each, self.site.messages)
                )
                for each in query.parameters
            ),
            text=text,
            notes=self._notes(query, values),
            table=Table(whole.variables, whole.rows[:SHOWN_ROWS]),
            hidden_count=max(0, len(whole.rows) - SHOWN_ROWS),
            seconds=answer.seconds,
            formats=tuple(each for each in self._urls(query, values) if each[0] is not _HTML),
            address=address,
            canonical=canonical,
            citation=self._cite(query, self.site.links.lasting_url(address)),
        )

    def _cite(self, query: SavedQuery, url: str) -> str:
        manifest = self.site.manifest
        say = self.site.messages
        return say(
            "queries.citation",
            publisher=manifest.publisher,
            title=manifest.title,
            release=manifest.release_id,
            date=manifest.created[:10],
            question=query.titles.get(say.language, query.titles["en"]),
            url=url,
        )

    def _notes(self, query: SavedQuery, values: Mapping[str, str]) -> tuple[str, ...]:
        """Say why a query may find nothing: the thing that it asks about is not there."""
        terms = resolve_values(query, values, self.site.iris)
        asked = {each.name: terms[each.name][1:-1] for each in query.parameters if each.kind and each.name in terms}
        return tuple(
            self.site.messages("queries.unknown", iri=iri, name=name) for name, iri in asked.items() if not self.site.knows(iri)
        )

    def _urls(self, query: SavedQuery, values: Mapping[str, str]) -> tuple[tuple[Format, str], ...]:
        given = _given(query, values)
        return tuple((each, self.site.links.saved_query(query.key, f".{each.name}", given)) for each in _FORMATS)

    def _canonical(self, query: SavedQuery, values: Mapping[str, str]) -> str:
        return self.site.links.absolute(self.site.links.saved_query(query.key, values=_given(query, values)))


def _tell_expected(parameter: Parameter, messages: Messages) -> str:
    """Return what a value of a parameter should be, in words."""
    if parameter.kind is None:
        return messages(f"expected.{parameter.type.word}")
    segment = parameter.kind.segment
    return messages("expected.key", kind=messages.kind(segment), segment=segment)


def _read_values() -> dict[str, str]:
    """Return the values in the address; QueryParameterError when one is given twice."""
    values = {}
    for name, given in request.args.lists():
        if len(given) != 1:
            raise QueryParameterError(f"{name[:40]} is given {len(given)} times: give it once")
        values[name] = given[0]
    return values


def _given(query: SavedQuery, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the values that were given, in the order of the parameters: one question, one address."""
    return tuple((each.name, values[each.name].strip()) for each in query.parameters if values.get(each.name, "").strip())


def _choose_format(suffix: str) -> Format:
    if suffix:
        return next(each for each in _FORMATS if each.name == suffix)
    chosen = choose_format(request.headers.get("Accept"), _FORMATS)
    if chosen is None:
        raise NotAcceptableError(_FORMATS)
    return chosen
