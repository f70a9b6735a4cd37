"""All links of a thing's document in one answer (https://www.rfc-editor.org/rfc/rfc9264)."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.errors import IriError
from filmgraph.iris import Kind
from filmgraph.signposting import LINKSET, write_linkset
from filmgraph.web.responses import respond
from filmgraph.web.signposts import linkset_contexts
from filmgraph.web.site import Site
from filmgraph.web.tombstones import lead_to_survivor

__all__ = ["linkset_blueprint"]


def linkset_blueprint(site: Site) -> Blueprint:
    """Return the route of all linksets."""
    blueprint = Blueprint("linkset", __name__)

    @blueprint.get("/linkset/<segment>/<key>")
    def linkset(segment: str, key: str) -> Response | WerkzeugResponse:
        kind = Kind.from_segment(segment)
        moved = lead_to_survivor(site, kind, key, site.links.linkset)
        if moved is not None:
            return moved
        description = site.describe(site.iris.thing(kind, key))
        if description is None:
            raise IriError(f"There is no {kind.segment} “{key}” in release {site.manifest.release_id}")
        return respond(site, write_linkset(linkset_contexts(site, description)), LINKSET)

    return blueprint
