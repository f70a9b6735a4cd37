"""The stream of changes that a release carries, read back activity by activity."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from filmgraph.changelog import FOLDER, STREAM_FOLDER, read_history
from filmgraph.errors import ReleaseError

__all__ = ["iter_activities"]


def iter_activities(release_path: Path, telling: Collection[bytes] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the activities of all releases up to one, the oldest first, each with the name of its page.

    Pages that hold none of the words `telling`, if any are given, are passed over. ReleaseError when a page cannot be read.
    """
    folder = release_path / FOLDER / STREAM_FOLDER
    for note in read_history(release_path):
        for number in range(1, note.pages + 1):
            name = f"{note.release_id}-{number}.json.gz"
            yield from ((name, each) for each in _read_page(folder / name, telling))


def _read_page(path: Path, telling: Collection[bytes]) -> list[dict[str, Any]]:
    try:
        data = gzip.decompress(path.read_bytes())
        if not data.rstrip().endswith(b"]}"):
            raise ValueError("it is torn")
        items: list[dict[str, Any]] = []
        if not telling or any(each in data for each in telling):
            items = json.loads(data)["orderedItems"]
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise ReleaseError(f"cannot read {path}: {error!r}; build the release again") from error
    return items
