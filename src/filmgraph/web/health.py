"""Whether the server runs, whether it can answer from its release, and whether it can run queries."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from filmgraph.queryworkers import QueryPool
from filmgraph.web.history import NOTICE
from filmgraph.web.site import Site

__all__ = ["health_blueprint"]

_RETRY_SECONDS = 5


def health_blueprint(site: Site, pool: QueryPool | None = None) -> Blueprint:
    """Return the routes for whoever watches the server; none of them waits for a query worker.

    `/readyz` speaks for the whole: pages and downloads need no query workers, so their want is told and is no reason to send
    readers elsewhere. `/readyz/queries` is for who sends queries only to servers that can run them.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _answer(200, {"status": "ok"})

    @blueprint.get("/readyz")
    def readyz() -> Response:
        if not site.store.is_open():
            return _answer(503, {"status": "the store does not answer", "release": site.manifest.release_id})
        known: dict[str, str | int] = {"release": site.manifest.release_id, "triples": site.manifest.triples}
        if NOTICE in request.environ:
            # The release before it goes on answering, so readers lose nothing here.
            known["warning"] = request.environ[NOTICE]
        return _answer(200, {"status": "ready"} | known | ({} if pool is None else _describe_queries(pool)))

    if pool is not None:

        @blueprint.get("/readyz/queries")
        def queries() -> Response:
            known = _describe_queries(pool)
            return _answer(503 if known["queries"] == "down" else 200, known)

    return blueprint


def _describe_queries(pool: QueryPool) -> dict[str, str | int]:
    state = pool.state
    queries = "down" if state.is_down else "ready" if state.ready == state.size else "short of workers"
    return {"queries": queries, "query_workers": state.ready, "query_workers_wanted": state.size}


def _answer(status: int, members: dict[str, str | int]) -> Response:
    response = Response(json.dumps(members) + "\n", status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response
