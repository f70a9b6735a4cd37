"""Style sheets, pictures and scripts: read once and packed once, then kept in memory.

What is sent as a stream from the disk is never packed, and the query editor has a megabyte; packed it has a quarter of that.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response, abort, request

__all__ = ["FOLDER", "static_blueprint"]

FOLDER: Final = Path(__file__).resolve().parent / "static"
_TEXT: Final = "text/plain; charset=utf-8"
_CONTENT_TYPES: Final = MappingProxyType(
    {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8"}
)
_PACKED_FROM_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class _StaticFile:
    """A file as it is sent: `packed` with gzip, None where that is not worth it. `tag` is a digest of the body."""

    body: bytes
    packed: bytes | None
    content_type: str
    tag: str


def static_blueprint(folder: Path = FOLDER) -> Blueprint:
    """Return the route of the files that lie in `folder` now; no other path can be asked for."""
    blueprint = Blueprint("static_files", __name__)
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    read = cache(lambda name: _read(paths[name]))

    @blueprint.get("/static/<path:name>")
    def show(name: str) -> Response:
        if name not in paths:
            abort(404)
        return _answer(read(name))

    return blueprint


def _read(path: Path) -> _StaticFile:
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if len(body) >= _PACKED_FROM_BYTES else None
    return _StaticFile(body, packed, _CONTENT_TYPES.get(path.suffix, _TEXT), hashlib.sha256(body).hexdigest()[:16])


def _answer(file: _StaticFile) -> Response:
    packed = file.packed if _prefers_gzip() else None
    body = file.body if packed is None else packed
    # An iterator, because what has a length would be packed anew with each request.
    response = Response(iter((body,)), content_type=file.content_type)
    response.content_length = len(body)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept-Encoding")
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(file.tag if packed is None else f"{file.tag}:gzip")
    response.make_conditional(request)
    return response


def _prefers_gzip() -> bool:
    """Whether the client takes gzip, and not less gladly than what is not packed.

    The rules are https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3.
    """
    accepted = request.accept_encodings
    return accepted.quality("gzip") > 0 and accepted.quality("gzip") >= accepted.quality("identity")
