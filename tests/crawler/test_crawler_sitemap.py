"""The sitemap names each page once, with the time of its last change; robots.txt keeps crawlers out of what has no end."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from filmgraph.errors import ReleaseError
from filmgraph.modified import read_modified
from filmgraph.sitemap import SITEMAP_LENGTH, SitemapEntry, count_parts, part_of, write_index, write_sitemap

BASE = "https://filmgraph.example/"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
CREATED = "2026-11-22T12:00:00Z"


def read_entries(body: bytes) -> list[tuple[str, str]]:
    return [(each.findtext("s:loc", "", NAMES), each.findtext("s:lastmod", "", NAMES)) for each in ET.fromstring(body)]


def test_index_names_sitemaps_and_they_name_pages(demo_client: FlaskClient, sitemap_urls: list[str]) -> None:
    answer = demo_client.get("/sitemap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    parts = read_entries(answer.data)
    assert {f"{BASE}sitemap/{each}-1.xml" for each in ("pages", "film", "person", "screening", "role")} <= {
        url for url, _ in parts
    }
    assert {modified for _, modified in parts} == {CREATED}
    assert len(sitemap_urls) == len(set(sitemap_urls)) > 300
    assert all(url.startswith(BASE) for url in sitemap_urls)


def test_sitemap_names_what_the_release_uses(sitemap_urls: list[str]) -> None:
    assert {BASE, f"{BASE}film/", f"{BASE}datasets/", f"{BASE}film/here-2023", f"{BASE}country/BE"} <= set(sitemap_urls)
    assert f"{BASE}country/AQ" not in sitemap_urls
    assert [url for url in sitemap_urls if re.search(r"/(credit|text|image|dataset)/|[?#]|\.(ttl|html)$|/facts$", url)] == []


@pytest.mark.parametrize("name", ["film-2", "film-0", "film", "nothing-1", "credit-1", "film--1", "film-١", "film-1000000000"])
def test_sitemap_that_the_index_does_not_name_is_404(name: str, demo_client: FlaskClient) -> None:
    assert demo_client.get(f"/sitemap/{name}.xml").status_code == 404


def test_sitemap_is_split_at_the_length_of_the_protocol() -> None:
    entries = [SitemapEntry(f"{BASE}film/{n}") for n in range(2 * SITEMAP_LENGTH + 1)]
    parts = [part_of(entries, number) for number in range(1, count_parts(len(entries)) + 1)]
    assert [len(each) for each in parts] == [50_000, 50_000, 1]
    assert [url for part in parts for url, _ in read_entries(write_sitemap(part))] == [each.url for each in entries]


def test_addresses_are_escaped_and_a_time_that_is_not_known_is_left_out() -> None:
    body = write_index([SitemapEntry(f"{BASE}a?b=1&c=<2>"), SitemapEntry(BASE, CREATED)])
    assert read_entries(body) == [(f"{BASE}a?b=1&c=<2>", ""), (BASE, CREATED)]
    assert body.count(b"<lastmod>") == 1


def write_stream(release: Path, pages: list[tuple[str, list[tuple[str, str, str]]]]) -> None:
    """Write the changes of releases: for each its id, and what happened to which thing and when."""
    stream = release / "changes" / "stream"
    stream.mkdir(parents=True)
    notes = []
    for release_id, changes in pages:
        items = [{"type": kind, "object": {"id": thing}, "endTime": time} for kind, thing, time in changes]
        (stream / f"{release_id}-1.json.gz").write_bytes(gzip.compress(json.dumps({"orderedItems": items}).encode()))
        note: dict[str, object] = {
            "release": release_id,
            "time": "",
            "previous": None,
            "counts": {},
            "members": len(items),
            "pages": 1,
            "shown": [],
        }
        notes.append(note)
    (release / "changes" / "history.json").write_text(json.dumps(notes))


def test_last_change_of_each_thing_counts_and_what_is_gone_does_not(tmp_path: Path) -> None:
    write_stream(
        tmp_path,
        [
            (
                "a",
                [
                    ("Create", "x", "2026-01-01T00:00:00Z"),
                    ("Create", "y", "2026-01-01T00:00:00Z"),
                    ("Create", "z", "2026-01-01T00:00:00Z"),
                ],
            ),
            (
                "b",
                [
                    ("Update", "x", "2026-02-01T00:00:00Z"),
                    ("Delete", "y", "2026-02-01T00:00:00Z"),
                    ("Move", "z", "2026-02-01T00:00:00Z"),
                ],
            ),
            ("c", [("Create", "y", "2026-03-01T00:00:00Z")]),
        ],
    )
    assert read_modified(tmp_path) == {"x": "2026-02-01T00:00:00Z", "y": "2026-03-01T00:00:00Z"}


def test_release_without_a_stream_has_no_times(tmp_path: Path) -> None:
    assert read_modified(tmp_path) == {}


def test_damaged_stream_is_named(tmp_path: Path) -> None:
    write_stream(tmp_path, [("a", [])])
    (tmp_path / "changes" / "stream" / "a-1.json.gz").write_bytes(b"not packed")
    with pytest.raises(ReleaseError, match=r"a-1\.json\.gz"):
        read_modified(tmp_path)


def rules(text: str) -> list[tuple[str, str]]:
    """The rules of robots.txt: (allow or disallow, pattern)."""
    lines = (line.split(":", 1) for line in text.splitlines() if line.startswith(("Allow", "Disallow")))
    return [(name, pattern.strip()) for name, pattern in lines]


def is_allowed(text: str, path: str) -> bool:
    """As https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2 says: the longest rule that fits wins."""
    fitting = [(len(p), name) for name, p in rules(text) if re.match(re.escape(p).replace(r"\*", ".*"), path)]
    return max(fitting, default=(0, "Allow"))[1] == "Allow"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/film/here-2023", True),
        ("/film/?page=2", True),
        ("/programme/demo-film-festival-2026/2026-10-16", True),
        ("/share/film/here-2023.png", True),
        ("/dumps/latest/demo.nt.gz", True),
        ("/sparql?query=ASK%7B%7D", False),
        ("/search?q=here", False),
        ("/search", False),
        ("/search?page=2&q=here", False),
        ("/suggest?q=h", False),
        ("/as-of/2026-11-22.1/film/here-2023", False),
        ("/film/?genre=drama", False),
        ("/film/?decade=1980&country=DE&page=2", False),
        ("/programme/demo-film-festival-2026?section=gala", False),
        ("/queries/films-by-country?country=BE", False),
        ("/film/here-2023?release=2026-11-22.1", False),
    ],
)
def test_robots_are_kept_out_of_mazes_only(path: str, allowed: bool, demo_client: FlaskClient) -> None:
    assert is_allowed(demo_client.get("/robots.txt").text, path) is allowed


def test_robots_txt_names_the_sitemap(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert f"Sitemap: {BASE}sitemap.xml" in answer.text.splitlines()
    assert demo_client.get("/robots.txt", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_every_page_of_the_sitemap_may_be_read(sitemap_urls: list[str], demo_client: FlaskClient) -> None:
    text = demo_client.get("/robots.txt").text
    assert [url for url in sitemap_urls if not is_allowed(text, "/" + url.removeprefix(BASE))] == []
