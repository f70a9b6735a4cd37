"""Reads the profile of web pages, which they can do without. `docs/web-pages.md` is its description.

time_zone = "Europe/Madrid"        # of times that have no offset
events = "screenings"              # an Event that names no work is a screening of the film that it is called after
performers = "cast"                # of screenings: "cast" of the film, or "guests" of the screening

[prose]                            # read lines such as "Dir.: … Int.: … 121'" too
title = "h1"                       # CSS selectors: of the film's title, where the page has no structured data,
line = ".credits p"                # and of the lines
languages = ["es", "ca"]           # whose labels are looked for

[prose.labels]                     # labels of your own: a role, or one of date_created, duration, country, language, genre
"Una película de" = "director"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.sources.sheet.profile_table import Table
from filmgraph.vocabulary import Vocabulary

__all__ = ["PROSE_FIELDS", "PageProfile", "Prose", "read_page_profile"]

#: What a label can stand for besides a role.
PROSE_FIELDS: Final = frozenset({"date_created", "duration", "country", "language", "genre", "title", "ignore"})
_PERFORMERS: Final = {"": "", "cast": "actor", "guests": "guest"}
_EVENTS: Final = {"": False, "screenings": True}


@dataclass(frozen=True, slots=True)
class Prose:
    """How lines of prose are read: CSS selectors of title and lines, and what each label (folded) stands for."""

    title: str
    line: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PageProfile:
    """How web pages are read; `performers` is the role of those who perform at a screening, empty where that is not said."""

    zone: ZoneInfo | None = None
    has_plain_events: bool = False
    performers: str = ""
    prose: Prose | None = None
    path: str = field(default="")


def read_page_profile(data: bytes, path: str, vocabulary: Vocabulary) -> PageProfile:
    """Return the profile in `data`.

    UnreadableInputError when it is no TOML; SettingsError names the setting, its value and what was expected.
    """
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} is not valid TOML: {error}") from error
    root = Table(tables, path)
    root.refuse_unknown({"time_zone", "events", "performers", "prose"})
    return PageProfile(
        zone=root.zone("time_zone"),
        has_plain_events=root.choose("events", _EVENTS, ""),
        performers=root.choose("performers", _PERFORMERS, ""),
        prose=_read_prose(root, vocabulary),
        path=path,
    )


def _read_prose(root: Table, vocabulary: Vocabulary) -> Prose | None:
    if "prose" not in root.values:
        return None
    table = Table(root.get("prose", dict[str, Any]()), f"{root.where} [prose]")
    table.refuse_unknown({"title", "line", "languages", "labels"})
    if not table.get("line", ""):
        raise SettingsError(
            f'{table.where}: line is missing: give a CSS selector of the lines to read, as in line = ".credits p"'
        )
    shipped = tomllib.loads((files("filmgraph.sources.html") / "labels.toml").read_text(encoding="utf-8"))
    labels: dict[str, str] = {}
    for language in table.texts("languages"):
        if language not in shipped:
            raise table.error("languages", f"out of {', '.join(sorted(shipped))}")
        labels |= {label.casefold(): meaning for meaning, found in shipped[language].items() for label in found}
    for label, meaning in table.words("labels").items():
        if meaning not in PROSE_FIELDS and vocabulary.concept(Kind.ROLE, meaning) is None:
            raise SettingsError(
                f"{table.where} [labels]: {label!r} = {meaning!r} should be a role, or one of {', '.join(sorted(PROSE_FIELDS))}"
            )
        labels[label.casefold()] = meaning
    return Prose(table.get("title", ""), table.get("line", ""), labels)
