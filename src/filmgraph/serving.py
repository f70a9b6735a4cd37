"""Runs the web application under granian: each worker process opens the current release read-only for itself."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces

from filmgraph.admission import Admission
from filmgraph.departure import ClientWatch
from filmgraph.errors import NoReleaseError, SettingsError
from filmgraph.manifest import load_manifest
from filmgraph.queryworkers import QueryPool, WorkerPool
from filmgraph.release_folder import find_current
from filmgraph.release_recovery import open_releases
from filmgraph.serving_history import ReleaseHistory
from filmgraph.serving_release import OpenRelease, check_app, open_app, open_release
from filmgraph.serving_shelf import LatePool, ReleaseShelf
from filmgraph.serving_switch import ReleaseSwitch
from filmgraph.settings import Settings, load_settings
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from filmgraph.web.answer_folder import FOLDER, AnswerFolder, digest_software, open_answer_folder
from filmgraph.web.links import Links

__all__ = ["open_app", "open_switch", "release_path", "serve"]

_LOGGER: Final = logging.getLogger(__name__)

#: Threads of each web process that no query can take: pages, downloads and health checks never wait for queries. A client that
#: reads a download slowly keeps one.
_PAGE_THREADS: Final = 64
_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>
#: So that nobody waits for a worker to start after a hostile query has ended one.
_SPARE_WORKERS: Final = 1


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve the current release until interrupted, and take up another when it becomes current.

    NoReleaseError when there is none, ReleaseError when none is whole, SettingsError when the address cannot be listened on.
    """
    open_releases(settings.releases_path, datetime.now(UTC), _LOGGER.error)
    _check_address(host, port)
    endpoint = settings.endpoint
    server = Granian(
        "filmgraph",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=endpoint.workers + endpoint.queue + endpoint.bodies + _SPARE_WORKERS + _PAGE_THREADS,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    # Web processes share what they count about clients; it goes with the server. One alone needs no file for that.
    with tempfile.TemporaryDirectory(prefix="filmgraph-") if workers > 1 else nullcontext() as folder:
        state_path = Path(folder) / "admission.sqlite" if folder else None
        load = partial(_load, settings.catalogue_path, state_path, os.getpid())
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


def open_switch(
    settings: Settings, vocabulary: Vocabulary, admission: Admission | None = None, spares: int = _SPARE_WORKERS
) -> ReleaseSwitch:
    """Open the current release, and return the application that serves it and opens others; it follows `current` once started.

    `admission` counts over all releases. Raises NoReleaseError when there is none, and what opening a release raises.
    """
    opener = _Opener(settings, vocabulary, admission, ReleaseHistory(settings.releases_path), spares)
    return ReleaseSwitch(
        find_current=partial(find_current, settings.releases_path),
        open_current=opener.open_current,
        shelf=ReleaseShelf(opener.open_past, settings.server.past_releases),
        history=opener.history,
        links=Links(settings.iris),
        body_bytes=settings.endpoint.body_bytes,
    )


def _load(catalogue_path: Path, state_path: Path | None, parent_pid: int) -> ReleaseSwitch:
    _end_with(parent_pid)
    settings = load_settings(catalogue_path, os.environ)
    # The processes of all pools end with this one, and so does what it counts in the shared state.
    vocabulary = load_vocabulary()
    # What is there now stays for good: whoever closes a release need not look at it.
    gc.collect()
    gc.freeze()
    switch = open_switch(settings, vocabulary, Admission(settings.endpoint, state_path))
    switch.start()
    return switch


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens the releases of one catalogue for one web process; each holds a lease, so that nobody removes it."""

    settings: Settings
    vocabulary: Vocabulary
    admission: Admission | None
    history: ReleaseHistory
    spares: int

    def open_current(self, path: Path) -> OpenRelease:
        """Open a release with all its query workers, and ask it for its first page: it is to be quick from the first request."""
        limits = self.settings.endpoint
        return open_release(
            path,
            lambda: WorkerPool(path, limits, self.spares, _watch_client),
            lambda pool: check_app(self._app(path, pool, self._shelf(path))),
        )

    def open_past(self, release_id: str) -> OpenRelease:
        """Open a release that starts a query worker only when it is needed."""
        path = self.settings.releases_path.resolve() / release_id
        return open_release(path, lambda: LatePool(path, self.settings.endpoint, _watch_client), partial(self._app, path))

    def _app(self, path: Path, pool: QueryPool, shelf: AnswerFolder | None = None) -> Flask:
        return open_app(self.settings, path, pool, self.admission, vocabulary=self.vocabulary, history=self.history, shelf=shelf)

    def _shelf(self, path: Path) -> AnswerFolder | None:
        """Return where drawn pages of a release are kept: beside the releases, for this software and these settings only."""
        limit = self.settings.server.page_cache_bytes
        if not limit:
            return None
        state = f"{digest_software()}\n{load_manifest(path)!r}\n{self.settings!r}"
        return open_answer_folder(self.settings.releases_path.resolve().parent / FOLDER, path.name, state, limit)


def _end_with(parent_pid: int) -> None:
    """Let the kernel end this web process when the server's first process ends, however that ends: none serves on without it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        raise SystemExit(1)


def _watch_client() -> Callable[[], bool]:
    """Return what tells whether the client of the request at hand has left."""
    return ClientWatch(request.remote_addr or "", int(request.environ.get("SERVER_PORT") or 0)).is_gone
