"""A small site, made by hand, written to files once; and nginx, which serves them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from pyoxigraph import NamedNode, Quad

from filmgraph.export import write_site
from filmgraph.export_folder import Counts, replacing
from filmgraph.export_pages import PageWriter
from filmgraph.manifest import hash_file
from filmgraph.settings import Settings
from filmgraph.vocabulary import load_vocabulary
from filmgraph.web import create_app
from tests.conftest import free_port
from tests.handmade import make_manifest
from tests.http.conftest import BASE, DUMP, FOLDER, GONE, MERGED, MemoryStore, load_quads


@dataclass(frozen=True, slots=True)
class Exported:
    """An exported site, what leads nowhere in it, and the application that would answer the same."""

    path: Path
    dead: tuple[tuple[str, str], ...]
    counts: Counts
    app: Flask


def make_app(release_path: Path, *, is_static: bool) -> Flask:
    vocabulary = load_vocabulary(FOLDER / "vocabulary")
    files = {"dumps/films.nt.gz": hash_file(release_path / "dumps" / "films.nt.gz")}
    manifest = make_manifest(release_path.name, BASE, "Films", 99, {}, publisher="Film Fest", files=files)
    store = MemoryStore(manifest, list(load_quads(FOLDER / "release.trig")))
    graph = NamedNode(f"{BASE}graph/vocabulary")
    store._store.extend(Quad(each.subject, each.predicate, each.object, graph) for each in vocabulary.triples)
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    settings = Settings(release_path, "films", BASE, "Films", "Film Fest", licence)
    retired = {GONE: None, MERGED: f"{BASE}id/film/here-2023"}
    return create_app(settings, store, vocabulary, retired=retired, release_path=release_path, is_static=is_static)


def export(target: Path, release_path: Path, app: Flask) -> Exported:
    with replacing(target, {"release": release_path.name}) as (folder, counts):
        dead = write_site(PageWriter(app, folder, "", BASE, release_path), lambda text: None)
    return Exported(target, dead, counts[0], app)


@pytest.fixture(scope="session")
def static_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("releases") / "2026-11-22.1"
    (path / "dumps").mkdir(parents=True)
    (path / "dumps" / "films.nt.gz").write_bytes(DUMP)
    return path


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory, static_release: Path) -> Exported:
    return export(tmp_path_factory.mktemp("export") / "site", static_release, make_app(static_release, is_static=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a web server, as it came."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nginx:
    """nginx on the exported site."""

    url: str

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers={"Accept": ""} | named, method=method)
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(request, timeout=10) as answer:
                return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, {name.lower(): value for name, value in error.headers.items()}, error.read())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {site}/.server/nginx-http.conf;
    server {{
        listen 127.0.0.1:{port};
        root {site};
        include {site}/.server/nginx-server.conf;
    }}
}}
"""


@pytest.fixture(scope="session")
def nginx(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("nginx is missing, and under CI nothing may skip: run make nginx")
        pytest.skip("nginx is not installed: run make nginx")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    # nginx gives up root's rights, and must still read what pytest made for its own user only.
    for path in (folder, *exported.path.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, site=exported.path, port=port))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")])
    server = Nginx(f"http://127.0.0.1:{port}")
    try:
        await_nginx(process, server, folder / "error.log")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def await_nginx(process: subprocess.Popen[bytes], server: Nginx, log_path: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            break
        try:
            server.ask("/robots.txt")
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx did not start:\n" + log_path.read_text(encoding="utf-8"))
