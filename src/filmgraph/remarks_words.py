"""What is said to an editor of each finding, in the languages of the interface: `words/remarks.toml`, and how it fits a finding.

A finding is a sentence in English with values in it. The table says what the sentence looks like, and the values that stand in it
go into the words of another language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from filmgraph.findings import Finding

__all__ = ["ANY_RULE", "Saying", "find_saying", "load_sayings", "split_proposal"]

#: The rule of what is said where nothing else fits.
ANY_RULE: Final = "*"
_FIELD: Final = re.compile(r"\{(\w+)\}")
_PROPOSAL: Final = re.compile(r"(?P<message>.*?)\s+Perhaps (?P<proposal>.+)\?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Saying:
    """One table of the file: the words by language, and the pattern of the messages that it stands for; None for any."""

    rule: str
    says: str
    pattern: re.Pattern[str] | None
    words: Mapping[str, str]

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that its words ask for."""
        return frozenset(name for text in self.words.values() for name in _FIELD.findall(text))


@cache
def load_sayings() -> Mapping[str, tuple[Saying, ...]]:
    """Return all sayings by rule, in the order of the file."""
    text = (files("filmgraph") / "words" / "remarks.toml").read_text(encoding="utf-8")
    found: dict[str, list[Saying]] = {}
    for each in tomllib.loads(text)["remark"]:
        says = each.get("says", "")
        words = {"en": each.get("en", says), "nl": each["nl"], "fr": each["fr"]}
        found.setdefault(each["rule"], []).append(
            Saying(each["rule"], says, _to_pattern(says) if says else None, MappingProxyType(words))
        )
    return MappingProxyType({rule: tuple(sayings) for rule, sayings in found.items()})


def _to_pattern(says: str) -> re.Pattern[str]:
    """Return the pattern of a message with fields; a field may be any text, the first as short as possible."""
    pieces = _FIELD.split(says)
    # Every second piece is the name of a field.
    parts = [f"(?P<{each}>.*?)" if n % 2 else re.escape(each) for n, each in enumerate(pieces)]
    return re.compile("".join(parts), re.DOTALL)


def split_proposal(message: str) -> tuple[str, str]:
    """Return a message without what it proposes at its end, and that.

    >>> split_proposal("'Belgum' is not a country. Perhaps Belgium?")
    ("'Belgum' is not a country.", 'Belgium')
    """
    match = _PROPOSAL.fullmatch(message)
    return (match["message"], match["proposal"]) if match else (message, "")


def find_saying(finding: Finding) -> tuple[Saying, Mapping[str, str]]:
    """Return what is said of a finding, and the values of its fields; that of any rule where there is nothing of its own."""
    sayings = load_sayings()
    message, _ = split_proposal(finding.message)
    for saying in sayings.get(finding.rule, ()):
        if saying.pattern is None:
            return saying, {}
        match = saying.pattern.fullmatch(message)
        if match:
            return saying, match.groupdict()
    return sayings[ANY_RULE][0], {}
