"""Makes requests that nobody would send in good faith, the same ones for the same seed."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_to_bytes

__all__ = ["STRANGER", "Reply", "Request", "make_requests", "send"]

#: The name of another host, which no answer may repeat.
STRANGER: Final = "stranger-7f3a.test"

_SEEDS: Final = (
    "/", "/film/", "/film/here-2023", "/film/here-2023.ttl", "/film/here-2023.jsonld", "/film/here-2023.rdf",
    "/film/here-2023.ics",
    "/film/here-2023/facts", "/film/here-2023/poster.svg", "/person/bas-devos", "/person/bas-devos/timeline.svg", "/venue/",
    "/id/film/here-2023", "/id/film/nope", "/id/role/director", "/festival/", "/programme/", "/programme/nope/2026-10-10",
    "/datasets/", "/datasets.ttl", "/datasets/coverage.json", "/dumps/", "/dumps/latest/films.nt.gz", "/changes/",
    "/changes/stream",
    "/changes/feed.atom", "/changes/history.json", "/search", "/suggest", "/opensearch.xml", "/queries/",
    "/queries/films-by-country",
    "/limits", "/limits.json", "/ns", "/ns.nt", "/shapes", "/shapes.ttl", "/static/filmgraph.css", "/sitemap.xml",
    "/sitemap/film-1.xml", "/robots.txt", "/share.png", "/share/film/here-2023.png", "/linkset/film/here-2023", "/healthz",
    "/readyz",
    "/graph/texts", "/graph/source/films", "/.well-known/void", "/as-of/", "/as-of/2026-11-22.1/film/here-2023", "/as-of/x/y",
    "/as-of/timemap/film/here-2023", "/as-of/refused", "/sparql", "/nl/", "/nl/film/here-2023", "/fr/search", "/fr/film/",
    "/xx/film/",
)  # fmt: skip
_PIECES: Final = (
    "%", "%2", "%zz", "%00", "%0d%0aSet-Cookie:a=b", "%ff%fe", "%c0%af", "%ed%a0%80", "%e2%80%ae", "..", "../", "%2e%2e/",
    "%2f%2f", "//", "\\",
    "%5c", ";", ";a=b", ":", "@", "|", "'", '"', "<script>", "%3Cscript%3E", "{{7*7}}", "${x}", "é", "日本", "\U0001f3ac", "\x7f",
    "\t", " ", "+", "*",
    "a" * 3_000, "-", "--", ".", ".html", ".ttl", ".xyz", "..ttl", "/facts", "/list/2", "/0", "-1", "1e9", "٣", "nl/", "/fr",
    "current", "latest",
)  # fmt: skip
_VALUES: Final = (
    "1",
    "0",
    "-1",
    "99999999999",
    "٣",
    "a",
    "",
    "%",
    "%ff",
    "here",
    "é",
    "x" * 2_000,
    "film",
    "NaN",
    "2026-10-10",
    "%00",
    "*",
    "'",
)
_FIELDS: Final = (
    "page", "q", "kind", "format", "query", "release", "day", "section", "venue", "language", "year", "decade", "country",
    "genre", "role",
    "default-graph-uri", "named-graph-uri", "film", "person", "x[]", "", "__proto__",
)  # fmt: skip
_ACCEPTS: Final = (
    "text/html", "text/turtle", "application/ld+json", "*/*", "*", "", ",", ";", "text/*;q=0", "text/html;q=nan",
    "text/html;q=1e9", "q=1", "a/b/c",
    'text/html;x="', 'text/html;x="a,b"', "text/html;q=0.5;q=0.9", "/", "text/html;;;", "\x00", "é/é", "text/html," * 300,
    "application/*;q=.1",
)  # fmt: skip
_TONGUES: Final = (
    "nl",
    "fr-BE, nl;q=0.5",
    "*",
    "",
    "x" * 500,
    "nl;q=2",
    "nl;q=-1",
    ";",
    "é",
    "nl-" * 60,
    "en;q=0, *;q=0.1",
    "\x00",
)
_RANGES: Final = (
    "bytes=0-0", "bytes=-1", "bytes=5-1", "bytes=0-,1-", "bytes=", "bytes=a-b", "bytes=99999999999999999999-", "items=0-1", "=",
    "bytes=0-0," * 200,
    "bytes=--1", "bytes=٣-", "\x00",
)  # fmt: skip
_METHODS: Final = ("GET",) * 40 + (
    "HEAD",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "CONNECT",
    "get",
    "FOO",
    "",
)
_STRANGE_HEADERS: Final = (
    "X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Port",
    "Forwarded",
    "X-Original-URL", "X-Rewrite-URL", "X-Host", "Origin", "Referer", "Via", "X-Real-Ip",
)  # fmt: skip
_TAGS: Final = ('"x"', "*", 'W/"x"', '"', "x", '"a", ' * 300, '"2026-11-22.1-0"', "\x00", "é", ",")
_PACKINGS: Final = ("gzip", "br", "gzip, br;q=0.5", "*;q=0", "identity;q=0", "gzip;q=x", "", "zstd", "é", "br," * 200)
_TIMES: Final = ("Sun, 22 Nov 2026 12:00:00 GMT", "x", "", "Sun, 99 Nov 2026", "0", "Thu, 01 Jan 0000 00:00:00 GMT", "é")
_BODIES: Final = (
    b"",
    b"query=ASK+%7B%7D",
    b"query=%ff",
    b"\x00\xff" * 50,
    b"ASK {}",
    b"<x/>",
    b"release=x&query=ASK+%7B%7D",
    b"=" * 500,
)
_BODY_TYPES: Final = (
    "",
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "multipart/form-data; boundary=x",
    "x",
    "é",
)
_QUERIES: Final = (
    "",
    "ASK%20%7B%7D",
    "SELECT",
    "DESCRIBE%20%3Cx%3E",
    "%",
    "SELECT%20*%20%7B%7D",
    "ASK%7BSERVICE%20%3Chttp://x/%3E%7B%7D%7D",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a server would hand it on: `target` as it stands in the first line, in Latin-1 or not."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def environ(self) -> dict[str, Any]:
        """Return the request as a WSGI application gets it (https://peps.python.org/pep-3333/)."""
        path, _, question = self.target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": question.encode().decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value.encode().decode("latin-1")
        return environ


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make_requests(number: int, seed: int) -> Iterator[Request]:
    """Yield requests; the first of them are the same whatever their number."""
    for n in range(number):
        yield _make(random.Random(f"{seed} {n}"))


def _make(chance: random.Random) -> Request:
    method = chance.choice(_METHODS)
    body = chance.choice(_BODIES) if method in ("POST", "PUT", "PATCH") or chance.random() < 0.02 else b""
    return Request(method, _make_target(chance), tuple(_make_headers(chance, body)), body)


def _make_target(chance: random.Random) -> str:
    path = chance.choice(_SEEDS)
    for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 3))):
        place = chance.randrange(1, len(path) + 1)
        path = path[:place] + chance.choice(_PIECES) + path[place + chance.choice((0, 0, 3)) :]
    if chance.random() < 0.1:
        path += chance.choice(_SEEDS)
    fields = [f"{chance.choice(_FIELDS)}={chance.choice(_VALUES)}" for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 5)))]
    if path.endswith("/sparql") and chance.random() < 0.3:
        fields.append(f"query={chance.choice(_QUERIES)}")
    return path + (("?" + chance.choice(("&", "&", ";", "&&")).join(fields)) if fields else "")


