"""Shared fixtures: the vocabulary, and two catalogues built once by the real pipeline."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from filmgraph.assembly import Assembly, assemble
from filmgraph.queryworkers import WorkerPool
from filmgraph.release import Publication, publish
from filmgraph.scaffold import write_catalogue
from filmgraph.serving import open_app
from filmgraph.settings import Settings, load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.validation import Shapes, load_shapes
from filmgraph.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Built:
    """A catalogue, what was assembled from it, and the release that was published."""

    settings: Settings
    assembly: Assembly
    publication: Publication

    @property
    def path(self) -> Path:
        return self.publication.path


Assembler = Callable[[Path], Assembly]
Builder = Callable[[Path], Built]


@pytest.fixture(scope="session")
def shared_path() -> Path:
    path = ROOT.parent / "shared"
    if not path.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing, and under CI nothing may skip")
        pytest.skip(f"{path} is not here: it holds the public test suites and sample data")
    return path


@pytest.fixture(scope="session")
def loaded_vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def loaded_shapes() -> Shapes:
    return load_shapes()


@pytest.fixture(scope="session")
def assemble_catalogue(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Assembler:
    def run(catalogue_path: Path) -> Assembly:
        settings = load_settings(catalogue_path)
        return assemble(settings, loaded_vocabulary, loaded_shapes, NOW.date().isoformat(), lambda stage: None)

    return run


@dataclass(slots=True)
class Originals:
    """Catalogues that many tests begin with: each is built once, and copied for whoever wants it built again as it is."""

    build: Builder
    folder: Path
    digests: frozenset[str]
    built: dict[str, Built] = field(default_factory=dict)

    def copy(self, catalogue_path: Path) -> Built | None:
        """Put what was built of the same files into a catalogue; None where it is another one, or was built already."""
        digest = _digest_tree(catalogue_path)
        if digest not in self.digests:
            return None
        if digest not in self.built:
            original = self.folder / digest / "catalogue"
            shutil.copytree(catalogue_path, original)
            self.built[digest] = self.build(original)
        known = self.built[digest]
        shutil.copytree(known.settings.catalogue_path, catalogue_path, symlinks=True, dirs_exist_ok=True)
        settings = load_settings(catalogue_path)
        path = (settings.releases_path / known.path.name).resolve()
        return Built(settings, replace(known.assembly, settings=settings), replace(known.publication, path=path))


def _digest_tree(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def build_anew(assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary) -> Builder:
    """Build a catalogue, whatever was built before: for tests that watch, or disturb, how a first build is made."""

    def run(catalogue_path: Path) -> Built:
        assembly = assemble_catalogue(catalogue_path)
        publication = publish(assembly, loaded_vocabulary, lambda: NOW, lambda stage: None)
        return Built(assembly.settings, assembly, publication)

    return run


@pytest.fixture(scope="session")
def build_catalogue(build_anew: Builder, tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """Build a catalogue; the tiny one and the demo, untouched, are copied from a build of the same files."""
    folder = tmp_path_factory.mktemp("originals")
    write_catalogue(folder / "tiny", "https://films.example.org/", "Tiny")
    originals = Originals(
        build_anew, folder, frozenset({_digest_tree(folder / "tiny"), _digest_tree(copy_demo(folder / "demo"))})
    )

    def run(catalogue_path: Path) -> Built:
        return originals.copy(catalogue_path) or build_anew(catalogue_path)

    return run


@pytest.fixture
def tiny_catalogue(tmp_path: Path) -> Path:
    write_catalogue(tmp_path / "tiny", "https://films.example.org/", "Tiny")
    return tmp_path / "tiny"


def copy_demo(target: Path) -> Path:
    shutil.copytree(ROOT / "data", target, ignore=shutil.ignore_patterns("releases"))
    return target


@pytest.fixture
def demo_catalogue(tmp_path: Path) -> Path:
    return copy_demo(tmp_path / "demo")


@pytest.fixture(scope="session")
def demo_release(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Built:
    return build_catalogue(copy_demo(tmp_path_factory.mktemp("demo") / "data"))


@pytest.fixture(scope="session")
def demo_app(demo_release: Built) -> Iterator[Flask]:
    with WorkerPool(demo_release.path, demo_release.settings.endpoint) as pool:
        yield open_app(demo_release.settings, demo_release.path, pool)


@pytest.fixture(scope="session")
def demo_client(demo_app: Flask) -> FlaskClient:
    return demo_app.test_client()


@pytest.fixture(scope="session")
def demo_store(demo_release: Built) -> EmbeddedStore:
    return EmbeddedStore.open(demo_release.path)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The real server in a process of its own, on a free port of the loopback interface."""

    url: str
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def live_server(demo_release: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    port = free_port()
    log_path = tmp_path_factory.mktemp("live") / "server.log"
    command = [sys.executable, "-m", "filmgraph", "serve", str(demo_release.settings.catalogue_path), "--port", str(port)]
    with log_path.open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _await_ready(process, url, log_path)
        yield LiveServer(url, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_ready(process: subprocess.Popen[bytes], url: str, log_path: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start:\n" + log_path.read_text(encoding="utf-8"))
