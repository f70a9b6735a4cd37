"""What others wrote is kept whole, with its licence, and our pages load nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import ROOT

WEB = ROOT / "src" / "filmgraph" / "web"
VENDOR = WEB / "static" / "vendor"
PACKAGES = sorted(path for path in VENDOR.iterdir() if path.is_dir() and path.name != "__pycache__")
OWN = sorted(
    path
    for path in WEB.rglob("*")
    if path.suffix in (".html", ".css", ".js", ".svg") and not path.is_relative_to(VENDOR)
)  # fmt: skip
#: Attributes and functions that make a browser load something; links that a person follows are free.
LOADING = re.compile(
    r"""(?:\bsrc|\bsrcset|\baction|\bposter|<link\b[^>]*\bhref)\s*=\s*["']?\s*(?:https?:)?//
    |@import|url\(\s*["']?\s*(?:https?:)?//
    |(?:fetch|import|importScripts|Worker|WebSocket|EventSource|sendBeacon)\(\s*["'`](?:\w+:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


def read_sums(package: Path) -> dict[str, str]:
    lines = (package / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def test_there_is_one_package() -> None:
    assert [path.name for path in PACKAGES] == ["yasgui-4.6.2"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_file_is_the_one_that_was_fetched(package: Path) -> None:
    sums = read_sums(package)
    assert set(sums) == {path.name for path in package.iterdir()} - {"SHA256SUMS"}
    assert {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in sums} == sums


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_licences_of_all_that_is_built_in_lie_beside_it(package: Path) -> None:
    text = (package / "LICENSE").read_text(encoding="utf-8")
    for name in ("@zazuko/yasgui", "codemirror", "jquery", "datatables.net", "dompurify", "lodash-es"):
        assert re.search(rf"^{re.escape(name)} \(", text, flags=re.MULTILINE), name
    assert text.count("Permission is hereby granted") >= 10


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_style_sheet_of_others_loads_nothing(package: Path) -> None:
    for path in package.glob("*.css"):
        assert not re.search(r"@import|url\((?!\s*[\"']?data:)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_what_is_ours_loads_nothing_from_elsewhere(path: Path) -> None:
    assert LOADING.search(path.read_text(encoding="utf-8")) is None


def test_the_search_would_find_what_it_looks_for() -> None:
    for text in (
        '<script src="https://x/y.js">', "<link rel=stylesheet href='//x/y.css'>", "@import 'x'", "url( 'http://x' )",
        'fetch("https://x")', '<img srcset="//x">',
    ):  # fmt: skip
        assert LOADING.search(text), text
    assert LOADING.search('<a href="https://www.w3.org/">SPARQL</a>') is None


def templates() -> Iterator[Path]:
    return (path for path in OWN if path.suffix == ".html")


def test_no_page_has_a_script_or_a_style_of_its_own() -> None:
    """The policy forbids both: a script must be a file, and data blocks are typed."""
    for path in templates():
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)[^>]*>", text), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text), path


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("vendor/yasgui-4.6.2/yasgui.min.js", "text/javascript; charset=utf-8"),
        ("vendor/yasgui-4.6.2/yasgui.min.css", "text/css; charset=utf-8"),
        ("sparql.js", "text/javascript; charset=utf-8"),
        ("sparql.css", "text/css; charset=utf-8"),
    ],
)
def test_scripts_and_styles_are_sent_as_utf_8(demo_client: FlaskClient, name: str, content_type: str) -> None:
    answer = demo_client.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_what_has_its_version_in_the_path_is_kept_for_good(demo_client: FlaskClient) -> None:
    for name, is_kept in (("vendor/yasgui-4.6.2/yasgui.min.css", True), ("sparql.css", False)):
        answer = demo_client.get(f"/static/{name}")
        assert ("immutable" in answer.headers.get("Cache-Control", "")) is is_kept
        answer.close()
