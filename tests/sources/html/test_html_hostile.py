"""Encodings, folders, and pages that are made to do harm. Nothing is fetched, whatever a page says."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.confined import Limits, run_confined
from filmgraph.sources.html import reader
from filmgraph.vocabulary import Vocabulary
from tests.sources.html.conftest import ReadHtml
from tests.sources.html.test_html_pages import FILM, facts_of, ld, remarks_of

TITLE = '<div itemscope itemtype="http://schema.org/Movie"><h1 itemprop="name">Été – Œuvre</h1></div>'
LATIN = TITLE.replace("Œ", "O")
ENCODED = {
    "UTF-8 is taken where nothing is said": TITLE.encode(),
    "byte order mark": b"\xef\xbb\xbf" + TITLE.encode(),
    "UTF-16 with its mark": b"\xff\xfe" + TITLE.encode("utf-16-le"),
    "meta charset": f'<meta charset="windows-1252">{TITLE}'.encode("cp1252"),
    "http-equiv; ISO-8859-1 means cp1252": (
        f'<META HTTP-EQUIV="content-type" CONTENT="text/html; charset=ISO-8859-1">{TITLE}'.encode("cp1252")
    ),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encoding_is_found(name: str, read: ReadHtml) -> None:
    assert facts_of(read(ENCODED[name])) == ["1 film: name Été – Œuvre"]


DEEP = "<div>" * 3_000
REFUSED = {
    "byte that is none of the encoding": ("\n".join(["", TITLE]).encode("cp1252"), "p.html: line 2: byte 0xC9 is not utf-8"),
    "unknown encoding": (b'<meta charset="x-klingon">', "its encoding is 'x-klingon', which is not known"),
    "deep elements": (DEEP.encode(), "its elements lie more than 1000 deep"),
    "huge attribute": (f'<p title="{"x" * 2_000_000}">'.encode(), "a tag of the page has 2000011 characters, more than 1000000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_page_that_cannot_be_read_is_refused(name: str, read: ReadHtml) -> None:
    data, message = REFUSED[name]
    with pytest.raises(UnreadableInputError) as caught:
        read(data)
    assert message in str(caught.value)


def test_deep_json_is_reported_and_the_rest_is_read(read: ReadHtml) -> None:
    reading = read(ld("[" * 100_000, {"@context": "https://schema.org", **FILM}))
    assert remarks_of(reading) == ["html-json Warning 2"]
    assert "more than 60 levels deep" in reading.findings[0].message
    assert facts_of(reading)[0] == "3 film: name Here"


def test_things_that_name_each_other_in_a_circle_are_read_once(read: ReadHtml) -> None:
    festival = {"@type": "Festival", "@id": "#f", "name": "X", "subEvent": {"@id": "#s"}}
    screening = {
        "@type": "ScreeningEvent",
        "@id": "#s",
        "name": "Here",
        "startDate": "2026-10-17T19:30Z",
        "superEvent": {"@id": "#f"},
    }
    reading = read(ld({"@context": "https://schema.org", "@graph": [screening, festival]}))
    assert [each.ref.kind.segment for each in reading.records] == ["festival", "series", "screening"]
    assert "2 screening: superEvent festival X" in facts_of(reading)


class _Count(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        getattr(self.server, "seen").append(1)  # noqa: B009


@pytest.fixture
def canary() -> Iterator[socketserver.TCPServer]:
    """Count who connects."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Count) as server:
        setattr(server, "seen", [])  # noqa: B010
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nothing_is_fetched(canary: socketserver.TCPServer, tmp_path: Path, loaded_vocabulary: Vocabulary) -> None:
    host, port = canary.server_address[:2]
    address = f"http://{host!s}:{port}/x"
    (tmp_path / "secret.json").write_text('{"@vocab": "https://schema.org/"}')
    page = (
        f'<base href="{address}"><link rel="stylesheet" href="{address}"><img src="{address}"><script src="{address}"></script>'
        f'<link rel="profile" href="{address}"><iframe src="{address}"></iframe>'
        f'<div vocab="{address}" profile="{address}" typeof="Movie"><i property="name">X</i></div>'
        + ld(
            {"@context": [address, "https://schema.org", {"@import": address}], **FILM},
            {"@context": (tmp_path / "secret.json").as_uri(), **FILM},
        )
    )
    (tmp_path / "p.html").write_text(page)
    reading = reader.read_html(SourceSettings("p", "html", 1, path="p.html"), tmp_path, loaded_vocabulary)
    assert [each.ref.name for each in reading.records] == ["Here"]
    assert getattr(canary, "seen") == []  # noqa: B009


def test_folder_is_read_page_by_page_in_one_process(
    tmp_path: Path, loaded_vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def watch(module: str, request: object, data: bytes, limits: Limits, path: str) -> object:
        asked.append(path)
        return run_confined(module, request, data, limits, path)

    monkeypatch.setattr(reader, "run_confined", watch)
    for name in ("b.html", "a/a.HTM", "b_files/ad.html", ".hidden/x.html", "notes.txt"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(ld({"@context": "https://schema.org", **FILM, "name": name}))
    reading = reader.read_html(SourceSettings("p", "html", 1, path="site"), tmp_path, loaded_vocabulary)
    assert [(each.ref.name, each.place.path) for each in reading.records] == [
        ("a/a.HTM", "site/a/a.HTM"),
        ("b.html", "site/b.html"),
    ]
    assert asked == ["site/a/a.HTM"]


def test_page_that_takes_too_much_is_named(
    tmp_path: Path, loaded_vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PAGE_LIMITS", Limits(file_bytes=50_000_000, memory_bytes=40_000_000))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").write_text(ld({"@context": "https://schema.org", **FILM}))
    (tmp_path / "site" / "b.html").write_text("<p>" + "x " * 2_000_000)
    with pytest.raises(UnreadableInputError, match=r"site/b\.html: it cannot be taken apart within the limits of memory"):
        reader.read_html(SourceSettings("p", "html", 1, path="site"), tmp_path, loaded_vocabulary)
