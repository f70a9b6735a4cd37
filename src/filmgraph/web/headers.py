"""Headers that every answer has, and compression."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

from filmgraph.formats import DocumentFormat, ResultsFormat

__all__ = ["register_headers"]

# A JSON-LD block is data, which no policy on scripts concerns; the pages have no script at all.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'none'"
)
# The one page with a script; the policy stands on every answer of its path, since a 304 renews the headers of a page kept.
_QUERY_PAGE = "/sparql"
_QUERY_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'self'; connect-src 'self'"
)
_VENDOR = "/static/vendor/"
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Expose-Headers": (
        "Link, ETag, Content-Location, Content-Range, Retry-After, Server-Timing, "
        "X-Filmgraph-Complete, X-Filmgraph-Dataset-Version, X-Filmgraph-Note, X-Filmgraph-Release"
    ),
}
_COMPRESSED = sorted(
    {each.media_type for each in (*DocumentFormat, *ResultsFormat)}
    | {"text/css", "text/javascript", "image/svg+xml", "application/json", "application/problem+json", "text/plain"}
)


def register_headers(app: Flask) -> None:
    """Send security headers and open CORS with every answer, and pack what is worth it."""
    app.config["COMPRESS_MIMETYPES"] = _COMPRESSED
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_MIN_SIZE"] = 500
    app.config["COMPRESS_STREAMS"] = False
    # Functions run in the reverse order of their registration: pack last.
    Compress(app)
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _QUERY_PAGE_POLICY if request.path == _QUERY_PAGE else _POLICY)
    for name, value in (*_SECURITY.items(), *_CORS.items()):
        response.headers.setdefault(name, value)
    if "Allow" in response.headers:
        response.headers.setdefault("Access-Control-Allow-Methods", response.headers["Allow"])
    if request.path.startswith(_VENDOR) and response.status_code == 200:
        # The version stands in the path.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
