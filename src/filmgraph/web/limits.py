"""`/limits`: what the query endpoint allows, and what it answers to those who pass a limit."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from filmgraph.admission import Limit, limits_table
from filmgraph.formats import DocumentFormat, Format
from filmgraph.negotiation import choose_format
from filmgraph.web.problems import NotAcceptableError
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["limits_blueprint"]

_HTML = DocumentFormat.HTML.format
_JSON = Format("json", "JSON", "application/json", ".json", "https://www.rfc-editor.org/rfc/rfc8259")


def limits_blueprint(site: Site) -> Blueprint:
    """Return the routes of the page and the document that state the limits of the query endpoint."""
    blueprint = Blueprint("limits", __name__)
    limits = limits_table(site.settings.endpoint)

    @blueprint.get("/limits", strict_slashes=False)
    def negotiated() -> Response:
        chosen = choose_format(request.headers.get("Accept"), (_HTML, _JSON))
        if chosen is None:
            raise NotAcceptableError((_HTML, _JSON))
        return _answer(site, limits, chosen, is_negotiated=True)

    @blueprint.get("/limits.json")
    def document() -> Response:
        return _answer(site, limits, _JSON, is_negotiated=False)

    return blueprint


def _answer(site: Site, limits: tuple[Limit, ...], chosen: Format, *, is_negotiated: bool) -> Response:
    json_path = site.links.limits(_JSON.suffix)
    page_url = site.links.absolute(site.links.limits())
    if chosen is _HTML:
        body = render_template("limits.html", limits=limits, json_path=json_path)
        links = [f'<{page_url}>; rel="canonical"', f'<{json_path}>; rel="alternate"; type="{_JSON.media_type}"']
        return respond(site, body, _HTML, links, is_negotiated=is_negotiated, is_kept=False)
    members = [
        {"name": each.name, "value": each.value, "unit": each.unit, "meaning": each.meaning, "status": each.status}
        for each in limits
    ]
    body = json.dumps({"endpoint": site.links.absolute(site.links.endpoint()), "limits": members}, indent=1) + "\n"
    links = [f'<{page_url}>; rel="canonical"']
    location = json_path if is_negotiated else ""
    return respond(site, body, _JSON, links, content_location=location, is_negotiated=is_negotiated, is_kept=False)
