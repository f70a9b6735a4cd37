"""What `filmgraph query` does: ask the local release or a remote endpoint, and print the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from filmgraph.errors import QuerySyntaxError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryworkers import run_local
from filmgraph.results import parse_results, to_csv, to_text
from filmgraph.serving import release_path
from filmgraph.settings import Settings
from filmgraph.stores.remote import RemoteEndpoint

__all__ = ["ask_endpoint", "ask_release", "wants_graph"]

_PROLOGUE: Final = re.compile(r"(?:\s|#[^\n]*(?:\n|\Z)|BASE\s*<[^<>]*>|PREFIX\s+[^\s:<]*:\s*<[^<>]*>)*([A-Za-z]+)", re.IGNORECASE)
_WRITERS: Final[dict[str, Callable[[bytes], str]]] = {
    "table": lambda body: to_text(parse_results(body)) + "\n",
    "csv": lambda body: to_csv(parse_results(body)),
    "json": lambda body: body.decode() + "\n",
}


def wants_graph(text: str) -> bool:
    r"""Return whether the answer to a query is RDF (CONSTRUCT, DESCRIBE) and not a table (SELECT, ASK).

    >>> wants_graph("PREFIX a: <http://a/> # SELECT\nconstruct where {?s a:b ?o}")
    True
    """
    found = _PROLOGUE.match(text)
    form = found.group(1).upper() if found else ""
    if form not in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
        raise QuerySyntaxError("the query has no SELECT, ASK, CONSTRUCT or DESCRIBE where one should stand")
    return form in ("CONSTRUCT", "DESCRIBE")


def ask_release(settings: Settings, text: str, output: str) -> str:
    """Ask the current release and return the answer as `output` (table, csv or json); graphs come as Turtle.

    Raises what the guard and the workers raise, and NoReleaseError.
    """
    is_graph = wants_graph(text)
    wanted = DocumentFormat.TURTLE if is_graph else ResultsFormat.JSON
    answer = run_local(release_path(settings), text, settings.endpoint, wanted)
    return answer.body.decode() if is_graph else _WRITERS[output](answer.body)


def ask_endpoint(url: str, text: str, output: str) -> str:
    """Ask a SPARQL endpoint and return the answer as `output`; raises QueryError and StoreError."""
    is_graph = wants_graph(text)
    answer = RemoteEndpoint(url).query(text, DocumentFormat.TURTLE if is_graph else ResultsFormat.JSON)
    return answer.body.decode() if is_graph else _WRITERS[output](answer.body)
