"""Writes a new catalogue: settings, a sheet with its profile and a film page, each small enough to be replaced at sight."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from filmgraph.errors import SettingsError
from filmgraph.iris import slugify
from filmgraph.settings import FILE_NAME

__all__ = ["write_catalogue"]


def write_catalogue(directory: Path, base_iri: str, title: str) -> tuple[Path, ...]:
    """Write the starter catalogue into `directory` and return its files; SettingsError when something is there already."""
    if (directory / FILE_NAME).exists() or (directory.is_dir() and any(directory.iterdir())):
        raise SettingsError(f"{directory} is not empty: name a new folder")
    if '"' in title or "\\" in title or "\n" in title:
        raise SettingsError(f"the title {title!r} should have no quotes, backslashes or line breaks")
    values = {"id": slugify(title), "base_iri": base_iri, "title": title}
    return tuple(sorted(_copy(files("filmgraph") / "starter", directory, values)))


def _copy(source: Traversable, target: Path, values: dict[str, str]) -> list[Path]:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return [path for each in source.iterdir() for path in _copy(each, target / each.name, values)]
    text = source.read_text(encoding="utf-8")
    target.write_text(_fill(text, values) if target.name == FILE_NAME else text, encoding="utf-8")
    return [target]


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
