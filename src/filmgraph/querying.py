"""What `filmgraph query` does: ask the local release or a remote endpoint, and print the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from filmgraph.errors import QueryParameterError, QuerySyntaxError, SavedQueryError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.iris import IriScheme, is_key
from filmgraph.queries import bind, is_saved_query, parse_query
from filmgraph.queryworkers import run_local
from filmgraph.results import parse_results, to_csv, to_text
from filmgraph.serving import release_path
from filmgraph.settings import Settings
from filmgraph.stores.remote import RemoteEndpoint

__all__ = ["ask_endpoint", "ask_release", "bind_file", "wants_graph"]

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


def bind_file(name: str, text: str, values: Mapping[str, str], load_iris: Callable[[], IriScheme]) -> str:
    """Return the query in a file with its parameters bound: to `values`, and the others to their defaults.

    A file without the header of a saved query has no parameters and comes back as it is. `load_iris` is asked for the names of
    things only where there are parameters. SavedQueryError for a broken header, QueryParameterError for a wrong value.
    """
    if not is_saved_query(text):
        if values:
            raise QueryParameterError(
                f"{name} has no parameter {next(iter(values))!r}: no '# parameter NAME: …' stands at its top"
            )
        return text
    key = Path(name).stem
    try:
        query = parse_query(key if is_key(key) else "query", text)
    except SavedQueryError as error:
        raise SavedQueryError(f"{name}: {error}", error.line) from error
    return bind(query, values, load_iris()) if query.parameters or values else query.text


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
