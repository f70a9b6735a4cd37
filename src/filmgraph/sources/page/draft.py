"""The records of one page while they are being gathered: facts about the same thing from several lines become one record.

While a page is read, the line of a place is the key of a `Line`; `build` turns keys into line numbers of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, Fact, Movie, Ref, Text, Thing, Value

__all__ = ["PageDraft", "RecordDraft"]


@dataclass(slots=True)
class RecordDraft:
    """A record of class `record_class`; `facts` by the names of its fields."""

    record_class: type[Thing]
    ref: Ref
    path: str
    facts: dict[str, list[Fact[Any]]] = field(default_factory=dict)

    def add(self, name: str, value: Value, line: int, reason: str = "") -> None:
        """Add a value of the field `name`; it is inferred when there is a `reason`."""
        certainty = Certainty.INFERRED if reason else Certainty.STATED
        self.add_fact(name, Fact(value, SourcePlace(self.path, line), certainty, reason))

    def add_fact(self, name: str, fact: Fact[Any]) -> None:
        """Add a fact, once."""
        facts = self.facts.setdefault(name, [])
        if fact not in facts:
            facts.append(fact)

    def build(self, locate: Callable[[SourcePlace], SourcePlace]) -> Thing:
        """Return the record; its facts are in the order of their lines, its place is the first of them."""
        facts = {}
        for name, each in self.facts.items():
            ordered = sorted(each, key=lambda fact: fact.place)
            facts[name] = tuple(dict.fromkeys(replace(fact, place=locate(fact.place)) for fact in ordered))
        first = min(fact.place for each in facts.values() for fact in each)
        return self.record_class(ref=self.ref, place=first, **facts)


@dataclass(slots=True)
class PageDraft:
    """The records of a page by what they are about, in the order in which they came up."""

    path: str
    records: dict[Ref, RecordDraft] = field(default_factory=dict)

    def record(self, record_class: type[Thing], ref: Ref) -> RecordDraft:
        """Return the record about `ref`, a new one if there is none."""
        return self.records.setdefault(ref, RecordDraft(record_class, ref, self.path))

    def named(self, record_class: type[Thing], ref: Ref, line: int, reason: str = "") -> RecordDraft:
        """Return the record about `ref`, with its name as it stands in `line`."""
        record = self.record(record_class, ref)
        record.add("name", Text(ref.name), line, reason)
        return record

    def film(self, title: str, year: int | None) -> RecordDraft:
        """Return the record of a film."""
        return self.record(Movie, Ref(Kind.FILM, title, year=year))

    @property
    def places(self) -> set[int | None]:
        """The keys of all lines that say anything."""
        return {fact.place.line for each in self.records.values() for facts in each.facts.values() for fact in facts}

    def build(self, locate: Callable[[SourcePlace], SourcePlace]) -> tuple[Thing, ...]:
        """Return all records that say anything, with their places turned by `locate`."""
        return tuple(each.build(locate) for each in self.records.values() if any(each.facts.values()))
