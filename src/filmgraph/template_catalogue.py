"""The sources of a filled-in template: its profiles, and what stands of them in `filmgraph.toml`."""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filmgraph.errors import SettingsError
from filmgraph.settings import FILE_NAME, Settings, load_settings

__all__ = ["DEFAULT_ZONE", "TABLES", "add_sources", "bare_catalogue", "profile_text", "source_tables"]

DEFAULT_ZONE: Final = "Europe/Brussels"
#: What is read from the workbook: two things from the sheet of venues. The order is that of trust.
TABLES: Final = ("films", "credits", "venues", "halls", "screenings", "guests")
_FOLDER: Final = "profiles"


def profile_text(table: str, time_zone: str) -> str:
    """Return the profile of one table of the template, with its times in a zone. SettingsError for a zone that there is not."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(f"{time_zone!r} is no time zone: write one such as {DEFAULT_ZONE}") from None
    text = (files("filmgraph") / "profiles" / f"template-{table}.toml").read_text(encoding="utf-8")
    return text.replace(f'time_zone = "{DEFAULT_ZONE}"', f'time_zone = "{time_zone}"')


def source_tables(path: str, prefix: str) -> str:
    """Return the `[[sources]]` tables for a filled-in template at a path of the catalogue; ids begin with `prefix`."""
    tables = (
        f'\n[[sources]]\nid = "{prefix}-{each}"\nkind = "sheet"\npath = "{path}"\nprofile = "{_FOLDER}/template-{each}.toml"\n'
        for each in TABLES
    )
    return "".join(tables)


def add_sources(catalogue_path: Path, path: str, prefix: str, time_zone: str) -> tuple[Path, ...]:
    """Write the profiles into a catalogue and its sources into `filmgraph.toml`; return the files that were written.

    SettingsError when the catalogue has a source of that name, or a profile of that name that says something else.
    """
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or set(path) & set('"\\\n'):
        raise SettingsError(f"the path {path!r} should lead to a file within the catalogue, without quotes or backslashes")
    known = load_settings(catalogue_path)
    taken = [each for each in known.sources if each.id in {f"{prefix}-{table}" for table in TABLES}]
    if taken:
        raise SettingsError(f"{catalogue_path / FILE_NAME} has a source {taken[0].id!r} already: give the file another name")
    written = [each for table in TABLES if (each := _write_profile(catalogue_path, table, time_zone))]
    settings_path = catalogue_path / FILE_NAME
    text = settings_path.read_text(encoding="utf-8").rstrip("\n") + "\n" + source_tables(path, prefix)
    _replace(settings_path, text)
    load_settings(catalogue_path)
    return (*written, settings_path)


def _write_profile(catalogue_path: Path, table: str, time_zone: str) -> Path | None:
    path, text = catalogue_path / _FOLDER / f"template-{table}.toml", profile_text(table, time_zone)
    if path.exists():
        if path.read_text(encoding="utf-8") != text:
            raise SettingsError(f"{path} is there already and says something else: move it away, or add the sources by hand")
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, text)
    return path


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(path.stat().st_mode if path.exists() else 0o644)
    Path(name).replace(path)


def bare_catalogue(folder: Path, file_name: str, time_zone: str = DEFAULT_ZONE) -> Settings:
    """Write a catalogue into an empty folder that has nothing but a template's sources, to check a file that has no other."""
    head = (
        '[catalogue]\nid = "template"\nbase_iri = "https://filmgraph.example/"\ntitle = "Template"\npublisher = "Nobody"\n'
        'description = "A file that is only checked."\nlicence = "https://creativecommons.org/publicdomain/zero/1.0/"\n'
    )
    (folder / FILE_NAME).write_text(head + source_tables(file_name, "template"), encoding="utf-8")
    for table in TABLES:
        _write_profile(folder, table, time_zone)
    return load_settings(folder)
