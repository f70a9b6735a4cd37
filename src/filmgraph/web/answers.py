"""Whole answers of a release that were given lately, packed and ready: a request for one of them never reaches Flask.

A release never changes, so nothing is invalidated; what shows the time is kept until it shows another (`KeptAnswer.until`).
Kept are the answers that a view offers with `keep_answer`, to addresses without a question mark; headers that rank the document
formats alike are one. So there are about as many answers as documents, and no client can fill the memory with what it makes up.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from flask import Response, request

from filmgraph.formats import DocumentFormat
from filmgraph.negotiation import rank_formats
from filmgraph.web.history import AS_OF, REFUSAL
from filmgraph.web.kept import Headers, KeptAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["AnswerCache", "AnswerShelf", "KeepingApp", "Key", "keep_answer", "keep_answers"]

#: Script name, path, and the formats that are accepted in their order; the last is empty where they do not matter.
Key = tuple[str, str, str]

_OFFER: Final = "filmgraph.keep"
_KEY: Final = "filmgraph.answer_key"
_OVERHEAD: Final = 4_096  # bytes that an answer costs beside its bodies
#: Requests that ask for more than a whole document; Flask answers them.
_SPECIAL: Final = ("HTTP_IF_MATCH", "HTTP_ACCEPT_DATETIME", AS_OF, REFUSAL)
#: What an answer may depend on: the key has the first, the packing is chosen anew, and the last bars a request.
_KNOWN_VARY: Final = frozenset({"accept", "accept-encoding", "accept-datetime"})
_NEGOTIATED: Final = tuple(each.format for each in DocumentFormat)
_LONGEST_PATH: Final = 300
_LONGEST_ACCEPT: Final = 500


@dataclass(frozen=True, slots=True)
class _Offer:
    until: datetime | None


def keep_answer(until: datetime | None = None) -> None:
    """Offer the answer to the request at hand to be kept: until a moment, or as long as the release is served.

    It may depend on the path and on which of the document formats the client likes best, and on nothing else.
    """
    request.environ[_OFFER] = _Offer(until)


class AnswerShelf(Protocol):
    """Keeps answers longer than a process lives."""

    def read(self, key: Key) -> KeptAnswer | None:
        """Return an answer, or None."""
        ...

    def write(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer, if that is possible just now."""
        ...


class AnswerCache:
    """Keeps the answers last used, up to `limit` bytes, before those on a shelf; safe to use from several threads."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        shelf: AnswerShelf | None = None,
        limit: int = 64 * 1024 * 1024,
        largest: int = 2 * 1024 * 1024,
    ) -> None:
        self._clock = clock
        self._shelf = shelf
        self._limit = limit
        self._largest = min(limit, largest)
        self._size = 0
        self._answers: OrderedDict[Key, tuple[KeptAnswer, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that are kept, about."""
        return self._size

    def find(self, key: Key) -> KeptAnswer | None:
        """Return what the key's address is answered with, from memory or from the shelf."""
        bare = (*key[:2], "")
        return self._recall(bare) or self._recall(key) or self._fetch(bare) or self._fetch(key)

    def keep(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer; one that is too large would drive out many small ones, and is not kept."""
        if 2 * len(answer.body) + _OVERHEAD > self._largest:
            return
        own = key if answer.depends_on_accept else (*key[:2], "")
        self._put(own, answer)
        if self._shelf is not None:
            self._shelf.write(own, answer)

    def _recall(self, key: Key) -> KeptAnswer | None:
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            answer, cost = found
            if answer.until is None or self._clock() < answer.until:
                self._answers.move_to_end(key)
                return answer
            del self._answers[key]
            self._size -= cost
            return None

    def _fetch(self, key: Key) -> KeptAnswer | None:
        answer = self._shelf.read(key) if self._shelf is not None else None
        if answer is None or (answer.until is not None and self._clock() >= answer.until):
            return None
        self._put(key, answer)
        return answer

    def _put(self, key: Key, answer: KeptAnswer) -> None:
        # Its packed bodies are made later, and are smaller than it.
        cost = 2 * len(answer.body) + _OVERHEAD
        with self._lock:
            _, before = self._answers.pop(key, (None, 0))
            self._answers[key] = (answer, cost)
            self._size += cost - before
            while self._size > self._limit:
                _, (_, dropped) = self._answers.popitem(last=False)
                self._size -= dropped


def keep_answers(
    answers: AnswerCache, packable_types: frozenset[str], complete: Callable[[str, str, Headers], Headers]
) -> Callable[[Response], Response]:
    """Return what takes in each answer of an application, before it is packed, and gives it as it will be given again.

    `complete` adds the headers that stand on all answers.
    """

    def take_in(response: Response) -> Response:
        offer = request.environ.get(_OFFER)
        if not isinstance(offer, _Offer) or not _may_be_kept(response):
            return response
        headers = complete(request.path, "200 OK", list(response.headers))
        answer = KeptAnswer.of(response, headers, packable_types, offer.until)
        key = request.environ.get(_KEY)
        if key is not None:
            answers.keep(key, answer)
        return answer.to_response(request.environ)

    return take_in


def _may_be_kept(response: Response) -> bool:
    """Tell a whole answer, or that a client has it already, from a refusal and from what depends on more than we look at."""
    is_whole = response.status_code in (200, 304) and not response.is_streamed and response.get_etag()[0] is not None
    return is_whole and all(each.lower() in _KNOWN_VARY for each in response.vary)


class KeepingApp:
    """Answers from what is kept, or else by the application."""

    def __init__(self, app: WSGIApplication, answers: AnswerCache) -> None:
        self._app = app
        self._answers = answers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (https://peps.python.org/pep-3333/)."""
        key = _key_of(environ)
        if key is not None:
            kept = self._answers.find(key)
            if kept is not None:
                return kept.send(environ, start_response)
            environ[_KEY] = key
        return self._app(environ, start_response)


def _key_of(environ: WSGIEnvironment) -> Key | None:
    """Return under which key the answer to a request is kept; None where it is not."""
    if environ.get("QUERY_STRING") or environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return None
    path, accept = environ.get("PATH_INFO", ""), environ.get("HTTP_ACCEPT", "")
    if len(path) > _LONGEST_PATH or len(accept) > _LONGEST_ACCEPT or any(each in environ for each in _SPECIAL):
        return None
    return environ.get("SCRIPT_NAME", ""), path, _ranking(accept)


@lru_cache(1_024)
def _ranking(accept: str) -> str:
    return " ".join(each.name for each in rank_formats(accept, _NEGOTIATED))
