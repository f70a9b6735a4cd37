"""What columns are called in the sheets of festivals: header → what a profile would say of it; see `synonyms.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from filmgraph.sources.sheet.column import Profile

__all__ = ["Meaning", "find_meaning", "find_records", "suggest_column"]

_LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("en", "eng", "english", "engels", "englisch", "anglais", "ingles", "int", "international"), "en"),
        **dict.fromkeys(("nl", "ned", "dutch", "nederlands", "niederlandisch", "neerlandais", "vlaams"), "nl"),
        **dict.fromkeys(("fr", "fra", "french", "frans", "franzosisch", "francais", "frances"), "fr"),
        **dict.fromkeys(("de", "deu", "ger", "german", "duits", "deutsch", "allemand", "aleman"), "de"),
        **dict.fromkeys(("es", "esp", "spanish", "spaans", "spanisch", "espagnol", "espanol"), "es"),
        **dict.fromkeys(("it", "italian", "italiaans", "italienisch", "italien", "italiano"), "it"),
        **dict.fromkeys(("pt", "portuguese", "portugues"), "pt"),
    }
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header seems to mean: the lines that a profile would have for it, and what it is in plain words.

    `is_list` columns often hold several values in a cell, `is_person` columns names of people. `part` names columns that need
    others beside them: a date and a time, a hall and its venue. `language` is set where the header names one, `number` where it
    has one.
    """

    record: str
    settings: tuple[str, ...]
    means: str
    is_list: bool = False
    is_person: bool = False
    part: str = ""
    language: str = ""
    number: str = ""


@cache
def _table() -> Mapping[tuple[str, str], Meaning]:
    text = (files("filmgraph") / "sources" / "sheet" / "synonyms.toml").read_text(encoding="utf-8")
    table: dict[tuple[str, str], Meaning] = {}
    for each in tomllib.loads(text)["column"]:
        meaning = Meaning(
            each["record"],
            tuple(each["settings"]),
            each["means"],
            each.get("list", False),
            each.get("person", False),
            each.get("part", ""),
        )
        table |= {(each["record"], _fold(word)): meaning for word in each["words"]}
    return MappingProxyType(table)


def find_meaning(header: str, record: str) -> Meaning | None:
    """Return what a header seems to mean in a sheet of this record; None for a word that is not known."""
    table, words = _table(), _fold(header).split()
    numbers = [each for each in words if each.isdigit()]
    number = numbers[0] if len(numbers) == 1 < len(words) else ""
    words = [each for each in words if each != number]
    language = _LANGUAGES.get(words[-1], "") if len(words) > 1 else ""
    for name, spoken in ((" ".join(words), ""), (" ".join(words[:-1]), language)):
        found = table.get((record, name)) or table.get(("", name))
        if found is not None and (spoken or name == " ".join(words)):
            return _with(found, spoken or _named_language(words), number)
    return None


def _named_language(words: list[str]) -> str:
    """Return the language that a header names in full: `english title`."""
    return next((_LANGUAGES[word] for word in words if len(word) > 3 and word in _LANGUAGES), "") if len(words) > 1 else ""


def _with(found: Meaning, language: str, number: str) -> Meaning:
    settings = found.settings
    if language and 'property = "name"' in settings and found.record == "Movie":
        settings = ('property = "alternate_name"', f'language = "{language}"')
    elif language and 'property = "alternate_name"' in settings:
        settings = (*settings, f'language = "{language}"')
    return Meaning(found.record, settings, found.means, found.is_list, found.is_person, found.part, language, number)


def find_records(headers: Iterable[str]) -> dict[str, int]:
    """Return for each record how many of the headers are words for its columns."""
    names = list(headers)
    records = dict.fromkeys(record for record, _ in _table() if record)
    return {record: sum(_is_of(name, record) for name in names) for record in records}


def _is_of(header: str, record: str) -> bool:
    meaning = find_meaning(header, record)
    return meaning is not None and bool(meaning.record)


def suggest_column(header: str, profile: Profile, headers: Iterable[str]) -> str:
    """Return a sentence that says what an unknown column may be; empty where nothing is known of its header."""
    there = set(headers)
    twin = next((each for each in profile.columns if each not in there and _fold(each) == _fold(header)), None)
    if twin is not None:
        return f" It may be the column that the profile spells {twin!r}."
    meaning = find_meaning(header, profile.record)
    if meaning is None or not meaning.record:
        return ""
    return f" It may be {meaning.means}: {', '.join(meaning.settings)}."


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("ß", "ss"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(re.findall(r"[^\W\d_]+|[0-9]+", letters))
