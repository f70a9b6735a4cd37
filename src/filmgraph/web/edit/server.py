"""Serves the editor's pages on this computer, and on no other address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["open_server"]


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request: addresses may hold the token."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def open_server(make_app: Callable[[frozenset[str]], WSGIApplication], host: str, port: int) -> BaseWSGIServer:
    """Return a server that listens already; port 0 takes a free one. OSError when the port is taken.

    `make_app` is given the names, with the port, by which a browser of this computer asks.
    """
    server = make_server(host, port, _nothing, threaded=True, request_handler=_Quiet)
    server.app = make_app(frozenset(f"{name}:{server.server_port}" for name in ("127.0.0.1", "localhost", "[::1]")))
    return server


def _nothing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer nothing: the address is not known yet."""
    start_response("503 Service Unavailable", [])
    return []
