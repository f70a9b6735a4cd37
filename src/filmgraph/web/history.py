"""The releases before the current one: which are kept, and which of them the request at hand was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from flask import has_request_context, request
from werkzeug.http import http_date

__all__ = ["AS_OF", "FOLDER", "NOTICE", "REFUSAL", "AsOf", "History", "KeptRelease", "read_as_of", "split_path"]

#: Where releases are asked for by name: `/as-of/2026-11-22.1/film/here-2023`.
FOLDER: Final = "as-of"
#: Keys of the environment, by which the server that chooses among releases speaks to the application of one: an `AsOf`, a
#: FilmgraphError that the request is to be answered with, a text for whoever watches the server.
AS_OF: Final = "filmgraph.as_of"
REFUSAL: Final = "filmgraph.refusal"
NOTICE: Final = "filmgraph.notice"
_PREFIX: Final = f"/{FOLDER}/"


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """A release that can be asked for; `created` is the time of its build in UTC."""

    release_id: str
    created: datetime

    @property
    def http_date(self) -> str:
        """When it was built, as headers write it."""
        return http_date(self.created)


class History(Protocol):
    """What there is to choose from."""

    def kept(self) -> tuple[KeptRelease, ...]:
        """Return the releases that can be asked for, oldest first."""
        ...

    def find(self, release_id: str) -> KeptRelease:
        """Return a release by its name; ReleaseUnknownError, or ReleasePrunedError for one that was removed."""
        ...

    def current_at(self, moment: datetime) -> KeptRelease | None:
        """Return the release that was current then, or where it is not kept the last one before that is; else the oldest.

        None when none is kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class AsOf:
    """That a request was sent to a release by its name.

    `root` is the path in front of `/as-of`, which is empty unless the server is mounted somewhere. `path` and `query_string`
    are what was asked of the release, the path decoded.
    """

    release: KeptRelease
    root: str
    path: str
    query_string: str = ""

    @property
    def script_root(self) -> str:
        """The path in front of all paths of the release."""
        return f"{self.root}{_PREFIX}{self.release.release_id}"


def read_as_of() -> AsOf | None:
    """Return the release that the request at hand was sent to by name; None where it was not."""
    found = request.environ.get(AS_OF) if has_request_context() else None
    return found if isinstance(found, AsOf) else None


def split_path(path: str) -> tuple[str, str] | None:
    """Return the release that a path names and the path within it; None for a path outside of `/as-of/`.

    >>> split_path("/as-of/2026-11-22.1/film/")
    ('2026-11-22.1', '/film/')
    >>> split_path("/as-of/2026-11-22.1")
    ('2026-11-22.1', '')
    """
    if not path.startswith(_PREFIX):
        return None
    release_id, slash, rest = path[len(_PREFIX) :].partition("/")
    return release_id, slash + rest
