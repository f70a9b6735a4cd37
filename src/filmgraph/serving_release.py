"""One release that is open: the application that answers from it, and when it may be closed.

Requests enter it before they are answered. Once it is retired nobody enters, and it is closed in two steps: the query workers end
with the last call of the application, everything else with the last byte of the last answer, which may be a long download.
"""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from flask import Flask

from filmgraph.admission import Admission
from filmgraph.errors import ReleaseError
from filmgraph.manifest import Manifest
from filmgraph.queryworkers import QueryPool
from filmgraph.release_lease import lease_release
from filmgraph.settings import Settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from filmgraph.web import create_app
from filmgraph.web.answers import AnswerShelf
from filmgraph.web.history import History

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["OpenRelease", "Pool", "Visit", "check_app", "open_app", "open_release"]


class Pool(QueryPool, Protocol):
    """A query pool that its owner closes, perhaps twice."""

    def close(self) -> None:
        """End all workers."""
        ...


P = TypeVar("P", bound=Pool)


def open_app(
    settings: Settings,
    path: Path,
    pool: QueryPool | None,
    admission: Admission | None = None,
    *,
    vocabulary: Vocabulary | None = None,
    history: History | None = None,
    shelf: AnswerShelf | None = None,
    is_static: bool = False,
) -> Flask:
    """Open the release in `path` and return the application that serves it; queries run in `pool` once `admission` lets them.

    What the pages say of the catalogue is what the release says of it. `vocabulary` spares the reading of the shipped one.
    Without a pool there is no query endpoint. Answers are kept in memory, and on `shelf` if there is one. `is_static` is for
    pages that are written to files.
    """
    store = EmbeddedStore.open(path)
    return create_app(
        _describe(settings, store.manifest),
        store,
        vocabulary or load_vocabulary(),
        pool,
        retired=_read_retired(path),
        release_path=path,
        admission=admission,
        history=history,
        shelf=shelf,
        is_static=is_static,
    )


def _read_retired(path: Path) -> dict[str, str | None]:
    try:
        retired: dict[str, str | None] = json.loads((path / "retired.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseError(f"cannot read {path / 'retired.json'}: {error}; go back to the release before") from error
    return retired


def _describe(settings: Settings, manifest: Manifest) -> Settings:
    """Return the settings with the catalogue as it was when the release was built."""
    return replace(
        settings,
        id=manifest.catalogue_id,
        base_iri=manifest.base_iri,
        title=manifest.title,
        publisher=manifest.publisher,
        licence=manifest.licence,
        description=manifest.description,
        languages=manifest.languages,
        contact=manifest.contact,
        themes=manifest.themes,
        keywords=manifest.keywords,
    )


def check_app(app: Flask) -> Flask:
    """Return an application that answers; ReleaseError for one that does not. Its first page warms what all pages need."""
    client = app.test_client()
    for path in ("/readyz", "/"):
        with client.get(path, buffered=True) as answer:
            if answer.status_code != 200:
                raise ReleaseError(f"{path} is answered with {answer.status}")
    return app


def open_release(path: Path, make_pool: Callable[[], P], make_app: Callable[[P], WSGIApplication]) -> OpenRelease:
    """Lease the release in `path`, start its query workers and its application; whatever fails, nothing stays open.

    Raises what the makers raise; NoReleaseError when the release is not there.
    """
    with ExitStack() as opened:
        opened.enter_context(lease_release(path))
        # The last but one to go: an application is a knot of references, and its store has files open until the knot is gone.
        opened.callback(gc.collect)
        pool = make_pool()
        opened.callback(pool.close)
        app = make_app(pool)
        return OpenRelease(path, app, pool.close, opened.pop_all().close)


class OpenRelease:
    """Knows who uses a release; safe to use from several threads.

    `on_unused` is called by the thread that leaves a retired release, when there may be something to close.
    """

    def __init__(
        self,
        path: Path,
        app: WSGIApplication,
        end_queries: Callable[[], None],
        close: Callable[[], None],
    ) -> None:
        """Serve `path` by `app`. `end_queries` must do no harm when `close` is called after it."""
        self.path = path
        self.release_id = path.name
        self.on_unused: Callable[[], object] = _nothing
        self.app: WSGIApplication | None = app
        self.is_retired = False
        self.is_closed = False
        # Visits by their ids: those that the application still works on, and those whose answer is being sent. No lock, because
        # a visit notes itself and then looks whether the release is retired, and who retires it looks for visits afterwards.
        self.calls: set[int] = set()
        self.bodies: set[int] = set()
        self._end_queries = end_queries
        self._close = close
        self._closing = threading.Lock()
        self._has_queries = True

    def enter(self) -> Visit | None:
        """Let one request in; None when the release is retired."""
        visit = Visit(self)
        self.calls.add(id(visit))
        if self.is_retired:
            visit.close()
            return None
        return visit

    def retire(self) -> None:
        """Let nobody in any more."""
        self.is_retired = True

    def retire_unused(self) -> bool:
        """Let nobody in any more, if nobody uses it; return whether that is so. Nobody may enter at the same time."""
        self.is_retired = self.is_retired or not (self.calls or self.bodies)
        return self.is_retired

    def close_unused(self) -> bool:
        """Close what nobody needs of a retired release, and wait until it is closed; return whether all of it is."""
        with self._closing:
            if not self.is_retired or self.calls:
                return self.is_closed
            if self._has_queries:
                self._has_queries = False
                self._end_queries()
            if not self.bodies and not self.is_closed:
                self.app = None
                self._close()
                self.is_closed = True
            return self.is_closed


def _nothing() -> None:
    return


class Visit:
    """One request in a release, and the body of its answer: the release stays open until the body is closed.

    Servers close it whether it was sent or not (https://peps.python.org/pep-3333/#specification-details).
    """

    __slots__ = ("_body", "_release")

    def __init__(self, release: OpenRelease) -> None:
        self._release: OpenRelease | None = release
        self._body: Iterable[bytes] = ()

    def respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request; the visit ends with the last byte."""
        release = self._release
        if release is None or release.app is None:
            raise ReleaseError("the release is closed")
        try:
            self._body = release.app(environ, start_response)
        except BaseException:
            self.close()
            raise
        if isinstance(self._body, list):
            # All bytes are there: none of them is read from the release any more.
            self.close()
            return self._body
        key = id(self)
        release.bodies.add(key)
        release.calls.discard(key)
        if release.is_retired:
            release.on_unused()
        return self

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Leave the release; twice does no harm."""
        release = self._release
        if release is None:
            return
        self._release = None
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            key = id(self)
            release.calls.discard(key)
            release.bodies.discard(key)
            if release.is_retired:
                release.on_unused()

    def __del__(self) -> None:
        # A server that fails before the first byte closes nothing.
        self.close()
