"""A running server takes up another release without dropping or mixing a request."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from filmgraph.release_lease import claim_release
from tests.live.server import Server, serve_catalogue
from tests.live.switch_readers import read_on
from tests.serving.release_maker import QUERY, make_catalogue, make_release, publish

FIRST, SECOND, THIRD = "2026-11-22.1", "2026-11-22.2", "2026-11-22.3"
BIG = 48 * 1024 * 1024
KINDS = {"page", "query", "dump", "release"}


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    path = make_catalogue(tmp_path / "films") / "releases"
    make_release(path, FIRST)
    publish(path, FIRST)
    return path


@pytest.fixture
def server(releases: Path, tmp_path: Path) -> Iterator[Server]:
    with serve_catalogue(releases.parent, tmp_path / "server.log") as server:
        yield server


def test_releases_come_and_go_under_load_and_every_answer_is_whole(server: Server, releases: Path) -> None:
    make_release(releases, SECOND)
    make_release(releases, THIRD)
    with read_on(server, "/film/here.ttl", "/dumps/films.nt.gz", QUERY) as seen:
        for release_id in (SECOND, FIRST, THIRD):
            publish(releases, release_id)
            server.await_release(release_id)
    assert (seen.errors, seen.mixed) == ([], [])
    assert seen.releases == {FIRST, SECOND, THIRD}
    assert {kind for kind, _ in seen.wholes} == KINDS
    assert {release_id for kind, release_id in seen.wholes if kind == "query"} >= {THIRD}


def test_an_open_download_of_the_old_release_finishes(tmp_path: Path) -> None:
    """48 MiB, of which the client has read nothing but the head when the release changes, twice."""
    releases = make_catalogue(tmp_path / "big") / "releases"
    make_release(releases, FIRST, big=BIG)
    publish(releases, FIRST)
    with serve_catalogue(releases.parent, tmp_path / "big.log") as server:
        follow_download(server, releases)


def follow_download(server: Server, releases: Path) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as connection:
        connection.sendall(f"GET {big_path(server)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.length) == (200, BIG)
        for release_id in (SECOND, THIRD):
            make_release(releases, release_id)
            publish(releases, release_id)
            server.await_release(release_id)
        assert claim_release(releases / FIRST) is None
        digest = hashlib.sha256(answer.read()).hexdigest()
    assert digest == hashlib.sha256((releases / FIRST / "dumps" / "big.gz").read_bytes()).hexdigest()


def big_path(server: Server) -> str:
    """Return where the download is, after all redirects."""
    path = "/dumps/big.gz"
    while True:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            connection.request("HEAD", path)
            answer = connection.getresponse()
            if answer.status not in (307, 308):
                return path
            path = answer.headers["Location"]


def test_every_web_process_takes_up_the_release_by_itself(releases: Path, tmp_path: Path) -> None:
    make_release(releases, SECOND)
    with serve_catalogue(releases.parent, tmp_path / "two.log", workers=2) as server:
        with read_on(server, "/film/here.ttl", "/dumps/films.nt.gz", QUERY) as seen:
            publish(releases, SECOND)
            server.await_release(SECOND)
        assert (seen.errors, seen.mixed) == ([], [])
        assert server.log_path.read_text().count(f"now serving release {SECOND}") == 2


def test_a_release_that_cannot_be_opened_is_told_of_and_another_is_taken_up(server: Server, releases: Path) -> None:
    broken = make_release(releases, SECOND)
    (broken / "manifest.json").write_text("{")
    publish(releases, SECOND)
    told = json.loads(server.get("/readyz").body)
    while "warning" not in told:
        told = json.loads(server.get("/readyz").body)
    assert told["release"] == FIRST
    assert f"{SECOND} cannot be served" in told["warning"]
    make_release(releases, THIRD)
    publish(releases, THIRD)
    server.await_release(THIRD)
    assert "warning" not in json.loads(server.get("/readyz").body)
    log = server.log_path.read_text()
    assert log.count(f"the release {SECOND} cannot be served") == 1


def test_the_past_is_served_beside_the_present(server: Server, releases: Path) -> None:
    make_release(releases, SECOND)
    publish(releases, SECOND)
    server.await_release(SECOND)
    answer = server.get(f"/as-of/{FIRST}/film/here.ttl")
    assert FIRST in answer.body.decode()
    assert answer.headers["Memento-Datetime"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    led = server.get("/film/here", Accept_Datetime="Sun, 22 Nov 2026 12:00:00 GMT")
    assert led.status == 302
    assert server.get("/film/here.ttl").body.decode().count(SECOND) == 1


def test_the_server_ends_without_a_word_of_complaint(releases: Path, tmp_path: Path) -> None:
    with serve_catalogue(releases.parent, tmp_path / "end.log") as server:
        server.get(f"/as-of/{FIRST}/film/here.ttl")
    assert server.process.returncode == 0
    assert "Traceback" not in server.log_path.read_text()
