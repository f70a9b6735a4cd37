"""When each thing of a release was last changed: read from the release's own stream of changes."""

from __future__ import annotations

from pathlib import Path

from filmgraph.activities import iter_activities
from filmgraph.changelog import ChangeType

__all__ = ["read_modified"]

_GONE = frozenset({ChangeType.DELETE.value, ChangeType.MERGE.value})


def read_modified(release_path: Path) -> dict[str, str]:
    """Return the time (UTC, ISO 8601) of the last change of each thing that the stream names, by IRI.

    What was removed or merged is left out, and so is everything in a release without a stream. ReleaseError when a page of the
    stream cannot be read.
    """
    times: dict[str, str] = {}
    for _, activity in iter_activities(release_path):
        times[activity["object"]["id"]] = "" if activity["type"] in _GONE else activity["endTime"]
    return {iri: time for iri, time in times.items() if time}
