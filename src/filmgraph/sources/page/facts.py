"""Facts that a film page prints in short: `82' - 2023 - Drama - Dialogue: Dutch`, or a label with its value below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from filmgraph.iris import Kind
from filmgraph.model import ConceptRef, Minutes, PartialDate
from filmgraph.sources.page.layout import Layout, fold
from filmgraph.vocabulary import Concept, Vocabulary

__all__ = ["FactReader", "LineFacts", "parse_runtime"]

_SEPARATOR = re.compile(r"\s+[-–—|·•]\s+")
_LIST = re.compile(r"\s*[,;&]\s*|\s*/\s*|\s+(?:and|en|et)\s+")
_YEAR = re.compile(r"1[89][0-9]{2}|20[0-9]{2}")
_LONGEST_RUNTIME = 900
_LONGEST_LINE = 400
_LISTS = {"genre": Kind.GENRE, "form": Kind.FORM, "language": Kind.LANGUAGE, "country": Kind.COUNTRY}
_FIELDS = {"genre": "genre", "form": "form", "country": "country_of_origin"}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What one line says: values of the record's fields by name, and the parts that say nothing."""

    values: tuple[tuple[str, Minutes | PartialDate | ConceptRef | str], ...] = ()
    unread: tuple[str, ...] = ()
    recognised: int = 0


@dataclass(slots=True)
class _Draft:
    values: list[tuple[str, Minutes | PartialDate | ConceptRef | str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    recognised: int = 0


@dataclass(frozen=True, slots=True)
class FactReader:
    """Reads facts by the words of the layout and the labels of the vocabulary, in any language that they have."""

    layout: Layout
    vocabulary: Vocabulary
    language: str

    def read_line(self, text: str) -> LineFacts | None:
        """Return what a line of facts says, in whatever order; None when it is no such line.

        It is one when it has a running time, or two parts that are understood. A year alone could be anything's.
        """
        if len(text) > _LONGEST_LINE:
            return None
        draft = _Draft()
        for part in _SEPARATOR.split(text):
            values = tuple(self._read_part(part))
            draft.values.extend(values)
            draft.recognised += bool(values)
            if not values:
                draft.unread.append(part)
        has_runtime = any(name == "duration" for name, _ in draft.values)
        if not draft.recognised or not (has_runtime or draft.recognised > 1 or ":" in text):
            return None
        return LineFacts(tuple(draft.values), tuple(draft.unread), draft.recognised)

    def read_value(self, label: str, text: str) -> LineFacts | None:
        """Return what the value of a label says (`label` as the layout names it); None when it does not fit the label."""
        values = tuple(self._read_labelled(label, text))
        return LineFacts(values, (), 1) if values else None

    def languages(self, text: str) -> tuple[str, ...]:
        """Return the language tags of a list of language names; empty when one of them is none."""
        return tuple(each.key for each in self._find_all(Kind.LANGUAGE, text))

    def countries(self, text: str) -> tuple[str, ...]:
        """Return the country codes of a list of country names; empty when one of them is none."""
        return tuple(each.key for each in self._find_all(Kind.COUNTRY, text))

    def _read_part(self, part: str) -> Iterator[tuple[str, Minutes | PartialDate | ConceptRef | str]]:
        label, colon, value = part.partition(":")
        if colon:
            yield from self._read_labelled(self.layout.labels.get(fold(label), ""), value.strip())
            return
        for name in ("runtime", "year", "genre", "form", "country"):
            values = tuple(self._read_labelled(name, part))
            yield from values
            if values:
                return

    def _read_labelled(self, label: str, text: str) -> Iterator[tuple[str, Minutes | PartialDate | ConceptRef | str]]:
        if label == "runtime" and (minutes := parse_runtime(text, self.layout)):
            yield "duration", minutes
        elif label == "year" and _YEAR.fullmatch(text):
            yield "date_created", PartialDate(text)
        elif label in _LISTS:
            for concept in self._find_all(_LISTS[label], text):
                if label == "language":
                    yield "in_language", concept.key
                else:
                    yield _FIELDS[label], ConceptRef(_LISTS[label], concept.key)

    def _find_all(self, kind: Kind, text: str) -> tuple[Concept, ...]:
        if len(text) > _LONGEST_LINE:
            return ()
        names = [text] if self._find(kind, text) else _LIST.split(text)
        found = [self._find(kind, each) for each in names]
        concepts = tuple(dict.fromkeys(each.key for each in found if each))
        return tuple(each for each in found if each) if all(found) and len(concepts) == len(found) else ()

    def _find(self, kind: Kind, name: str) -> Concept | None:
        concept = self.vocabulary.find(kind, name, self.language or None)
        # A code is no name: `nl` in a text may be a word, `DE` a particle.
        is_code = concept is not None and kind in (Kind.LANGUAGE, Kind.COUNTRY) and name.casefold() == concept.key.casefold()
        return None if is_code else concept


def parse_runtime(text: str, layout: Layout) -> Minutes | None:
    """Return a running time as it is printed: `82'`, `1 h 22`, `1h05`, `65 min`; None when it is none or over 15 hours."""
    for pattern in layout.runtimes:
        if match := pattern.fullmatch(text.strip()):
            parts = match.groupdict()
            hours, minutes = int(parts.get("hours") or 0), int(parts.get("minutes") or 0)
            if parts.get("hours") and minutes > 59:
                return None
            total = 60 * hours + minutes
            return Minutes(total) if 1 <= total <= _LONGEST_RUNTIME else None
    return None