def _make_headers(chance: random.Random, body: bytes) -> Iterator[tuple[str, str]]:
    yield (
        "Host",
        chance.choice(("127.0.0.1:8000", STRANGER, f"{STRANGER}:80", f"x@{STRANGER}", f"{STRANGER}/x", "", "[", "a b", "é")),
    )
    for name in chance.sample(_STRANGE_HEADERS, chance.choice((0, 1, 3))):
        yield (
            name,
            chance.choice(
                (STRANGER, f"https://{STRANGER}/", f"for=1;host={STRANGER};proto=https", f"//{STRANGER}", f"{STRANGER}, x")
            ),
        )
    for name, values, share in (
        ("Accept", _ACCEPTS, 0.6), ("Accept-Language", _TONGUES, 0.4), ("Range", _RANGES, 0.2), ("If-None-Match", _TAGS, 0.2),
        ("If-Match", _TAGS, 0.05), ("Accept-Encoding", _PACKINGS, 0.4), ("Accept-Datetime", _TIMES, 0.1), ("If-Modified-Since",
        _TIMES, 0.1),
        ("If-Range", (*_TAGS, *_TIMES), 0.1), ("Cookie", ("a=b", "=", "é", "x" * 3_000), 0.1), ("Cache-Control", ("no-cache",
        "x", "é"), 0.1),
    ):  # fmt: skip
        if chance.random() < share:
            yield name, chance.choice(values)
    if body or chance.random() < 0.05:
        yield "Content-Type", chance.choice(_BODY_TYPES)
        yield "Content-Length", chance.choice((str(len(body)), str(len(body)), "0", "x", "-1", "999999999999"))


def send(app: Callable[..., Any], request: Request) -> Reply:
    """Return what an application answers; whatever it raises is raised."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], failure: object = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda data: None

    answer = app(request.environ(), start_response)
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return Reply(int(status[:3]), tuple(headers), body)
