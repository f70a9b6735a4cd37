"""Where the files are: addresses that last, ways to the current release, and nothing that the manifest does not name."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from filmgraph.errors import ReleasePrunedError, ReleaseUnknownError
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.history import KeptRelease
from tests.conftest import Builder, Built

ID, OLD, GONE = "2026-11-22.2", "2026-11-22.1", "2025-01-01.1"


@dataclass(frozen=True)
class TwoReleases:
    """A history with one release before the current one, and one that was removed."""

    def kept(self) -> tuple[KeptRelease, ...]:
        return tuple(KeptRelease(each, datetime(2026, 11, 22, tzinfo=UTC)) for each in (OLD, ID))

    def find(self, release_id: str) -> KeptRelease:
        if release_id == GONE:
            raise ReleasePrunedError(f"The release {release_id} is kept no longer.")
        found = next((each for each in self.kept() if each.release_id == release_id), None)
        if found is None:
            raise ReleaseUnknownError("There is no such release.")
        return found

    def current_at(self, moment: datetime) -> KeptRelease | None:
        return self.kept()[-1]


class BufferedClient(FlaskClient):
    """Reads every answer to its end, so that no file stays open."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> tuple[Built, Built]:
    from filmgraph.scaffold import write_catalogue

    catalogue = tmp_path_factory.mktemp("dumps") / "tiny"
    write_catalogue(catalogue, "https://films.example.org/", "Tiny")
    first = build_catalogue(catalogue)
    table = catalogue / "tables" / "films.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",82,", ",83,"), encoding="utf-8")
    return first, build_catalogue(catalogue)


@pytest.fixture(scope="module")
def client(releases: tuple[Built, Built], loaded_vocabulary: Vocabulary) -> FlaskClient:
    current = releases[1]
    store = EmbeddedStore.open(current.path)
    app = create_app(current.settings, store, loaded_vocabulary, release_path=current.path, history=TwoReleases())
    app.test_client_class = BufferedClient
    return app.test_client()


def files(built: Built) -> list[str]:
    root = built.path / "dumps"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_every_file_of_both_releases_can_be_had(client: FlaskClient, releases: tuple[Built, Built]) -> None:
    for built, release_id in zip(releases, (OLD, ID), strict=True):
        assert len(files(built)) > 60
        for name in files(built):
            answer = client.get(f"/dumps/{release_id}/{name}", headers={"Accept-Encoding": "gzip, br"})
            data = (built.path / "dumps" / name).read_bytes()
            assert (answer.status_code, answer.data) == (200, data), name
            assert answer.headers["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Encoding"] == "identity"
            digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
            assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("tiny.nt.gz", "application/gzip"),
        ("class/film.ndjson.gz", "application/gzip"),
        ("tables/film.csv", "text/csv; charset=utf-8; header=present"),
        ("tables/film.parquet", "application/vnd.apache.parquet"),
        ("ontology/roles.ttl", "text/turtle; charset=utf-8"),
        ("shapes/movie.ttl", "text/turtle; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        ("SHA256SUMS.unpacked", "text/plain; charset=utf-8"),
    ],
)
def test_each_file_says_what_it_is(client: FlaskClient, name: str, content_type: str) -> None:
    answer = client.get(f"/dumps/{ID}/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)


@pytest.mark.parametrize(
    ("path", "status", "target", "cache"),
    [
        ("/dumps/latest/tiny.nt.gz", 307, f"/dumps/{ID}/tiny.nt.gz", "public, no-cache"),
        ("/dumps/latest/class/film.nt.gz", 307, f"/dumps/{ID}/class/film.nt.gz", "public, no-cache"),
        ("/dumps/latest/SHA256SUMS", 307, f"/dumps/{ID}/SHA256SUMS", "public, no-cache"),
        ("/dumps/tiny.nt.gz", 308, "/dumps/latest/tiny.nt.gz", "public, max-age=86400"),
        ("/dumps/class/film.nt.gz", 308, "/dumps/latest/class/film.nt.gz", "public, max-age=86400"),
        ("/dumps/", 302, "/datasets/#downloads", "public, no-cache"),
        ("/dumps", 302, "/datasets/#downloads", "public, no-cache"),
    ],
)
def test_other_addresses_lead_there(client: FlaskClient, path: str, status: int, target: str, cache: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"], answer.headers["Cache-Control"]) == (status, target, cache)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dumps/latest/nope.nt.gz", 404),
        ("/dumps/latest/", 404),
        (f"/dumps/{ID}/nope.nt.gz", 404),
        (f"/dumps/{ID}/", 404),
        (f"/dumps/{ID}/../manifest.json", 404),
        (f"/dumps/{ID}/%2e%2e/manifest.json", 404),
        (f"/dumps/{OLD}/../manifest.json", 404),
        (f"/dumps/{OLD}/..%2f..%2fpublish.lock", 404),
        ("/dumps/current/tiny.nt.gz", 404),
        ("/dumps/../tiny.nt.gz", 404),
        ("/dumps/2026-11-22.9/tiny.nt.gz", 404),
        (f"/dumps/{GONE}/tiny.nt.gz", 410),
    ],
)
def test_what_there_is_not_is_not_given(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_download_goes_on_where_it_stopped(client: FlaskClient, releases: tuple[Built, Built]) -> None:
    path = f"/dumps/{ID}/tiny.nt.gz"
    data = (releases[1].path / "dumps" / "tiny.nt.gz").read_bytes()
    tag = client.head(path).headers["ETag"]
    rest = client.get(path, headers={"Range": "bytes=100-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, data[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(data) - 1}/{len(data)}"
    changed = client.get(path, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, data)
    assert client.get(path, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_file_that_is_lost_is_not_found(client: FlaskClient, releases: tuple[Built, Built]) -> None:
    path = releases[0].path / "dumps" / "tiny.jsonld.gz"
    path.rename(path.with_suffix(".away"))
    try:
        assert client.get(f"/dumps/{OLD}/tiny.jsonld.gz").status_code == 404
    finally:
        path.with_suffix(".away").rename(path)
