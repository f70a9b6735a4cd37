"""A catalogue as it would be with other files in it: a folder of links to its files, with the new ones in their places.

The catalogue itself is left alone, and what reads it need not know.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.settings import Settings

__all__ = ["overlaid"]


@contextmanager
def overlaid(settings: Settings, files: Mapping[str, bytes]) -> Iterator[Settings]:
    """Give the settings of a catalogue with these files, by their paths in it, in place of its own; gone at the end.

    SettingsError for a path that leads out of the catalogue.
    """
    if not files:
        yield settings
        return
    # Its releases stay where they are, wherever the catalogue seems to be.
    releases_path = settings.releases_path.absolute()
    with tempfile.TemporaryDirectory(prefix="filmgraph-check-") as folder:
        target = Path(folder) / "catalogue"
        try:
            _mirror(
                settings.catalogue_path.absolute(), target, {_parts(path): data for path, data in files.items()}, releases_path
            )
        except OSError as error:
            raise UnreadableInputError(f"cannot make a copy of {settings.catalogue_path} to check: {error}") from error
        yield replace(settings, catalogue_path=target, releases_path=releases_path)


def _parts(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise SettingsError(f"the path {path!r} of a source leads out of the catalogue: put the file into it")
    return parts


def _mirror(source: Path, target: Path, files: Mapping[tuple[str, ...], bytes], releases_path: Path) -> None:
    target.mkdir()
    inner: dict[str, dict[tuple[str, ...], bytes]] = {}
    for parts, data in files.items():
        if len(parts) == 1:
            (target / parts[0]).write_bytes(data)
        else:
            inner.setdefault(parts[0], {})[parts[1:]] = data
    for name, rest in inner.items():
        _mirror(source / name, target / name, rest, releases_path)
    for each in source.iterdir() if source.is_dir() else ():
        if not (target / each.name).exists() and each != releases_path:
            (target / each.name).symlink_to(each)
