from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from filmgraph.release_files import remove_tree
from tests.release.handmade_release import publish_by_hand


@pytest.fixture
def releases_path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "releases"
    path.mkdir()
    yield path
    remove_tree(path)


@pytest.fixture
def three_releases(releases_path: Path) -> Path:
    for number in (1, 2, 3):
        publish_by_hand(releases_path, f"2026-11-22.{number}")
    return releases_path
