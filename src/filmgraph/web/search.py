"""`/search`, `/suggest` and `/opensearch.xml`: find a thing by its name, from a page, a program or the bar of a browser.

Suggestions and the description are those of OpenSearch 1.1 (https://github.com/dewitt/opensearch).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request

from filmgraph.errors import IriError, SearchQueryError, SearchUnavailableError
from filmgraph.formats import DocumentFormat, Format
from filmgraph.iris import Kind
from filmgraph.negotiation import choose_format
from filmgraph.pages.search import PAGE_SIZE, SearchPage, build_search_page, describe_found
from filmgraph.search import Answer, Found, SearchIndex
from filmgraph.search_question import TEXT_LIMIT
from filmgraph.web.gate import WorkGate
from filmgraph.web.problems import NotAcceptableError, answer_problem, to_problem
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["search_blueprint"]

_HTML: Final = DocumentFormat.HTML.format
_JSON: Final = Format("json", "JSON", "application/json", ".json", "https://www.rfc-editor.org/rfc/rfc8259")
_FORMATS: Final = (_HTML, _JSON)
_SPEC: Final = "https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md"
_SUGGESTIONS: Final = Format("suggestions", "OpenSearch suggestions", "application/x-suggestions+json", ".json", _SPEC)
_DESCRIPTION: Final = Format(
    "opensearch", "OpenSearch description", "application/opensearchdescription+xml", ".xml", _SPEC, charset="utf-8"
)
_SUGGESTED: Final = 10
#: Searches at once in a web process, and of one client; a search takes a thread for a second at most.
_SEARCHES: Final = 8
_CLIENT_SEARCHES: Final = 4
# https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md#the-shortname-element
_SHORT_NAME: Final = 16


def search_blueprint(site: Site) -> Blueprint:
    """Return the routes of the search; a release that was built without an index answers that it has none."""
    blueprint = Blueprint("search", __name__)
    gate = WorkGate(_SEARCHES, _CLIENT_SEARCHES, site.settings.endpoint)

    @blueprint.get("/search", strict_slashes=False)
    def search() -> Response:
        chosen = _choose()
        try:
            with gate.working():
                return _answer(site, chosen)
        except SearchQueryError as error:
            page = SearchPage(request.args.get("q", "")[:TEXT_LIMIT], problem=str(error))
            return answer_problem(to_problem(error), render_template("search.html", page=page) if chosen is _HTML else None)

    @blueprint.get("/suggest")
    def suggest() -> Response:
        text = request.args.get("q", "")
        with gate.working():
            found = _index(site).search(text, limit=_SUGGESTED).found if text.strip() else ()
        return respond(site, json.dumps(_suggestions(site, text, found), ensure_ascii=False) + "\n", _SUGGESTIONS)

    @blueprint.get("/opensearch.xml")
    def description() -> Response:
        title = site.settings.title
        short = title if len(title) <= _SHORT_NAME else title[:_SHORT_NAME].rpartition(" ")[0] or title[:_SHORT_NAME]
        return respond(site, render_template("opensearch.xml", short_name=short), _DESCRIPTION)

    return blueprint


def _index(site: Site) -> SearchIndex:
    if site.search is None:
        raise SearchUnavailableError(
            f"Release {site.manifest.release_id} was built without a search index, by an older filmgraph: build it again."
        )
    return site.search


def _choose() -> Format:
    """Return the format that the address names, else the one that the Accept header asks for."""
    named = request.args.get("format")
    if named is not None:
        found = next((each for each in _FORMATS if each.name == named), None)
        if found is None:
            raise SearchQueryError(f"There is no format “{named[:40]}”; there are {', '.join(each.name for each in _FORMATS)}.")
        return found
    chosen = choose_format(request.headers.get("Accept"), _FORMATS)
    if chosen is None:
        raise NotAcceptableError(_FORMATS)
    return chosen


def _answer(site: Site, chosen: Format) -> Response:
    text, kind, number = request.args.get("q", ""), _read_kind(), _read_number()
    is_overview = chosen is _HTML and kind is None
    index = _index(site)
    start = (number - 1) * PAGE_SIZE
    answer = index.overview(text) if is_overview else index.search(text, kind, start=start, limit=PAGE_SIZE)
    if number > 1 and (is_overview or start >= answer.total):
        abort(404)
    if chosen is _HTML:
        body = render_template("search.html", page=build_search_page(answer, kind, number, site.vocabulary, site.messages))
    else:
        body = json.dumps(_to_json(site, answer, kind, number), ensure_ascii=False, indent=1) + "\n"
    response = respond(site, body, chosen, is_negotiated="format" not in request.args, is_kept=False)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _read_kind() -> Kind | None:
    segment = request.args.get("kind", "")
    try:
        return Kind.from_segment(segment) if segment else None
    except IriError:
        raise SearchQueryError(f"There is no kind of thing called “{segment[:40]}”: choose one from the results.") from None


def _read_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text)):
        abort(404)
    return int(text)


def _to_json(site: Site, answer: Answer, kind: Kind | None, number: int) -> dict[str, Any]:
    return {
        "query": answer.question.text,
        "kind": kind.segment if kind else None,
        "release": site.manifest.release_id,
        "total": answer.total,
        "isCut": answer.is_cut,
        "isNear": answer.is_near,
        "page": number,
        "pageCount": max(1, -(-answer.total // PAGE_SIZE)),
        "counts": {each.segment: count for each, count in answer.counts.items()},
        "results": [_to_member(site, each) for each in answer.found],
    }


def _to_member(site: Site, found: Found) -> dict[str, Any]:
    line = describe_found(found, site.vocabulary)
    member = {
        "iri": found.iri,
        "url": _page_url(site, found),
        "kind": found.kind.segment,
        "name": line.label,
        "details": list(line.details),
        "isNear": found.is_near,
    }
    if line.language:
        member["language"] = line.language
    if found.match:
        match = found.match
        member["matched"] = {
            "relation": match.relation.value,
            "name": match.text,
            "in": match.context,
            "language": match.language,
        }
    return member


def _suggestions(site: Site, text: str, found: Sequence[Found]) -> list[Any]:
    """Return the four lists of a suggestion: what was typed, names, what they are, their pages."""
    lines = [describe_found(each, site.vocabulary) for each in found]
    descriptions = [", ".join((line.kind, *line.details)) for line in lines]
    return [text, [line.label for line in lines], descriptions, [_page_url(site, each) for each in found]]


def _page_url(site: Site, found: Found) -> str:
    thing = site.iris.parse(found.iri)
    return site.links.absolute(site.links.document(thing.kind, thing.key)) if thing else found.iri
