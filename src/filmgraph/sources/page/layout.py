"""The layout of a festival's film page: `layout.toml` as typed tables and compiled patterns."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = ["Layout", "ProseRule", "fold", "load_layout"]

_PATH = Path(__file__).with_name("layout.toml")
# `re` has no class for capitals: those of the Latin, Greek and Cyrillic alphabets.
_CAPITALS = "".join(re.escape(chr(code)) for code in range(0x41, 0x530) if chr(code).isupper())
_WORD = rf"[{_CAPITALS}][\w'’-]*\w"
_PARTICLES = "van|von|de|der|den|ter|da|di|du|la|le|el|al|bin|zu"
_MACROS = {
    "Title": rf"[{_CAPITALS}0-9][^,;:.!?()\"“”«»]{{0,80}}?",
    "Name": rf"(?:{_WORD}|[{_CAPITALS}]\.)(?: (?:{_WORD}|[{_CAPITALS}]\.|{_PARTICLES})){{0,4}} {_WORD}",
    "Event": rf"{_WORD}(?:(?: (?:of|for|the|de|des|du|la|le|van|voor|het)){{0,2}} {_WORD}){{0,5}}",
    "Word": _WORD,
    "Words": rf"{_WORD}(?: (?:{_WORD}|[\w-]+)){{0,8}}?",
    "Of": r"(?:['’]s|['’])",
}


@dataclass(frozen=True, slots=True)
class ProseRule:
    """One way in which prose says something; `rule` names what, `role` a credit role that the pattern itself implies."""

    rule: str
    language: str
    pattern: re.Pattern[str]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """`layout.toml`; words are folded by `fold`, mappings lead from the folded word to what it means."""

    slots: tuple[str, ...]
    organisation_roles: frozenset[str]
    organisation_words: frozenset[str]
    trade_words: Mapping[str, str]
    headings: Mapping[str, str]
    labels: Mapping[str, str]
    boilerplate: tuple[str, ...]
    banner: re.Pattern[str]
    months: tuple[tuple[str, ...], ...]
    runtimes: tuple[re.Pattern[str], ...]
    forms: Mapping[str, str]
    ordinals: Mapping[str, int]
    towns: Mapping[str, str]
    prose: tuple[ProseRule, ...]

    def rules(self, name: str) -> tuple[ProseRule, ...]:
        """Return the prose rules called `name`, in the order of the file."""
        return tuple(each for each in self.prose if each.rule == name)

    def month(self, word: str) -> int | None:
        """Return 1 to 12 for a month's name or abbreviation in a language of the layout."""
        folded = fold(word)
        return next((n for n, starts in enumerate(self.months, 1) if folded.startswith(starts)), None)


def fold(text: str) -> str:
    """Return `text` as words are compared here: one kind of apostrophe and space, no case, no final colon."""
    return " ".join(text.replace("’", "'").split()).rstrip(": ").casefold()


@functools.cache
def load_layout() -> Layout:
    """Read the layout that is shipped beside this module."""
    tables = tomllib.loads(_PATH.read_text(encoding="utf-8"))
    return Layout(
        slots=tuple(tables["slots"]),
        organisation_roles=frozenset(tables["organisation_roles"]),
        organisation_words=frozenset(map(fold, tables["organisation_words"])),
        trade_words=_invert(tables["trade_words"]),
        headings=_invert(tables["headings"]),
        labels=_invert(tables["labels"]),
        boilerplate=tuple(fold(each) for each in tables["boilerplate"]["openers"]),
        banner=re.compile(tables["banner"]["pattern"]),
        months=tuple(tuple(each) for each in tables["banner"]["months"]),
        runtimes=tuple(re.compile(each, re.IGNORECASE) for each in tables["runtime"]["patterns"]),
        forms=MappingProxyType({fold(word): key for word, key in tables["forms"].items()}),
        ordinals=MappingProxyType(tables["ordinals"]),
        towns=MappingProxyType({name: town["names"][0] for town in tables["towns"] for name in town["names"]}),
        prose=tuple(_read_rules(tables)),
    )


def _invert(table: Mapping[str, list[str]]) -> Mapping[str, str]:
    return MappingProxyType({fold(word): key for key, words in table.items() for word in words})


def _read_rules(tables: Mapping[str, Any]) -> list[ProseRule]:
    towns = [name for town in tables["towns"] for name in town["names"]]
    macros = {**_MACROS, "Ordinal": _any(tables["ordinals"]), "Town": _any(towns)}
    rules = []
    for each in tables["prose"]:
        nouns = _any(tables["person_nouns"][each["language"]])
        pattern = each["pattern"]
        for name, regex in {**macros, "PersonNoun": nouns}.items():
            pattern = pattern.replace("{" + name + "}", regex)
        rules.append(ProseRule(each["rule"], each["language"], re.compile(pattern), each.get("role", "")))
    return rules


def _any(words: Any) -> str:  # noqa: ANN401 -- any iterable of words, straight from TOML
    return "(?:" + "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word))) + ")"
