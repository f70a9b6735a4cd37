"""Whether the server runs, and whether it can answer from its release."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from filmgraph.web.site import Site

__all__ = ["health_blueprint"]


def health_blueprint(site: Site) -> Blueprint:
    """Return the routes for whoever watches the server."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _answer(200, {"status": "ok"})

    @blueprint.get("/readyz")
    def readyz() -> Response:
        if not site.store.is_open():
            return _answer(503, {"status": "the store does not answer", "release": site.manifest.release_id})
        return _answer(200, {"status": "ready", "release": site.manifest.release_id, "triples": site.manifest.triples})

    return blueprint


def _answer(status: int, members: dict[str, str | int]) -> Response:
    response = Response(json.dumps(members) + "\n", status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
