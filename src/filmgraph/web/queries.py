"""`/queries/`: the saved queries of a release, each with a form, its rows, and the same rows as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, render_template, request

from filmgraph.admission import Admission
from filmgraph.errors import QueryParameterError
from filmgraph.formats import DocumentFormat, Format, ResultsFormat
from filmgraph.negotiation import choose_format
from filmgraph.queries import SavedQuery, bind, from_json, resolve_values
from filmgraph.queries_parameter import Parameter
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryworkers import Answer, QueryPool
from filmgraph.results import Table, parse_results
from filmgraph.web.admitting import admit
from filmgraph.web.links import to_uri
from filmgraph.web.problems import NotAcceptableError
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["FILE_NAME", "QueryField", "QueryPage", "load_queries", "queries_blueprint"]

#: The file of a release that holds its saved queries; releases without any may lack it.
FILE_NAME: Final = "queries.json"
#: Rows that the page shows; CSV and JSON give all of them.
SHOWN_ROWS: Final = 1_000
_HTML: Final = DocumentFormat.HTML.format
_FORMATS: Final = (_HTML, *(each.format for each in ResultsFormat))


@dataclass(frozen=True, slots=True)
class QueryField:
    """One field of a query's form, with the value that the shown rows were asked with."""

    parameter: Parameter
    value: str


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What the template `query.html` shows. `text` is the query with its values; `hidden_count` rows are left out of the page."""

    query: SavedQuery
    fields: tuple[QueryField, ...]
    text: str
    notes: tuple[str, ...]
    table: Table
    hidden_count: int
    seconds: float
    formats: tuple[tuple[Format, str], ...]
    canonical: str


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
        body = render_template("queries.html", queries=queries, canonical=canonical)
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
        values = _read_values()
        text = bind(query, values, self.site.iris)
        check_query(text, GuardLimits(query_bytes=self.pool.limits.query_bytes), self.site.manifest.graphs)
        chosen = _choose_format(suffix)
        # An answer that the client has already needs no run.
        unchanged = self._respond(query, values, b"", chosen, is_negotiated=not suffix)
        if unchanged.status_code == 304:
            return unchanged
        if chosen is _HTML:
            body: str | bytes = render_template("query.html", page=self._page(query, values, text))
        else:
            body = self._run(text, ResultsFormat(chosen)).body
        return self._respond(query, values, body, chosen, is_negotiated=not suffix)

    def _run(self, text: str, result_format: ResultsFormat) -> Answer:
        with admit(self.admission, self.pool.limits, text):
            return self.pool.run(text, result_format)

    def _respond(
        self, query: SavedQuery, values: Mapping[str, str], body: str | bytes, chosen: Format, *, is_negotiated: bool
    ) -> Response:
        urls = self._urls(query, values)
        links = [f'<{to_uri(url)}>; rel="alternate"; type="{each.media_type}"' for each, url in urls if each is not chosen]
        links.append(f'<{to_uri(self._canonical(query, values))}>; rel="canonical"')
        location = dict(urls)[chosen] if is_negotiated else ""
        response = respond(self.site, body, chosen, links, content_location=location, is_negotiated=is_negotiated)
        response.headers["X-Filmgraph-Release"] = self.site.manifest.release_id
        return response

    def _page(self, query: SavedQuery, values: Mapping[str, str], text: str) -> QueryPage:
        answer = self._run(text, ResultsFormat.JSON)
        whole = parse_results(answer.body)
        return QueryPage(
            query=query,
            fields=tuple(QueryField(each, values.get(each.name, "").strip() or each.default or "") for each in query.parameters),
            text=text,
            notes=self._notes(query, values),
            table=Table(whole.variables, whole.rows[:SHOWN_ROWS]),
            hidden_count=max(0, len(whole.rows) - SHOWN_ROWS),
            seconds=answer.seconds,
            formats=tuple(each for each in self._urls(query, values) if each[0] is not _HTML),
            canonical=self._canonical(query, values),
        )

    def _notes(self, query: SavedQuery, values: Mapping[str, str]) -> tuple[str, ...]:
        """Say why a query may find nothing: the thing that it asks about is not there."""
        terms = resolve_values(query, values, self.site.iris)
        asked = {each.name: terms[each.name][1:-1] for each in query.parameters if each.kind and each.name in terms}
        return tuple(
            f"This release knows nothing of {iri}, which was given as {name}."
            for name, iri in asked.items()
            if not self.site.knows(iri)
        )

    def _urls(self, query: SavedQuery, values: Mapping[str, str]) -> tuple[tuple[Format, str], ...]:
        given = _given(query, values)
        return tuple((each, self.site.links.saved_query(query.key, f".{each.name}", given)) for each in _FORMATS)

    def _canonical(self, query: SavedQuery, values: Mapping[str, str]) -> str:
        return self.site.links.absolute(self.site.links.saved_query(query.key, values=_given(query, values)))


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
