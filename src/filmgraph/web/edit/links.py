"""The addresses of the editor's pages, in the language of the request."""

from __future__ import annotations

from flask import request

from filmgraph.languages import to_prefix
from filmgraph.web.language import read_language

__all__ = ["href", "in_language"]


def href(path: str) -> str:
    """Return the address of a page in the language of the request."""
    return f"{to_prefix(read_language())}{path}"


def in_language(language: str) -> str:
    """Return the address of the page at hand in another language; that of the first page where it answers a form."""
    path = request.path if request.method == "GET" else "/"
    return f"{to_prefix(language)}{path}"
