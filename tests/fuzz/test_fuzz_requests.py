"""Requests that nobody would send in good faith: none breaks the server, and none makes it speak for another host."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from collections.abc import Iterator

import brotli
import pytest

from filmgraph.serving import open_switch
from filmgraph.serving_switch import ReleaseSwitch
from filmgraph.settings import load_settings
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built
from tests.fuzz.request_maker import STRANGER, Reply, Request, make_requests, send

SEED = 20261123
SLICE, ALL = 1_000, 10_000
#: What a request can be answered with that asks for too much, for nothing or for what makes no sense. Nothing is busy or broken.
RIGHT = {200, 206, 301, 302, 303, 304, 307, 308, 400, 403, 404, 405, 406, 410, 412, 413, 414, 415, 416}


@pytest.fixture(scope="module")
def switch(
    demo_release: Built, loaded_vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReleaseSwitch]:
    # A folder of its own: in that of the session other tests may leave releases, and damage them.
    catalogue = tmp_path_factory.mktemp("fuzz") / "data"
    ignored = shutil.ignore_patterns("releases", ".pages")
    shutil.copytree(demo_release.settings.catalogue_path, catalogue, ignore=ignored)
    shutil.copytree(demo_release.path, catalogue / "releases" / demo_release.path.name)
    (catalogue / "releases" / "current").symlink_to(demo_release.path.name)
    switch = open_switch(load_settings(catalogue), loaded_vocabulary, spares=0)
    yield switch
    switch.close()


def body_of(reply: Reply) -> bytes:
    packing = {name.lower(): value for name, value in reply.headers}.get("content-encoding")
    if not reply.body or packing in (None, "identity"):
        return reply.body
    unpacked: bytes = gzip.decompress(reply.body) if packing == "gzip" else brotli.decompress(reply.body)
    return unpacked


def find_flaws(request: Request, reply: Reply) -> Iterator[str]:
    if reply.status not in RIGHT:
        yield f"answered with {reply.status}"
    if STRANGER in str(reply.headers):
        yield "a header names the stranger"
    if reply.status != 206 and STRANGER.encode() in body_of(reply):
        yield "the body names the stranger"
    for name, value in reply.headers:
        if set(name + value) & set("\r\n\x00") or not value.isascii():
            yield f"the header {name} is broken"
    names = Counter(name.lower() for name, _ in reply.headers)
    if "set-cookie" in names or any(names[each] > 1 for each in ("content-type", "content-length", "location", "etag")):
        yield "a header is made by the stranger"
    if request.method == "HEAD" and reply.body:
        yield "an answer to HEAD has a body"


def assault(switch: ReleaseSwitch, requests: Iterator[Request]) -> Counter[int]:
    statuses: Counter[int] = Counter()
    flaws = []
    for request in requests:
        reply = send(switch, request)
        statuses[reply.status] += 1
        flaws += [f"{request}: {flaw}" for flaw in find_flaws(request, reply)]
    assert flaws == []
    return statuses


def test_a_thousand_requests_break_nothing(switch: ReleaseSwitch) -> None:
    statuses = assault(switch, make_requests(SLICE, SEED))
    # The requests are not so wild that all of them end at the door.
    assert {200, 303, 304, 308, 400, 404, 405, 406} <= set(statuses)
    assert statuses[200] > SLICE / 10


@pytest.mark.fuzz
def test_ten_thousand_requests_break_nothing(switch: ReleaseSwitch) -> None:
    assault(switch, make_requests(ALL, SEED))
