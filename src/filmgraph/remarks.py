"""Findings told to an editor: where in the sheet, what is wrong in plain words, and what was likely meant.

Pure: no file is read but the words. `checking` finds what is told here, `remarks_report` writes it.
"""

from __future__ import annotations

import ast
import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.pages.messages import Messages
from filmgraph.remarks_texts import load_texts
from filmgraph.remarks_words import find_saying, split_proposal

__all__ = ["Naming", "Remark", "tell", "tell_place"]

#: Returns the name of a thing by what stands behind `/id/` in its IRI (`film/here-2023`); None when it has none.
Naming = Callable[[str], str | None]

_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_KINDS: Final = frozenset(each.segment for each in Kind)
_THING: Final = re.compile(rf"(?<![\w/])(?:{'|'.join(sorted(_KINDS))})/[A-Za-z0-9-]+")
_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2})?(?:[+-]\d{2}:\d{2}|Z)")
_SIGNS: Final = MappingProxyType({"en": ("“", "”"), "nl": ("“", "”"), "fr": ("« ", " »")})
#: How the letters of a date format are written in another language.
_LETTERS: Final = MappingProxyType({"nl": (("YYYY", "JJJJ"), ("HH", "UU")), "fr": (("DD", "JJ"), ("YYYY", "AAAA"))})


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding in the words of a language.

    `where` is the place in words, `text` what is wrong, `proposal` what was likely meant (empty where that is not certain), and
    `value` the text of the cell. `places` are the cells and rows in the sheet that it is about, the first being that of `where`.
    """

    severity: Severity
    rule: str
    where: str
    text: str
    proposal: str
    value: str
    places: tuple[SourcePlace, ...]
    language: str

    @property
    def sentence(self) -> str:
        """What is wrong, and what was likely meant."""
        if not self.proposal:
            return self.text
        return load_texts(self.language)("remark.proposal", text=self.text, proposal=self.proposal)

    @property
    def line(self) -> str:
        """The whole remark in one line: where, what, and what was meant."""
        return load_texts(self.language)("remark.line", where=self.where, sentence=self.sentence)


def tell(
    findings: Iterable[Finding],
    language: str,
    naming: Naming = lambda name: None,
    proposals: Mapping[Finding, str] = MappingProxyType({}),
    paths: frozenset[str] = frozenset(),
) -> tuple[Remark, ...]:
    """Return the findings as remarks, the worst first, and then in the order of their places.

    `proposals` say for some what was likely meant. Places in files other than `paths` are left out, unless there is no other.
    """
    remarks = [_tell(each, language, naming, proposals, paths) for each in findings]
    return tuple(sorted(remarks, key=lambda each: (each.severity.rank, each.places[:1] == (), each.places[:1], each.text)))


def _tell(finding: Finding, language: str, naming: Naming, proposals: Mapping[Finding, str], paths: frozenset[str]) -> Remark:
    messages = load_texts(language)
    saying, fields = find_saying(finding)
    message, proposal = split_proposal(finding.message)
    known = {"value": repr(finding.value or ""), "message": message, **fields}
    if "kind" in fields:
        known["kinds"] = messages.kind(fields["kind"], 2) if fields["kind"] in _KINDS else fields["kind"]
    said = {name: _show(name, text, messages, naming) for name, text in known.items()}
    places = tuple(each for each in finding.places if not paths or each.path in paths) or finding.places
    return Remark(
        finding.severity,
        finding.rule,
        tell_place(places[0], messages) if places else messages("remark.nowhere"),
        saying.words[language].format_map(said),
        proposals.get(finding) or proposal,
        finding.value or "",
        places,
        language,
    )


def tell_place(place: SourcePlace, messages: Messages) -> str:
    """Return a place as an editor finds it: `Screenings, row 14, Start`; a file of text goes by its own name."""
    parts = [place.sheet or place.path.rpartition("/")[2]]
    number, unit = (place.row, "row") if place.row is not None else (place.line, "line")
    if number is not None:
        parts.append(messages(f"place.{unit}", number=number))
    if place.column is not None:
        parts.append(place.column)
    return ", ".join(parts)


def _show(name: str, text: str, messages: Messages, naming: Naming) -> str:
    """Return the value of a field as the language writes it."""
    if name == "month" and text in calendar.month_name:
        return messages.long_months[list(calendar.month_name).index(text) - 1]
    if name == "weekday" and text in calendar.day_name:
        return messages.long_days[list(calendar.day_name).index(text)]
    if name == "kind":
        return messages.kind(text) if text in _KINDS else text
    if name == "message":
        return text
    if name == "formats":
        return _translate_format(text, messages)
    quoted = _QUOTED.sub(lambda match: _quote(match[0], messages.language), text)
    named = _THING.sub(lambda match: _name(match[0], naming, messages.language), quoted)
    named = _INSTANT.sub(r"\1 \2", named)
    return messages.join(named.split(" and ")) if name in ("columns", "names") else named


def _quote(literal: str, language: str) -> str:
    """Return a text that the program has put into quotes, in those of the language."""
    opening, closing = _SIGNS[language]
    try:
        text = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        # An apostrophe in a sentence of the program, not a quoted text.
        return literal
    return f"{opening}{text}{closing}"


def _name(thing: str, naming: Naming, language: str) -> str:
    found = naming(thing)
    return _quote(repr(found), language) if found else thing


def _translate_format(text: str, messages: Messages) -> str:
    for english, other in _LETTERS.get(messages.language, ()):
        text = text.replace(english, other)
    first, *others = text.split(" or ")
    return messages("remark.or", first=", ".join([first, *others[:-1]]), last=others[-1]) if others else first
