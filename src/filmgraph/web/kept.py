"""One answer that is kept: its headers, and its body packed once in each way that a client may want.

The entity tag of a packed body has the name of its packing at the end, as the bytes are others
(https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3).
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import brotli
from flask import Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["BROTLI", "IDENTITY", "Headers", "KeptAnswer", "Variant", "choose_packing", "pack", "unpack"]

IDENTITY: Final = "identity"
BROTLI: Final = "br"
_GZIP: Final = "gzip"
#: In the server's order of preference.
_PACKINGS: Final = (BROTLI, _GZIP)
_PACKED_FROM_BYTES: Final = 500
_BROTLI_QUALITY: Final = 5
_GZIP_LEVEL: Final = 6
#: What only says something of a body, and is left out with it (https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5).
_OF_BODY: Final = frozenset({"content-type", "content-length", "content-encoding", "content-language"})
_OWN: Final = frozenset({"etag", "content-length", "content-encoding", "vary"})

Headers = list[tuple[str, str]]


def pack(body: bytes, packing: str) -> bytes:
    """Return a body packed; the same body gives the same bytes."""
    if packing == BROTLI:
        packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
        return packed
    return gzip.compress(body, _GZIP_LEVEL, mtime=0) if packing == _GZIP else body


def unpack(body: bytes, packing: str) -> bytes:
    """Return what was packed; ValueError for what was not packed like that."""
    if packing != BROTLI:
        return body
    try:
        whole: bytes = brotli.decompress(body)
    except brotli.error as error:
        raise ValueError(f"not packed with Brotli: {error}") from error
    return whole


@lru_cache(256)
def choose_packing(accept_encoding: str | None) -> str:
    """Return how to pack an answer for a client (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3).

    >>> choose_packing("gzip, deflate, br"), choose_packing("gzip;q=0"), choose_packing("br;q=0.1, *;q=0.5")
    ('br', 'identity', 'gzip')
    """
    if not accept_encoding:
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    best = max(_PACKINGS, key=accepted.quality)
    # What is not packed is always accepted, but who does not name it wants it least.
    plain = accepted.quality(IDENTITY) if IDENTITY in accept_encoding.lower() else 0.0
    return best if accepted.quality(best) > 0 and accepted.quality(best) >= plain else IDENTITY


@dataclass(frozen=True, slots=True)
class Variant:
    """A body as it is sent, its entity tag in quotes, and the headers of the whole answer and of one without a body."""

    body: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]
    bare_headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A whole answer to a GET. `tag` is its entity tag without quotes; `headers` lack what depends on the packing.

    From `until` on the same address is answered with something else; None stands for as long as the release is served.
    """

    body: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]
    vary: tuple[str, ...]
    is_packable: bool
    until: datetime | None = None
    _variants: dict[str, Variant] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, response: Response, headers: Headers, packable_types: frozenset[str], until: datetime | None) -> KeptAnswer:
        """Return the answer that a response with these headers is, whatever its client has already. It needs an entity tag."""
        tag, _ = response.get_etag()
        body = response.get_data()
        return cls(
            body=body,
            tag=tag or "",
            headers=tuple((name, value) for name, value in headers if name.lower() not in _OWN),
            vary=tuple(each for each in response.vary if each.lower() != "accept-encoding"),
            is_packable=len(body) >= _PACKED_FROM_BYTES and response.mimetype in packable_types,
            until=until,
        )

    @property
    def depends_on_accept(self) -> bool:
        """Whether a client that likes other formats gets another answer."""
        return any(each.lower() == "accept" for each in self.vary)

    def variant(self, packing: str) -> Variant:
        """Return the answer packed in one way, made when it is first asked for."""
        wanted = packing if self.is_packable else IDENTITY
        found = self._variants.get(wanted)
        if found is None:
            # Two threads that make the same at once make the same bytes.
            found = self._variants[wanted] = self._make(wanted)
        return found

    def _make(self, packing: str) -> Variant:
        body = pack(self.body, packing)
        tag = f'"{self.tag}"' if packing == IDENTITY else f'"{self.tag}:{packing}"'
        headers = [*self.headers, ("ETag", tag), ("Vary", ", ".join((*self.vary, "Accept-Encoding")))]
        bare = tuple(each for each in headers if each[0].lower() not in _OF_BODY)
        if packing != IDENTITY:
            headers.append(("Content-Encoding", packing))
        return Variant(body, tag, (*headers, ("Content-Length", str(len(body)))), bare)

    def choose(self, environ: WSGIEnvironment) -> tuple[str, Variant]:
        """Return status line and variant for a request: 304 where the client has it already."""
        variant = self.variant(choose_packing(environ.get("HTTP_ACCEPT_ENCODING")))
        known = environ.get("HTTP_IF_NONE_MATCH")
        return ("304 NOT MODIFIED" if known and self._is_known(known, variant) else "200 OK"), variant

    def _is_known(self, if_none_match: str, variant: Variant) -> bool:
        return if_none_match == variant.tag or parse_etags(if_none_match).contains_weak(variant.tag[1:-1])

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer a GET or HEAD request (https://peps.python.org/pep-3333/)."""
        status, variant = self.choose(environ)
        if status[:3] == "304":
            start_response(status, list(variant.bare_headers))
            return []
        start_response(status, list(variant.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [variant.body]

    def to_response(self, environ: WSGIEnvironment) -> Response:
        """Return the same for an application that goes on working with it."""
        status, variant = self.choose(environ)
        is_whole = status[:3] != "304"
        # An iterator, because what has a length would be packed anew on its way out.
        response = Response(iter((variant.body,) if is_whole else ()), status=status)
        response.headers.clear()
        response.headers.extend(variant.headers if is_whole else variant.bare_headers)
        return response
