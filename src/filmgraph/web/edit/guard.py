"""Who may open the editor's pages: a browser of this computer that was given the token, and nobody through another site.

- The address that the program prints holds a token; it becomes a cookie that other sites cannot make a browser send.
- The Host header has to name this computer, or a page elsewhere could reach it by a name of its own (DNS rebinding).
- Forms hold a word that follows from the token, and may come from these pages alone.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from flask import Flask, Request, redirect, request
from werkzeug.wrappers import Response

from filmgraph.web.edit.links import href
from filmgraph.web.headers import PAGE_POLICY
from filmgraph.web.language import on_this_host

__all__ = ["FORM_FIELD", "form_word", "guard"]

FORM_FIELD: Final = "form"
_QUESTION: Final = "token"
_HEADERS: Final = (
    ("Content-Security-Policy", PAGE_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # With no-referrer a browser would not say where a form comes from either.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_FROM_HERE: Final = ("same-origin", "none")


def form_word(token: str) -> str:
    """Return the word that the forms of these pages hold."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def _cookie(token: str) -> str:
    """Return the name of the cookie: browsers share cookies among the ports of a computer, and two catalogues may be open."""
    return f"filmgraph-edit-{hashlib.sha256(token.encode()).hexdigest()[:8]}"


def guard(app: Flask, token: str, hosts: frozenset[str]) -> None:
    """Refuse every request that is not the editor's own; `hosts` are the names with ports by which this computer is asked."""

    def check() -> Response | None:
        if request.host not in hosts:
            return _refuse(421, "This address is not that of the editor's pages: open the one that filmgraph edit printed.")
        given = request.args.get(_QUESTION, "")
        if given and hmac.compare_digest(given.encode(), token.encode()):
            return _let_in(token)
        if not hmac.compare_digest(request.cookies.get(_cookie(token), "").encode(), token.encode()):
            return _refuse(
                403, "Open the address that filmgraph edit printed when it was started: it holds the key to these pages."
            )
        return None if request.method in ("GET", "HEAD") else _check_form(request, token, hosts)

    def complete(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    app.before_request(check)
    app.after_request(complete)


def _let_in(token: str) -> Response:
    """Keep the token as a cookie, and lead on to an address without it."""
    response = redirect(href(on_this_host(request.path)), 303)
    response.set_cookie(_cookie(token), token, httponly=True, samesite="Strict", path="/")
    return response


def _check_form(asked: Request, token: str, hosts: frozenset[str]) -> Response | None:
    origin = asked.headers.get("Origin")
    is_own = origin is None or origin.removeprefix("http://") in hosts
    site = asked.headers.get("Sec-Fetch-Site", _FROM_HERE[0])
    word = asked.form.get(FORM_FIELD, "")
    if is_own and site in _FROM_HERE and hmac.compare_digest(word.encode(), form_word(token).encode()):
        return None
    return _refuse(403, "This form does not come from the editor's pages. Go back, load the page anew, and send it again.")


def _refuse(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
