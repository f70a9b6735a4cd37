"""`[server]` in filmgraph.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.errors import SettingsError
from filmgraph.settings import load_settings
from tests.serving.release_maker import make_catalogue


def write(folder: Path, line: str) -> Path:
    path = make_catalogue(folder / "films")
    with (path / "filmgraph.toml").open("a") as file:
        file.write(f"[server]\n{line}\n")
    return path


def test_how_many_releases_are_open_at_once_is_a_setting(tmp_path: Path) -> None:
    assert load_settings(make_catalogue(tmp_path / "plain")).server.past_releases == 2
    assert load_settings(write(tmp_path, "past_releases = 5")).server.past_releases == 5


def test_how_much_of_the_disk_pages_take_is_a_setting(tmp_path: Path) -> None:
    assert load_settings(make_catalogue(tmp_path / "plain")).server.page_cache_bytes == 268_435_456
    assert load_settings(write(tmp_path, "page_cache_bytes = 0")).server.page_cache_bytes == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("past_releases = 0", "past_releases = 0 should be 1 or greater"),
        ('past_releases = "2"', "past_releases = '2' should be a whole number"),
        ("releases = 2", "unknown setting 'releases'"),
        ("page_cache_bytes = -1", "page_cache_bytes = -1 should be 0 or greater"),
    ],
)
def test_nonsense_is_refused_by_name(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(write(tmp_path, line))
