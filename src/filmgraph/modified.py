"""When each thing of a release was last changed: read from the release's own stream of changes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from filmgraph.changelog import FOLDER, STREAM_FOLDER, ChangeType, read_history
from filmgraph.errors import ReleaseError

__all__ = ["read_modified"]


def read_modified(release_path: Path) -> dict[str, str]:
    """Return the time (UTC, ISO 8601) of the last change of each thing that the stream names, by IRI.

    What was removed or merged is left out, and so is everything in a release without a stream. ReleaseError when a page of the
    stream cannot be read.
    """
    times: dict[str, str] = {}
    for note in read_history(release_path):
        for number in range(1, note.pages + 1):
            times |= _read_page(release_path / FOLDER / STREAM_FOLDER / f"{note.release_id}-{number}.json.gz")
    return {iri: time for iri, time in times.items() if time}


def _read_page(path: Path) -> dict[str, str]:
    """Return the times of one page, in its order; an empty one for what is gone."""
    gone = (ChangeType.DELETE.value, ChangeType.MERGE.value)
    try:
        items = json.loads(gzip.decompress(path.read_bytes()))["orderedItems"]
        return {each["object"]["id"]: "" if each["type"] in gone else each["endTime"] for each in items}
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise ReleaseError(f"cannot read {path}: {error!r}; build the release again") from error
