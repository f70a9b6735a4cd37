"""The editor's pages: who is let in, what is refused, and that they work in each language without scripts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from filmgraph.cli import main
from filmgraph.editing import EditingDesk
from filmgraph.languages import LANGUAGES, split_language, to_prefix
from filmgraph.web.edit import create_edit_app
from filmgraph.web.edit.server import open_server
from filmgraph.web.edit.views import clean_name
from tests.editing.conftest import BOOK, changed, put

TOKEN = "a-token-that-nobody-guesses"
HOST = "127.0.0.1:8010"
BASE = f"http://{HOST}"


@pytest.fixture
def client(shared_desk: EditingDesk) -> FlaskClient:
    app = create_edit_app(shared_desk, TOKEN, frozenset({HOST, "localhost:8010"}))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.fixture
def editor(client: FlaskClient) -> FlaskClient:
    answer = client.get(f"/?token={TOKEN}", base_url=BASE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    return client


def word_in(editor: FlaskClient) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{64})"', editor.get("/", base_url=BASE).text)
    assert found
    return found[1]


def send(editor: FlaskClient, name: str, data: bytes, path: str = "") -> TestResponse:
    form = {"form": word_in(editor), "path": path, "file": (io.BytesIO(data), name)}
    return editor.post("/file", data=form, base_url=BASE, content_type="multipart/form-data")


@pytest.mark.parametrize(
    "path", ["/", "/changes", "/questions", "/undo", "/file/1/copy", f"/present?path={BOOK}", "/style/edit.css"]
)
def test_nobody_is_let_in_without_the_token(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=BASE).status_code == 403
    assert client.get(f"{path}{'&' if '?' in path else '?'}token=guess", base_url=BASE).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8010", "127.0.0.1:9999", "127.0.0.1", "[::1]:8010"])
def test_only_this_computers_own_names_are_answered(editor: FlaskClient, host: str) -> None:
    """A page elsewhere may have its name lead to this computer; the browser then asks by that name."""
    assert editor.get("/", base_url=f"http://{host}").status_code == 421
    assert editor.get(f"/?token={TOKEN}", base_url=f"http://{host}").status_code == 421


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({}, "wrong"),
        ({}, None),
        ({"Origin": "http://evil.example"}, ""),
        ({"Origin": "null"}, ""),
        ({"Sec-Fetch-Site": "cross-site"}, ""),
        ({"Sec-Fetch-Site": "same-site"}, ""),
    ],
)
@pytest.mark.parametrize("path", ["/publish", "/undo", "/questions", "/file/1/remove"])
def test_forms_of_other_sites_do_nothing(editor: FlaskClient, path: str, headers: dict[str, str], word: str | None) -> None:
    form = {} if word is None else {"form": word or word_in(editor)}
    assert editor.post(path, data=form, headers=headers, base_url=BASE).status_code == 403


def test_every_answer_forbids_scripts_frames_and_keeping(editor: FlaskClient) -> None:
    for path in ("/", "/style/edit.css", "/no-such", f"/present?path={BOOK}"):
        headers = editor.get(path, base_url=BASE).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_too_large_is_refused(editor: FlaskClient) -> None:
    editor.application.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = send(editor, "programme.xlsx", b"x" * 20_000)
    assert answer.status_code == 413
    assert "larger than 50 MB" in answer.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("programme.xlsx", b"PK\x03\x04 no workbook at all", "damaged"),
        ("programme.xlsx", b"<html>", "is no workbook"),
        ("holiday.jpg", b"\xff\xd8", "The catalogue has no file that is called “holiday.jpg”"),
        ("../../programme.exe", b"MZ", "no file that is called “programme.exe”"),
        ("", b"", "No file was chosen"),
    ],
)
def test_what_is_no_file_of_the_catalogue_is_told(editor: FlaskClient, name: str, data: bytes, said: str) -> None:
    answer = send(editor, name, data)
    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text


def test_what_stands_in_cells_and_names_is_text_in_the_page(editor: FlaskClient, filled_book: bytes) -> None:
    data = changed(filled_book, lambda book: put(book, "Films", 4, "Odd", None, None, None, "<script>alert(1)</script>"))
    answer = send(editor, "<img src=x>.xlsx", data, BOOK)
    page = editor.get(answer.headers["Location"], base_url=BASE).text
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("path", ["C:\\x\\..\\b.xlsx", "/etc/b.xlsx", "../b.xlsx", "b.xlsx\0", "b\u202e.xlsx"])
def test_names_are_words_and_no_paths(path: str) -> None:
    assert clean_name(path) == "b.xlsx"


def test_all_pages_speak_the_language(editor: FlaskClient, filled_book: bytes) -> None:
    number = send(editor, "programme.xlsx", filled_book).headers["Location"]
    paths = [f"{to_prefix(language)}{path}" for language in LANGUAGES for path in ("/", number, "/undo", "/no-such")]
    for path in (*paths, "/nl/questions", "/fr/changes"):
        page = editor.get(path, base_url=BASE)
        assert page.status_code in (200, 404)
        assert f'<html lang="{split_language(path)[0]}">' in page.text
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert page.text.count("<h1") == 1


def test_the_coloured_copy_is_to_be_saved(editor: FlaskClient, filled_book: bytes) -> None:
    number = send(editor, "programme.xlsx", filled_book).headers["Location"]
    answer = editor.get(f"/nl{number}/copy", base_url=BASE)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "programme (opmerkingen).xlsx" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"PK")


def test_an_odd_answer_to_a_question_is_refused(editor: FlaskClient) -> None:
    form = {"form": word_in(editor), "kind": "film", "a": "x", "b": "y", "answer": "perhaps"}
    assert editor.post("/questions", data=form, base_url=BASE).status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "example.org", "::"])
def test_other_hosts_are_refused_at_the_start(first_catalogue: object, host: str) -> None:
    result = CliRunner().invoke(main, ["edit", str(first_catalogue), "--host", host])
    assert result.exit_code == 2
    assert "these pages can publish" in result.output


@pytest.fixture
def served() -> Iterator[str]:
    server = open_server(
        lambda hosts: lambda environ, start: (start("200 OK", []), [" ".join(sorted(hosts)).encode()])[1], "127.0.0.1", 0
    )
    from threading import Thread

    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_server_tells_the_application_by_what_names_it_may_be_asked(served: str) -> None:
    port = served.rstrip("/").rpartition(":")[2]
    with urlopen(served) as answer:
        assert answer.read().decode() == f"127.0.0.1:{port} [::1]:{port} localhost:{port}"
