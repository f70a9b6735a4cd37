"""Headers that every answer has, and compression."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final

from flask import Flask
from flask_compress import Compress

from filmgraph.formats import CALENDAR, DocumentFormat, ResultsFormat
from filmgraph.languages import LANGUAGES, to_prefix
from filmgraph.signposting import LINKSET
from filmgraph.web.answers import AnswerCache, KeepingApp, keep_answers
from filmgraph.web.kept import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PAGE_POLICY", "STANDING", "StandingHeaders", "complete", "register_headers"]

# A JSON-LD block is data, which no policy on scripts concerns; the pages have no script at all.
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'none'"
)
# The one page with a script; the policy stands on every answer of its path, since a 304 renews the headers of a page kept.
_QUERY_PAGES: Final = frozenset(f"{to_prefix(each)}/sparql" for each in LANGUAGES)
_QUERY_PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'self'; connect-src 'self'"
)
_VENDOR: Final = "/static/vendor/"
# The version stands in the path.
_FOR_EVER: Final = ("Cache-Control", "public, max-age=31536000, immutable")
STANDING: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "Accept, Accept-Datetime, Content-Type, If-None-Match, Range"),
    (
        "Access-Control-Expose-Headers",
        "Link, ETag, Content-Location, Content-Range, Memento-Datetime, Retry-After, Server-Timing, "
        "X-Filmgraph-Complete, X-Filmgraph-Dataset-Version, X-Filmgraph-Note, X-Filmgraph-Release",
    ),
    ("Timing-Allow-Origin", "*"),
)
# How long a browser may remember what it was allowed, in seconds: one day; most keep it for two hours at most.
_ALLOWED_SECONDS: Final = "86400"
_COMPRESSED: Final = sorted(
    {each.media_type for each in (*DocumentFormat, *ResultsFormat)}
    | {"text/css", "text/javascript", "image/svg+xml", "application/json", "application/problem+json", "text/plain"}
    | {CALENDAR.media_type, LINKSET.media_type, "application/xml"}
)

_Failure = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None


def register_headers(app: Flask, answers: AnswerCache) -> None:
    """Send security headers and open CORS with every answer, pack what is worth it, and keep what is offered to be kept."""
    app.config["COMPRESS_MIMETYPES"] = _COMPRESSED
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_MIN_SIZE"] = 500
    app.config["COMPRESS_STREAMS"] = False
    Compress(app)
    # Later registered, so earlier called: what is kept is not packed yet.
    app.after_request(keep_answers(answers, frozenset(_COMPRESSED), complete))
    app.wsgi_app = KeepingApp(StandingHeaders(app.wsgi_app), answers)  # type: ignore[method-assign]


class StandingHeaders:
    """Adds the same headers to every answer of an application, errors too; it stands outside, where a header is one list item."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (https://peps.python.org/pep-3333/)."""
        path = environ.get("PATH_INFO", "")

        def start(status: str, headers: Headers, failure: _Failure = None) -> Callable[[bytes], object]:
            return start_response(status, complete(path, status, headers), failure)

        return self._app(environ, start)


def complete(path: str, status: str, headers: Headers) -> Headers:
    """Return the headers of an answer with those that stand on all; what the answer has of its own goes before."""
    own = {name.lower(): value for name, value in headers}
    added = [("Content-Security-Policy", _QUERY_PAGE_POLICY if path in _QUERY_PAGES else PAGE_POLICY), *STANDING]
    if "allow" in own:
        added += [("Access-Control-Allow-Methods", own["allow"]), ("Access-Control-Max-Age", _ALLOWED_SECONDS)]
    if path.startswith(_VENDOR) and status.startswith("200"):
        headers = [each for each in headers if each[0].lower() != "cache-control"]
        added.append(_FOR_EVER)
    return [*headers, *(each for each in added if each[0].lower() not in own or each is _FOR_EVER)]
