"""Style sheets and scripts: the bytes of the disk, packed once for whoever takes them so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from filmgraph.web.static_files import FOLDER, static_blueprint

NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
EDITOR = "/static/vendor/yasgui-4.6.2/yasgui.min.js"
CHROME = "gzip, deflate, br, zstd"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["identity", CHROME])
def test_every_file_comes_as_it_lies_on_the_disk(client: FlaskClient, name: str, encoding: str) -> None:
    answer = client.get(f"/static/{name}", headers={"Accept-Encoding": encoding})
    assert answer.status_code == 200
    body = gzip.decompress(answer.data) if "Content-Encoding" in answer.headers else answer.data
    assert body == (FOLDER / name).read_bytes()
    assert answer.content_length == len(answer.data)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_editor_is_sent_packed(client: FlaskClient) -> None:
    plain, packed = client.get(EDITOR), client.get(EDITOR, headers={"Accept-Encoding": CHROME})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 3
    assert packed.content_type == plain.content_type == "text/javascript; charset=utf-8"
    assert "immutable" in packed.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("gzip;q=0.5, identity", None),
        ("gzip", "gzip"),
        ("*", "gzip"),
        ("GZIP;q=0.1", "gzip"),
        ("gzip, identity", "gzip"),
        (CHROME, "gzip"),
    ],
)
def test_the_client_decides_whether_it_is_packed(client: FlaskClient, accepted: str | None, encoding: str | None) -> None:
    answer = client.get("/static/filmgraph.css", headers={} if accepted is None else {"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize("encoding", ["identity", CHROME])
def test_what_the_client_has_is_not_sent_again(client: FlaskClient, encoding: str) -> None:
    first = client.get(EDITOR, headers={"Accept-Encoding": encoding})
    again = client.get(EDITOR, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.vary


def test_packed_and_plain_have_tags_of_their_own(client: FlaskClient) -> None:
    plain, packed = (client.get(EDITOR, headers={"Accept-Encoding": each}).headers["ETag"] for each in ("identity", "gzip"))
    assert plain != packed
    for encoding, tag in (("identity", packed), ("gzip", plain)):
        assert client.get(EDITOR, headers={"Accept-Encoding": encoding, "If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "", "vendor", "vendor/", "nope.css", "../__init__.py", "%2e%2e/__init__.py", "..%2f__init__.py", "/etc/passwd", "%00",
        "sparql.js/",
    ],
)  # fmt: skip
def test_nothing_else_can_be_asked_for(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_a_file_is_read_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.css"
    path.write_text("a" * 1_000)
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(static_blueprint(tmp_path))
    client = app.test_client()
    first = client.get("/static/a.css", headers={"Accept-Encoding": "gzip"})
    path.unlink()
    again = client.get("/static/a.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(again.data) == b"a" * 1_000
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])


def test_what_is_small_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a" * 499)
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(static_blueprint(tmp_path))
    answer = app.test_client().get("/static/a.css", headers={"Accept-Encoding": "gzip"})
    assert (answer.data, "Content-Encoding" in answer.headers) == (b"a" * 499, False)
