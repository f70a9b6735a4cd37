"""Readers that ask a server without a rest while releases come and go, and note what each answer was made of."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.live.server import Reply, Server

__all__ = ["Seen", "read_on"]

_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")


@dataclass(slots=True)
class Seen:
    """What the readers saw: `wholes` counts answers by kind and release; `errors` and `mixed` say what should never be."""

    wholes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    @property
    def releases(self) -> set[str]:
        """The releases that answered."""
        return {release_id for _, release_id in self.wholes}

    def note(self, kind: str, reply: Reply, names: Callable[[Reply], set[str]]) -> None:
        """Look at an answer: it must be a good one, and all that it says of its release must be the same."""
        if reply.status != 200:
            self.errors.append(f"{kind}: {reply.status} {reply.body[:300]!r}")
            return
        told = names(reply)
        if len(told) == 1:
            self.wholes[kind, told.pop()] += 1
        else:
            self.mixed.append(f"{kind}: {sorted(told)}")


def _tag(reply: Reply) -> str:
    found = _ID.search(reply.headers["ETag"])
    return found[0] if found else ""


def _names_of_page(reply: Reply) -> set[str]:
    return {_tag(reply), *_ID.findall(reply.body.decode())}


def _names_of_query(reply: Reply) -> set[str]:
    rows = json.loads(reply.body)["results"]["bindings"]
    return {_tag(reply), reply.headers["X-Filmgraph-Release"], *(row["name"]["value"] for row in rows)}


def _names_of_dump(reply: Reply) -> set[str]:
    """The bytes must be those of the digest in the entity tag."""
    digest = hashlib.sha256(reply.body).hexdigest()
    named = set(_ID.findall(gzip.decompress(reply.body).decode()))
    return named if digest in reply.headers["ETag"] else {*named, f"digest {digest}"}


def _names_of_manifest(reply: Reply) -> set[str]:
    told = json.loads(reply.body)
    return {told["release"]} | ({"warning"} if "warning" in told else set())


@contextmanager
def read_on(server: Server, page: str, dump: str, query: str) -> Iterator[Seen]:
    """Let four readers ask for a page, for the rows of a query, for a dump and for the release, until the block ends."""
    seen, stop = Seen(), threading.Event()

    def read(kind: str, path: str, names: Callable[[Reply], set[str]]) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            try:
                reply = _follow(server, path.replace("{n}", str(n)))
            except (OSError, http.client.HTTPException) as error:
                seen.errors.append(f"{kind}: {error!r}")
            else:
                seen.note(kind, reply, names)

    # Each query is another one, so that none comes from a cache.
    sparql = "/sparql?" + urlencode({"query": query}) + "+%23{n}"
    kinds = [
        ("page", page, _names_of_page),
        ("query", sparql, _names_of_query),
        ("dump", dump, _names_of_dump),
        ("release", "/readyz", _names_of_manifest),
    ]
    with ThreadPoolExecutor(len(kinds)) as threads:
        readers: list[Future[None]] = [threads.submit(read, *each) for each in kinds]
        try:
            yield seen
        finally:
            stop.set()
    for each in readers:
        each.result()


def _follow(server: Server, path: str) -> Reply:
    for _ in range(3):
        reply = server.get(path)
        if reply.status not in (307, 308):
            break
        path = reply.headers["Location"]
    return reply
