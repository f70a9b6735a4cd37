"""Publishers that do it wrongly, each in one way: the counts of the other tests must rise for them, or they count nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from filmgraph import release
from filmgraph.manifest import FILE_NAME, Manifest
from filmgraph.release_folder import switch_current

__all__ = ["SABOTAGES", "sabotage_publish"]


def remove_the_link_and_die() -> None:
    """Make `current` anew instead of replacing it: for a moment there is none."""

    def switch(releases_path: Path, release_id: str) -> None:
        (releases_path / "current").unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    mock.patch.object(release, "switch_current", switch).start()


def link_what_is_half_written_and_die() -> None:
    """Make a release current when only some of its files are there."""

    def check_store(staging: Path, manifest: Manifest, *rest: object) -> None:
        (staging / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
        next(iter((staging / "dumps").glob("*.nt.gz"))).unlink()
        switch_current(staging.parent, staging.name)
        os.kill(os.getpid(), signal.SIGKILL)

    mock.patch.object(release, "_check_store", check_store).start()


def sync_nothing() -> None:
    """Rename the release without waiting for the disk."""
    mock.patch.object(release, "sync_tree", return_value=None).start()


SABOTAGES: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (remove_the_link_and_die, link_what_is_half_written_and_die, sync_nothing)
}


def sabotage_publish(name: str) -> None:
    """Break the publisher of this process for good."""
    SABOTAGES[name]()
