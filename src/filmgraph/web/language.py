"""The language of a request: the first part of its path, which the routes of the application never see.

`/nl/film/here-2023` is answered by the route of `/film/here-2023`, in Dutch. What is no page has one address only, and is found
there. No page sends its reader to another language: only the IRI of a thing, which is no page, asks what the reader speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Flask, has_request_context, redirect, request
from werkzeug.wrappers import Response

from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES, split_language, to_prefix
from filmgraph.pages.messages import Messages, load_messages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["LanguagePrefix", "on_this_host", "read_language", "read_messages", "register_languages"]

_LANGUAGE: Final = "filmgraph.language"
#: The blueprints and routes that answer with pages. What has a suffix other than that of HTML is no page.
_PAGES: Final = frozenset(
    {"lists", "facts", "dictionary", "programme", "queries", "limits", "sparql", "things.document", "vocabulary.terms_document"}
    | {"datasets.datasets", "changes.page", "search.search", "memento.releases"}
)
#: Drawings have words in them, and so a language, whatever their suffix.
_DRAWINGS: Final = "drawings"
_POSTER: Final = "drawings.poster"
_FRESH: Final = "public, max-age=3600"


class LanguagePrefix:
    """Takes the language off the path of a request, and puts it into the environment."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (https://peps.python.org/pep-3333/)."""
        language, path = split_language(environ.get("PATH_INFO", ""))
        if language != FIRST_LANGUAGE:
            environ[_LANGUAGE], environ["PATH_INFO"] = language, path
        return self._app(environ, start_response)


def read_language() -> str:
    """Return the language of the request at hand."""
    language = request.environ.get(_LANGUAGE) if has_request_context() else None
    return language if isinstance(language, str) else FIRST_LANGUAGE


def read_messages() -> Messages:
    """Return the words to answer the request at hand in."""
    return load_messages(read_language())


def register_languages(app: Flask) -> None:
    """Let paths name a language. Outside of this stands only what looks at whole paths."""
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_leave_language)
    app.context_processor(lambda: {"t": read_messages(), "languages": LANGUAGES})


def _leave_language() -> Response | None:
    """Lead away from the address in a language of what has none, and from `/nl` to `/nl/`."""
    if read_language() == FIRST_LANGUAGE:
        name = request.path[1:]
        is_bare = name in LANGUAGES and name != FIRST_LANGUAGE
        return _lead_to(f"{to_prefix(name)}/") if is_bare else None
    if request.endpoint is None or _is_page(request.endpoint, request.path):
        return None
    return _lead_to(on_this_host(request.path))


def _is_page(endpoint: str, path: str) -> bool:
    blueprint = endpoint.partition(".")[0]
    if blueprint == _DRAWINGS:
        return endpoint != _POSTER
    name = path.rpartition("/")[2]
    return (blueprint in _PAGES or endpoint in _PAGES) and ("." not in name or name.endswith(".html"))


def on_this_host(path: str) -> str:
    """Return a decoded path such that no client takes it for the address of another host.

    >>> on_this_host("//films.example/x")
    '/films.example/x'
    """
    return "/" + path.lstrip("/\\")


def _lead_to(path: str) -> Response:
    question = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    response = redirect(f"{request.script_root}{quote(path)}{question}", 308)
    response.headers["Cache-Control"] = _FRESH
    return response
