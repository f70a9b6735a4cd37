"""What crawlers are asked to leave alone, and what is not to stand in an index.

Whatever hangs on a question in the address (a query, a search, a filter) has no end: crawlers are kept out
(https://www.rfc-editor.org/rfc/rfc9309). Pages that they may read but that no one should find are marked `noindex`.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, request

from filmgraph.languages import LANGUAGES, to_prefix
from filmgraph.web.history import FOLDER, read_as_of
from filmgraph.web.site import Site

__all__ = ["NOT_INDEXED", "register_robots"]

#: Pages with a purpose, and nothing to find.
NOT_INDEXED: Final = ("/sparql", "/search", "/suggest", "/limits", "/opensearch.xml")
#: What crawlers would follow without end, and the one question that leads on, to the later pages of lists: the longer rule wins.
_EVERYWHERE: Final = "*?"
_DISALLOWED: Final = ("sparql/", "search", "search?page=", "suggest", f"{FOLDER}/", _EVERYWHERE)
_ALLOWED: Final = ("*?page=",)
_FRESH: Final = "public, max-age=3600"


def register_robots(app: Flask, site: Site) -> None:
    """Add `/robots.txt`, and mark what is not to be indexed."""
    blueprint = Blueprint("robots", __name__)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        if read_as_of() is not None:
            abort(404)
        response = Response(_write(site), content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = _FRESH
        response.add_etag()
        response.make_conditional(request)
        return response

    app.register_blueprint(blueprint)
    app.after_request(_mark)


def _write(site: Site) -> str:
    root = urlsplit(site.iris.base).path
    prefixes = [f"{to_prefix(each)}/"[1:] for each in LANGUAGES]
    rules = [f"Disallow: {root}{each}{path}" for each in prefixes for path in _DISALLOWED if not each or path != _EVERYWHERE]
    rules += [f"Allow: {root}{each}" for each in _ALLOWED]
    return "\n".join(("User-agent: *", *rules, "", f"Sitemap: {site.links.absolute(site.links.sitemap())}", ""))


def _mark(response: Response) -> Response:
    if request.path in NOT_INDEXED:
        response.headers.setdefault("X-Robots-Tag", "noindex")
    return response
