"""When each screening of a release was last changed, and how often: read from the release's own stream of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filmgraph.activities import iter_activities
from filmgraph.changelog import ChangeType
from filmgraph.errors import ReleaseError
from filmgraph.manifest import Manifest

__all__ = ["Revision", "Revisions", "read_revisions"]

_SCREENING = "/id/screening/"
# The first release creates everything: most of its pages need no reading.
_TELLING = (_SCREENING.encode(), ChangeType.UPDATE.value.encode())


@dataclass(frozen=True, slots=True)
class Revision:
    """How often a screening was changed since it was first published, and when what is told of it last changed (UTC)."""

    sequence: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Revisions:
    """What all releases up to one did to its screenings. `first` is when a thing was published that the stream does not name."""

    first: datetime
    _counts: Mapping[str, int]
    _times: Mapping[str, datetime]

    def of(self, screening_iri: str, named_iris: Iterable[str] = ()) -> Revision:
        """Return the revision of a screening, whose entry names further things: its films, hall and venue.

        Only changes of the screening itself are counted: a number that falls when it moves to another hall would be no sequence.
        """
        times = [self._times[each] for each in (screening_iri, *named_iris) if each in self._times]
        return Revision(self._counts.get(screening_iri, 0), max(times, default=self.first))


def read_revisions(release_path: Path, manifest: Manifest) -> Revisions:
    """Read the stream of changes that a release carries; ReleaseError when a page of it cannot be read.

    Of screenings every change counts, of other things only those after they were created: nothing names a thing before that.
    """
    counts: dict[str, int] = {}
    times: dict[str, datetime] = {}
    for name, activity in iter_activities(release_path, _TELLING):
        thing, kind = activity["object"]["id"], ChangeType(activity["type"])
        if kind is ChangeType.CREATE and _SCREENING not in thing:
            continue
        times[thing] = _read_time(activity["endTime"], name)
        counts[thing] = counts.get(thing, -1) + 1
    return Revisions(_read_time(manifest.created, "manifest"), {k: n for k, n in counts.items() if n and _SCREENING in k}, times)


def _read_time(text: str, place: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise ReleaseError(f"{place}: {text!r} is no time; build the release again") from error
