"""The files of the releases that are kept: each at an address that never changes, and through `latest` the current release's.

A name is looked up in the manifest of its release; no path is ever made from a request.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from filmgraph.download import Purpose, read_download
from filmgraph.errors import ReleaseError, ReleaseUnknownError
from filmgraph.manifest import Manifest, load_manifest
from filmgraph.web.links import to_uri
from filmgraph.web.site import Site

__all__ = ["LATEST", "DumpFile", "dumps_blueprint", "list_dumps"]

#: Stands for the release that is current.
LATEST: Final = "latest"
_FOLDER: Final = "dumps/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FRESH: Final = "public, no-cache"
#: Releases whose manifests are kept in memory.
_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file that may be downloaded. `size` is in bytes, `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str
    media_type: str

    @property
    def is_main(self) -> bool:
        """Whether the file holds all that there is, or helps to check it."""
        return read_download(self.name).purpose in (Purpose.EVERYTHING, Purpose.CHECK)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The files of one release."""

    release_id: str
    path: Path
    files: Mapping[str, DumpFile]


def list_dumps(manifest: Manifest) -> tuple[DumpFile, ...]:
    """Return the dump files of a release, by name."""
    return tuple(
        DumpFile(name := path.removeprefix(_FOLDER), entry.size, entry.sha256, _media_type(name))
        for path, entry in sorted(manifest.files.items())
        if path.startswith(_FOLDER)
    )


def _media_type(name: str) -> str:
    """Return the value of Content-Type; what is packed is a gzip file, whatever is in it."""
    found = read_download(name)
    if found.is_gzip:
        return "application/gzip"
    bare = found.format.media_type
    header = "; header=present" if bare == "text/csv" else ""
    return f"{bare}; charset=utf-8{header}" if bare.startswith("text/") else bare


def dumps_blueprint(site: Site) -> Blueprint:
    """Return the routes of the files of every release that is kept."""
    blueprint = Blueprint("dumps", __name__)
    own = _make_shelf(site.release_path, site.manifest)
    kept = lru_cache(_KEPT)(lambda release_id: _open_shelf(site, release_id))

    @blueprint.get("/dumps/", strict_slashes=False)
    def listing() -> Response:
        return _lead(f"{site.links.datasets()}#downloads", 302)

    @blueprint.get("/dumps/<path:name>")
    def dump(name: str) -> Response:
        if name in own.files:
            # The form of an address from before releases had addresses of their own.
            return _lead(site.links.dump(name, LATEST), 308)
        release_id, _, rest = name.partition("/")
        if release_id == LATEST and rest in own.files:
            return _lead(site.links.dump(rest, own.release_id), 307)
        if release_id == own.release_id:
            return _send(own, rest)
        return _send(_find_shelf(site, kept, release_id), rest)

    return blueprint


def _make_shelf(path: Path, manifest: Manifest) -> _Shelf:
    return _Shelf(manifest.release_id, path, {each.name: each for each in list_dumps(manifest)})


def _find_shelf(site: Site, kept: Callable[[str], _Shelf], release_id: str) -> _Shelf:
    """Return the files of another release; 404 for one that never was, 410 for one that was removed."""
    if site.history is None:
        abort(404)
    return kept(site.history.find(release_id).release_id)


def _open_shelf(site: Site, release_id: str) -> _Shelf:
    path = site.release_path.parent / release_id
    try:
        return _make_shelf(path, load_manifest(path))
    except ReleaseError as error:
        raise ReleaseUnknownError(f"The release {release_id} cannot be read any more.") from error


def _lead(path: str, status: int) -> Response:
    """Answer with the address of what was asked for; only the old form of an address leads to the same one for good."""
    response = Response(status=status, headers={"Location": to_uri(path)})
    response.headers["Cache-Control"] = "public, max-age=86400" if status == 308 else _FRESH
    return response


def _send(shelf: _Shelf, name: str) -> Response:
    """Answer with a file, or with the ranges of it that were asked for."""
    file = shelf.files.get(name)
    path = shelf.path / _FOLDER / file.name if file else None
    if file is None or path is None or not path.is_file():
        abort(404)
    response = send_file(path, mimetype=file.media_type, conditional=False, etag=False, max_age=None)
    response.direct_passthrough = True
    response.headers["Content-Type"] = file.media_type
    _describe(response, file)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def _describe(response: Response, file: DumpFile) -> None:
    response.set_etag(file.sha256)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"  # https://www.rfc-editor.org/rfc/rfc9530#section-3
    response.headers["Content-Disposition"] = f'attachment; filename="{to_uri(file.name.rpartition("/")[2])}"'
    response.headers["Cache-Control"] = _FOR_EVER
    # The bytes are those of the checksum: nothing on the way may pack them anew.
    response.headers["Content-Encoding"] = "identity"
