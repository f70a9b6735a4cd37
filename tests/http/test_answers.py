"""Answers that are kept: the second is the first, byte for byte and header for header, and never reaches the application."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.answer_folder import AnswerFolder, open_answer_folder
from filmgraph.web.answers import AnswerCache, KeepingApp
from filmgraph.web.kept import KeptAnswer, choose_packing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FILM = "/film/here-2023"
KEY = ("", FILM, "")


class Guard:
    """Counts the requests that reach Flask."""

    def __init__(self, app: Flask) -> None:
        self.calls = 0
        app.before_request(self.count)

    def count(self) -> None:
        self.calls += 1


@pytest.fixture
def fresh(settings: Settings, store: Store, vocabulary: Vocabulary, release_path: Path) -> tuple[FlaskClient, Guard]:
    app = create_app(settings, store, vocabulary, release_path=release_path)
    return app.test_client(), Guard(app)


def facts_of(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    return answer.status_code, answer.data, sorted((name.lower(), value) for name, value in answer.headers)


PATHS = (
    "/",
    "/film/",
    "/nl/film/",
    FILM,
    f"/fr{FILM}",
    f"{FILM}.ttl",
    f"{FILM}.jsonld",
    f"{FILM}/facts",
    f"/linkset{FILM}",
    "/ns",
)


@pytest.mark.parametrize("encoding", [None, "gzip", "br", "gzip;q=0"])
def test_the_second_answer_is_the_first_and_comes_from_memory(fresh: tuple[FlaskClient, Guard], encoding: str | None) -> None:
    client, guard = fresh
    headers = {"Accept": "text/html, */*;q=0.1"} | ({"Accept-Encoding": encoding} if encoding else {})
    for n, path in enumerate(PATHS, 1):
        first, second = client.get(path, headers=headers), client.get(path, headers=headers)
        assert facts_of(first) == facts_of(second)
        assert first.status_code == 200
        head = client.head(path, headers=headers)
        assert (head.status_code, head.data, head.content_length) == (200, b"", len(first.data))
        tag = first.headers["ETag"]
        known = client.get(path, headers=headers | {"If-None-Match": f'"other", W/{tag}'})
        assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
        assert known.vary == first.vary
        assert "Content-Type" not in known.headers
        assert guard.calls == n, path


def test_each_packing_has_its_own_tag_and_the_same_content(fresh: tuple[FlaskClient, Guard]) -> None:
    client, _ = fresh
    answers = {each: client.get(FILM, headers={"Accept-Encoding": each}) for each in ("identity", "gzip", "br")}
    assert gzip.decompress(answers["gzip"].data) == brotli.decompress(answers["br"].data) == answers["identity"].data
    assert len({each.headers["ETag"] for each in answers.values()}) == 3
    assert [each.headers.get("Content-Encoding") for each in answers.values()] == [None, "gzip", "br"]
    assert all("Accept-Encoding" in each.headers["Vary"] for each in answers.values())


def test_what_is_kept_for_one_format_is_not_given_for_another(fresh: tuple[FlaskClient, Guard]) -> None:
    client, _ = fresh
    expected = {
        "text/html": "text/html",
        "text/turtle": "text/turtle",
        "application/ld+json": "application/ld+json",
        "text/html;q=0.1, text/turtle": "text/turtle",
        "*/*": "text/html",
        "": "text/html",
        "image/png": None,
    }
    for accept in (*list(expected)[:3], *expected):
        answer = client.get(FILM, headers={"Accept": accept})
        media_type = expected[accept]
        assert (answer.status_code, answer.mimetype) == ((200, media_type) if media_type else (406, "application/problem+json"))


def test_headers_that_ask_alike_are_one(fresh: tuple[FlaskClient, Guard]) -> None:
    client, guard = fresh
    for accept in ("text/turtle", "text/turtle;q=0.9", "text/turtle; charset=utf-8", "image/png, text/turtle;q=0.3"):
        assert client.get(FILM, headers={"Accept": accept}).mimetype == "text/turtle"
    assert guard.calls == 1


def test_what_asks_for_more_reaches_the_application(fresh: tuple[FlaskClient, Guard]) -> None:
    client, guard = fresh
    client.get(FILM)
    more: tuple[dict[str, Any], ...] = (
        {"query_string": "x=1"},
        {"headers": {"If-Match": '"x"'}},
        {"headers": {"Accept-Datetime": "Sun, 22 Nov 2026 12:00:00 GMT"}},
        {"headers": {"Accept": "text/html, " + "a/b, " * 200}},
        {"method": "OPTIONS"},
    )
    for n, how in enumerate(more, 1):
        for _ in range(2):
            client.open(FILM, **how)
        assert guard.calls == 1 + 2 * n, how


def test_refusals_redirects_and_what_is_asked_anew_are_not_kept(fresh: tuple[FlaskClient, Guard]) -> None:
    client, guard = fresh
    for n, path in enumerate(("/film/nope", "/nope", "/id/film/here-2023", "/readyz", "/search"), 1):
        assert client.get(path).status_code == client.get(path).status_code
        assert guard.calls == 2 * n, path


def test_a_page_that_shows_the_time_is_kept_until_it_shows_another() -> None:
    now = [datetime(2026, 11, 23, 12, 0, tzinfo=UTC)]
    cache = AnswerCache(lambda: now[0])
    cache.keep(KEY, make_answer(b"before", until=now[0] + timedelta(minutes=5)))
    assert cache.find(KEY) is not None
    now[0] += timedelta(minutes=5)
    assert cache.find(KEY) is None
    assert cache.size == 0


def make_answer(body: bytes, until: datetime | None = None) -> KeptAnswer:
    return KeptAnswer(body, "tag", (("Content-Type", "text/html"),), (), True, until)


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def test_memory_has_a_limit_and_the_least_used_goes_first() -> None:
    cache = AnswerCache(now, limit=40_000)
    keys = [("", f"/film/{n}", "") for n in range(6)]
    for n, key in enumerate(keys):
        cache.keep(key, make_answer(bytes(2_000)))
        assert cache.find(keys[0]) is not None, n
    assert cache.size <= 40_000
    assert cache.find(keys[1]) is None
    cache.keep(("", "/large", ""), make_answer(bytes(50_000)))
    assert cache.find(("", "/large", "")) is None
    assert cache.find(keys[0]) is not None


def test_the_disk_gives_to_another_process_what_one_has_kept(tmp_path: Path) -> None:
    def fail(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise AssertionError("the application was asked")

    one = open_answer_folder(tmp_path, "2026-11-23.1", "state", 10_000_000)
    AnswerCache(now, one).keep(KEY, make_answer(b"<p>film</p>" * 100, now() + timedelta(days=1)))
    other = open_answer_folder(tmp_path, "2026-11-23.1", "state", 10_000_000)
    answer = Client(KeepingApp(fail, AnswerCache(now, other))).get(FILM)
    assert (answer.data, answer.headers["ETag"]) == (b"<p>film</p>" * 100, '"tag"')
    late = AnswerCache(lambda: now() + timedelta(days=2), other)
    assert late.find(KEY) is None


@pytest.mark.parametrize(("release", "state"), [("2026-11-23.2", "state"), ("2026-11-23.1", "other software")])
def test_another_release_or_software_finds_nothing_and_clears_the_folder(tmp_path: Path, release: str, state: str) -> None:
    first = open_answer_folder(tmp_path, "2026-11-23.1", "state", 10_000_000)
    assert first is not None
    first.write(KEY, make_answer(b"old"))
    second = open_answer_folder(tmp_path, release, state, 10_000_000)
    assert second is not None
    assert second.read(KEY) is None
    assert len(list(tmp_path.iterdir())) == 1
    # The process that still serves the first goes on, and does no harm.
    assert first.read(KEY) is None
    first.write(KEY, make_answer(b"old"))
    assert second.read(KEY) is None


def test_a_torn_file_and_one_of_another_address_are_passed_over(tmp_path: Path) -> None:
    folder = AnswerFolder(tmp_path, 10_000_000)
    folder.write(KEY, make_answer(b"x" * 5_000))
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    for broken in (b"", data[:20], data[:-1], data[:-1] + b"?", bytes(len(data))):
        path.write_bytes(broken)
        assert folder.read(KEY) is None
    path.write_bytes(data)
    assert folder.read(KEY) is not None
    other = ("", "/film/other", "")
    path.rename(folder._file(other))
    assert folder.read(other) is None


def test_the_folder_is_bounded(tmp_path: Path) -> None:
    folder = AnswerFolder(tmp_path, 64_000)
    answer = KeptAnswer(bytes(4_000), "tag", (), (), False)
    for n in range(40):
        folder.write(("", f"/film/{n}", ""), answer)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 64_000 * 17 / 16 + 4_200
    assert folder.read(("", "/film/39", "")) is not None
    assert folder.read(("", "/film/0", "")) is None


def test_without_a_disk_to_write_to_pages_are_kept_in_memory_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert open_answer_folder(tmp_path / "file" / "pages", "2026-11-23.1", "state", 1_000) is None


@pytest.mark.parametrize(
    ("accepted", "packing"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("*", "br"),
        ("br;q=0", "identity"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip, identity", "gzip"),
        ("zstd", "identity"),
        ("GZIP;q=0.8, br;q=0.2", "gzip"),
    ],
)
def test_the_client_decides_how_it_is_packed(accepted: str | None, packing: str) -> None:
    assert choose_packing(accepted) == packing
