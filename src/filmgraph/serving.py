"""Runs the web application under granian: each worker process opens the current release read-only for itself."""

from __future__ import annotations

import json
import os
import socket
from functools import partial
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from filmgraph.errors import NoReleaseError, SettingsError
from filmgraph.queryworkers import WorkerPool
from filmgraph.settings import Settings, load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import load_vocabulary
from filmgraph.web import create_app

__all__ = ["open_app", "serve"]


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
        blocking_threads=4,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=partial(_load, settings.catalogue_path), wrap_loader=False)


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


def open_app(settings: Settings, path: Path, pool: WorkerPool) -> Flask:
    """Open the release in `path` and return the application that serves it; queries run in `pool`."""
    store = EmbeddedStore.open(path)
    retired: dict[str, str | None] = json.loads((path / "retired.json").read_text(encoding="utf-8"))
    return create_app(settings, store, load_vocabulary(), pool, retired=retired, release_path=path)


def _load(catalogue_path: Path) -> Flask:
    settings = load_settings(catalogue_path, os.environ)
    path = release_path(settings)
    # The pool's processes end with this one.
    return open_app(settings, path, WorkerPool(path, settings.endpoint))
