"""Runs the web application under granian: each worker process opens the current release read-only for itself."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces

from filmgraph.admission import Admission
from filmgraph.departure import ClientWatch
from filmgraph.errors import NoReleaseError, SettingsError
from filmgraph.queryworkers import WorkerPool
from filmgraph.settings import Settings, load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import load_vocabulary
from filmgraph.web import create_app

__all__ = ["open_app", "serve"]

#: Threads of each web process that no query can take: pages, downloads and health checks never wait for queries.
_PAGE_THREADS: Final = 4
#: So that nobody waits for a worker to start after a hostile query has ended one.
_SPARE_WORKERS: Final = 1


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve the current release until interrupted.

    NoReleaseError when there is none, SettingsError when the address cannot be listened on.
    """
    release_path(settings)
    _check_address(host, port)
    server = Granian(
        "filmgraph",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.endpoint.workers + settings.endpoint.queue + _PAGE_THREADS,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    # The web processes share what they count about clients; it goes with the server.
    with tempfile.TemporaryDirectory(prefix="filmgraph-") as folder:
        load = partial(_load, settings.catalogue_path, Path(folder) / "admission.sqlite")
        server.serve(target_loader=load, wrap_loader=False)


def _check_address(host: str, port: int) -> None:
    """Say in one line what the server itself would say with a native stack trace."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {error.strerror}. Name another with --host or --port"
        ) from error


def release_path(settings: Settings) -> Path:
    """Return the current release's own directory, so that a later switch of the symlink does not mix two releases."""
    current = (settings.releases_path / "current").resolve()
    if not current.is_dir():
        build = f"filmgraph build {settings.catalogue_path}"
        raise NoReleaseError(f"{settings.releases_path} holds no release yet: run '{build}' first")
    return current


def open_app(settings: Settings, path: Path, pool: WorkerPool, admission: Admission | None = None) -> Flask:
    """Open the release in `path` and return the application that serves it; queries run in `pool` once `admission` lets them."""
    store = EmbeddedStore.open(path)
    retired: dict[str, str | None] = json.loads((path / "retired.json").read_text(encoding="utf-8"))
    return create_app(settings, store, load_vocabulary(), pool, retired=retired, release_path=path, admission=admission)


def _load(catalogue_path: Path, state_path: Path) -> Flask:
    settings = load_settings(catalogue_path, os.environ)
    path = release_path(settings)
    # The pool's processes end with this one, and so does what it counts in the shared state.
    pool = WorkerPool(path, settings.endpoint, _SPARE_WORKERS, _watch_client)
    return open_app(settings, path, pool, Admission(settings.endpoint, state_path))


def _watch_client() -> Callable[[], bool]:
    """Return what tells whether the client of the request at hand has left."""
    return ClientWatch(request.remote_addr or "", int(request.environ.get("SERVER_PORT") or 0)).is_gone
