"""Documents of a release that were asked for lately: a release never changes, so they need no invalidation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["CachedDocument", "DocumentCache"]

_OVERHEAD = 512  # bytes that an entry costs beside its body


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """One representation, and the values of its Link header."""

    body: bytes
    links: tuple[str, ...]


class DocumentCache:
    """Keeps the documents last used, up to `limit` bytes; safe to use from several threads.

    One that costs more than `largest` bytes is not kept: it would drive out many small ones.
    """

    def __init__(self, limit: int = 64 * 1024 * 1024, largest: int = 4 * 1024 * 1024) -> None:
        self._limit = limit
        self._largest = min(limit, largest)
        self._size = 0
        self._documents: OrderedDict[tuple[str, ...], CachedDocument] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: tuple[str, ...], make: Callable[[], CachedDocument]) -> CachedDocument:
        """Return the document under `key`, made by `make` when it is not kept; what `make` raises is not kept."""
        with self._lock:
            found = self._documents.get(key)
            if found is not None:
                self._documents.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[str, ...], document: CachedDocument) -> None:
        if key in self._documents or _cost(document) > self._largest:
            return
        self._documents[key] = document
        self._size += _cost(document)
        while self._size > self._limit:
            _, dropped = self._documents.popitem(last=False)
            self._size -= _cost(dropped)

    @property
    def size(self) -> int:
        """The bytes that are kept."""
        return self._size


def _cost(document: CachedDocument) -> int:
    return len(document.body) + sum(map(len, document.links)) + _OVERHEAD
