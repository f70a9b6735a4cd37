"""Documents as they were: Memento (https://www.rfc-editor.org/rfc/rfc7089) over the releases that are kept.

A thing's page is its own TimeGate; its mementos are below `/as-of/<release>/`, where the whole site is as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.http import parse_date
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.errors import FilmgraphError
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind, ThingId, is_key
from filmgraph.languages import LANGUAGES, split_language, to_prefix
from filmgraph.web.history import FOLDER, REFUSAL, AsOf, History, KeptRelease, read_as_of, split_path
from filmgraph.web.language import read_language
from filmgraph.web.links import Links
from filmgraph.web.site import Site

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse

__all__ = ["add_memento_headers", "choose_memento", "history_links", "memento_blueprint"]

_LINK_FORMAT = "application/link-format"
_SEGMENTS = frozenset(kind.segment for kind in Kind)
_PREFIXES = ",".join(each for each in LANGUAGES if to_prefix(each))
#: Longer addresses are left out of the `Link` header: many clients and proxies refuse longer headers.
_LINK_BYTES = 4_000

_Headers = list[tuple[str, str]]


def memento_blueprint(site: Site, history: History) -> Blueprint:
    """Return the routes of the list of kept releases and of the TimeMaps, and of what cannot be answered from a release."""
    blueprint = Blueprint("memento", __name__)

    @blueprint.get(f"/{FOLDER}/", strict_slashes=False)
    def releases() -> Response:
        _refuse_in_release()
        body = render_template("as_of.html", releases=history.kept()[::-1], canonical=site.links.releases_url())
        return _respond(body, DocumentFormat.HTML.format.content_type)

    @blueprint.get(f"/{FOLDER}/timemap/<segment>/<name>")
    @blueprint.get(f"/{FOLDER}/timemap/<any({_PREFIXES}):language>/<segment>/<name>")
    def timemap(segment: str, name: str, language: str = "") -> Response:
        _refuse_in_release()
        path = f"/{language}/{segment}/{name}" if language else f"/{segment}/{name}"
        if _parse_document(path) is None:
            abort(404)
        return _respond(_write_timemap(site.links, path, history.kept()), _LINK_FORMAT)

    @blueprint.route(f"/{FOLDER}/<path:rest>", methods=["GET", "POST"])
    def elsewhere(rest: str) -> WerkzeugResponse:
        _refuse_in_release()
        refusal = request.environ.get(REFUSAL)
        if isinstance(refusal, FilmgraphError):
            raise refusal
        release_id, path = split_path(f"/{FOLDER}/{rest}") or ("", "")
        release = history.find(release_id)
        return redirect(site.links.as_of(release.release_id, path or "/"), 308)

    return blueprint


def _refuse_in_release() -> None:
    """Answer 404 below `/as-of/<release>/`: there is one history, and it is not a part of any release."""
    if read_as_of() is not None:
        abort(404)


def _respond(body: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    if content_type == DocumentFormat.HTML.format.content_type:
        response.headers["Content-Language"] = read_language()
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response


def _write_timemap(links: Links, path: str, releases: tuple[KeptRelease, ...]) -> str:
    """Return all mementos of a document (https://www.rfc-editor.org/rfc/rfc7089#section-5)."""
    own = f'<{links.timemap_url(path)}>; rel="self"; type="{_LINK_FORMAT}"'
    if releases:
        own += f'; from="{releases[0].http_date}"; until="{releases[-1].http_date}"'
    lines = [f'<{links.today_url(path)}>; rel="original timegate"', own]
    for n, each in enumerate(releases):
        rel = "first " * (n == 0) + "last " * (n == len(releases) - 1) + "memento"
        lines.append(f'<{links.memento_url(each.release_id, path)}>; rel="{rel}"; datetime="{each.http_date}"')
    return ",\n".join(lines) + "\n"


def choose_memento(site: Site) -> WerkzeugResponse | None:
    """Answer a request for a document as it was at a time: 302 to the memento; None when the request names no time.

    See https://www.rfc-editor.org/rfc/rfc7089#section-4.1.1; a time that is no HTTP date is 400 (section 4.5.3).
    """
    asked = request.environ.get("HTTP_ACCEPT_DATETIME")
    if asked is None or site.history is None or read_as_of() is not None:
        return None
    moment = parse_date(asked)
    if moment is None:
        abort(400, "Accept-Datetime should be an HTTP date, such as “Sun, 22 Nov 2026 12:00:00 GMT”")
    release = site.history.current_at(moment)
    if release is None:
        return None
    path = to_prefix(read_language()) + request.path
    response = redirect(site.links.as_of(release.release_id, request.path), 302)
    response.headers["Vary"] = "Accept, Accept-Datetime"
    response.headers["Cache-Control"] = "public, no-cache"
    memento = f'<{site.links.memento_url(release.release_id, path)}>; rel="memento"; datetime="{release.http_date}"'
    response.headers["Link"] = ", ".join([*_original_links(site.links, path), memento])
    return response


def history_links(site: Site, thing: ThingId) -> list[str]:
    """Return the links from a thing's document to what it was; none where there is no history, and from a memento."""
    if site.history is None or read_as_of() is not None:
        return []
    path = f"{to_prefix(read_language())}/{thing.segment}/{thing.key}"
    return [f'<{site.links.today_url(path)}>; rel="timegate"', _timemap_link(site.links, path)]


def _original_links(links: Links, path: str) -> list[str]:
    return [f'<{links.today_url(path)}>; rel="original timegate"', _timemap_link(links, path)]


def _timemap_link(links: Links, path: str) -> str:
    return f'<{links.timemap_url(path)}>; rel="timemap"; type="{_LINK_FORMAT}"'


def _parse_document(path: str) -> ThingId | None:
    """Return the thing whose document, in whatever format and language, is at a path."""
    segment, slash, name = split_language(path)[1].removeprefix("/").partition("/")
    key = name.partition(".")[0]
    return ThingId(segment, key) if slash and segment in _SEGMENTS and is_key(key) else None


def add_memento_headers(links: Links, as_of: AsOf, start_response: StartResponse) -> StartResponse:
    """Return a `start_response` that says with each answer as of when it is, and keeps search engines away from it."""

    def start(
        status: str,
        headers: _Headers,
        failure: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
    ) -> Callable[[bytes], object]:
        kept = [each for each in headers if each[0].lower() != "x-robots-tag"]
        return start_response(status, [*kept, *_memento_headers(links, as_of, status)], failure)

    return start


def _memento_headers(links: Links, as_of: AsOf, status: str) -> _Headers:
    headers = [("X-Robots-Tag", "noindex")]
    # That a thing was not there, or gone, is how it was; a redirect and a failure are of now.
    if status[:3] not in ("200", "206", "304", "404", "410"):
        return headers
    headers.append(("Memento-Datetime", as_of.release.http_date))
    if _parse_document(as_of.path):
        headers.append(("Link", ", ".join(_original_links(links, as_of.path))))
    else:
        original = links.today_url(as_of.path, as_of.query_string)
        if len(original) <= _LINK_BYTES:
            headers.append(("Link", f'<{original}>; rel="original"'))
    return headers
