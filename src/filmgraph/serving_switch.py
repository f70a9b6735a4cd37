"""The application that the server runs: hands each request to one open release, and takes up another when `current` moves on.

A new release is opened beside the old one, by a thread of its own; then one reference is swapped. Each request is answered from
one release whole, and the old one is closed when its last request has ended. A release that cannot be opened changes nothing for
readers; the log and `/readyz` say so, and it is tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filmgraph.errors import FilmgraphError, NoReleaseError, ReleaseClosedError, ReleaseUnknownError
from filmgraph.serving_asked import PREFIXES, find_asked, is_special
from filmgraph.serving_release import OpenRelease, Visit
from filmgraph.serving_shelf import ReleaseShelf
from filmgraph.web.history import AS_OF, FOLDER, NOTICE, REFUSAL, AsOf, History
from filmgraph.web.links import Links
from filmgraph.web.memento import add_memento_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["ReleaseSwitch"]

_LOGGER: Final = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 0.2
_FIRST_RETRY_SECONDS: Final = 2.0
_LAST_RETRY_SECONDS: Final = 60.0
#: For clients that ask for a release which cannot be opened.
_RETRY_SECONDS: Final = 60


class ReleaseSwitch:
    """A WSGI application over all releases that are kept (https://peps.python.org/pep-3333/)."""

    def __init__(
        self,
        find_current: Callable[[], Path | None],
        open_current: Callable[[Path], OpenRelease],
        shelf: ReleaseShelf,
        history: History,
        links: Links,
        body_bytes: int,
    ) -> None:
        """Open what `find_current` names, or where that fails the newest other release that can be opened.

        Raises what `open_current` raises; NoReleaseError when there is no release.
        """
        self._find_current = find_current
        self._open_current = open_current
        self._shelf = shelf
        self._history = history
        self._links = links
        self._body_bytes = body_bytes
        self._retired: list[OpenRelease] = []
        self._failure: _Failure | None = None
        self._current = self._open_first()
        self._wake = threading.Event()
        self._is_stopped = False
        self._thread: threading.Thread | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from the current release, or from the one that it names."""
        if environ.get("PATH_INFO", "")[:5] in PREFIXES and is_special(environ):
            return self._answer_special(environ, start_response)
        return (self._current.enter() or self._enter_current()).respond(environ, start_response)

    @property
    def release_id(self) -> str:
        """The release that is current here."""
        return self._current.release_id

    def start(self) -> None:
        """Begin to follow the current release, until `close`."""
        self._thread = threading.Thread(target=self._follow, name="filmgraph-releases", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let nobody in any more, and close all that is not in use."""
        self._is_stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._retire(self._current)
        self._close_unused()
        self._shelf.close()

    def look(self) -> None:
        """Take up the current release if it is another one, and close what is not needed any more."""
        self._close_unused()
        self._shelf.close_idle()
        path = self._find_current()
        if path is not None and path == self._current.path:
            self._failure = None
        elif self._failure is None or self._failure.is_due(path):
            self._take_up(path)

    def _open_first(self) -> OpenRelease:
        path = self._find_current()
        if path is None:
            raise NoReleaseError("there is no release to serve yet")
        try:
            return self._open_current(path)
        except FilmgraphError as error:
            found = self._open_other(path)
            if found is None:
                raise
            self._note_failure(path, error, found.release_id)
            return found

    def _open_other(self, path: Path) -> OpenRelease | None:
        for each in reversed(self._history.kept()):
            if each.release_id != path.name:
                try:
                    return self._open_current(path.parent / each.release_id)
                except FilmgraphError as error:
                    _LOGGER.error("the release %s cannot be served either: %s", each.release_id, error)
        return None

    def _follow(self) -> None:
        # A future holds whatever goes wrong: following must not end of it.
        with ThreadPoolExecutor(1, "filmgraph-looking") as looking:
            while not self._is_stopped:
                self._wake.wait(_LOOK_SECONDS)
                self._wake.clear()
                error = looking.submit(self.look).exception()
                if error is not None:
                    _LOGGER.error("looking after the releases failed, and goes on", exc_info=error)

    def _take_up(self, path: Path | None) -> None:
        with ThreadPoolExecutor(1, "filmgraph-opening") as opening:
            future = opening.submit(self._open, path)
        error = future.exception()
        if error is not None:
            self._note_failure(path, error, self._current.release_id)
            return
        old, self._current, self._failure = self._current, future.result(), None
        _LOGGER.warning("now serving release %s; before it was %s", self._current.release_id, old.release_id)
        self._retire(old)
        self._close_unused()

    def _open(self, path: Path | None) -> OpenRelease:
        if path is None:
            raise NoReleaseError("'current' names no release")
        return self._open_current(path)

    def _note_failure(self, path: Path | None, error: BaseException, served_id: str) -> None:
        name = path.name if path is not None else "that is current"
        reason = str(error) if isinstance(error, FilmgraphError) else f"{type(error).__name__}: {error}"
        text = f"the release {name} cannot be served, so {served_id} is instead: {reason}"
        before = self._failure
        if before is None or before.text != text:
            _LOGGER.error("%s", text, exc_info=None if isinstance(error, FilmgraphError) else error)
        wait = min(2 * before.wait, _LAST_RETRY_SECONDS) if before is not None and before.path == path else _FIRST_RETRY_SECONDS
        self._failure = _Failure(path, text, wait)

    def _retire(self, release: OpenRelease) -> None:
        release.on_unused = self._wake.set
        release.retire()
        self._retired.append(release)

    def _close_unused(self) -> None:
        self._retired = [each for each in self._retired if not each.close_unused()]

    def _enter_current(self) -> Visit:
        while not self._is_stopped:
            visit = self._current.enter()
            # It may have been retired since it was looked up.
            if visit is not None:
                return visit
        raise NoReleaseError("the server is closing")

    def _answer_special(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        failure = self._failure
        if failure is not None:
            environ[NOTICE] = failure.text
        asked = None
        try:
            asked = find_asked(environ, self._body_bytes)
            if asked is None:
                return self._enter_current().respond(environ, start_response)
            as_of = AsOf(self._history.find(asked.release_id), environ.get("SCRIPT_NAME", ""), asked.path, asked.query_string)
            visit = self._enter(as_of.release.release_id)
        except FilmgraphError as error:
            environ[REFUSAL] = error
            environ["PATH_INFO"] = f"/{FOLDER}/refused"
            return self._enter_current().respond(environ, start_response)
        environ |= {AS_OF: as_of, "SCRIPT_NAME": as_of.script_root, "PATH_INFO": as_of.path}
        return visit.respond(environ, add_memento_headers(self._links, as_of, start_response))

    def _enter(self, release_id: str) -> Visit:
        release = self._current
        visit = release.enter() if release.release_id == release_id else None
        if visit is not None:
            return visit
        try:
            return self._shelf.enter(release_id)
        except NoReleaseError:
            # It was there a moment ago.
            raise ReleaseUnknownError(f"The release {release_id} is being removed just now.") from None
        except ReleaseClosedError:
            raise
        except FilmgraphError as error:
            _LOGGER.error("the release %s is kept and was asked for, but cannot be opened: %s", release_id, error)
            raise ReleaseClosedError(f"The release {release_id} cannot be opened just now.", _RETRY_SECONDS) from error


class _Failure:
    """A release that could not be opened, and when to try it again."""

    def __init__(self, path: Path | None, text: str, wait: float) -> None:
        self.path = path
        self.text = text
        self.wait = wait
        self._next = time.monotonic() + wait

    def is_due(self, path: Path | None) -> bool:
        return path != self.path or time.monotonic() >= self._next
