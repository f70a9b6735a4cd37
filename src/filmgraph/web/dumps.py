"""The release's dump files. A name is looked up in the manifest; no path is ever made from a request."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from filmgraph.formats import DocumentFormat
from filmgraph.manifest import Manifest
from filmgraph.web.links import to_uri
from filmgraph.web.site import Site

__all__ = ["DumpFile", "dumps_blueprint", "list_dumps"]

_FOLDER = "dumps/"
_MEDIA_TYPES = {
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".csv": "text/csv; charset=utf-8",
    ".trig": "application/trig",
    ".json": "application/json",
    **{each.suffix: each.format.content_type for each in DocumentFormat},
}


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file that may be downloaded. `size` is in bytes."""

    name: str
    size: int
    sha256: str
    media_type: str


def list_dumps(manifest: Manifest) -> tuple[DumpFile, ...]:
    """Return the dump files of a release, by name."""
    return tuple(
        DumpFile(path.removeprefix(_FOLDER), entry.size, entry.sha256, _media_type(path))
        for path, entry in sorted(manifest.files.items())
        if path.startswith(_FOLDER)
    )


def dumps_blueprint(site: Site) -> Blueprint:
    """Return the route of the dump files."""
    blueprint = Blueprint("dumps", __name__)
    files = {each.name: each for each in list_dumps(site.manifest)}

    @blueprint.get("/dumps/<path:name>")
    def dump(name: str) -> Response:
        file = files.get(name)
        path = site.release_path / _FOLDER / file.name if file else None
        if file is None or path is None or not path.is_file():
            abort(404)
        response = send_file(path, mimetype=file.media_type, conditional=False, etag=False, max_age=None)
        response.direct_passthrough = True
        response.set_etag(file.sha256)
        response.headers["Content-Disposition"] = f'attachment; filename="{to_uri(file.name.rpartition("/")[2])}"'
        response.headers["Cache-Control"] = "public, no-cache"
        # The bytes are those of the checksum: nothing on the way may pack them anew.
        response.headers["Content-Encoding"] = "identity"
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=file.size)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise
        return response

    return blueprint


def _media_type(name: str) -> str:
    return _MEDIA_TYPES.get(name[name.rfind(".") :] if "." in name else "", "application/octet-stream")
