"""What the search index needs of the published graph: names, years, who made what, what belongs to what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from filmgraph.index_extract import AGENT, Extract, by_number
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDFS, SCHEMA, SKOS

__all__ = ["Credit", "Label", "NameFacts", "NameGatherer"]

#: How a name is spelled, and its language tag, which may be empty.
Label = tuple[str, str]

_NAMES: Final = frozenset({SCHEMA.name, SKOS.prefLabel, RDFS.label})
_ALTERNATES: Final = frozenset({SCHEMA.alternateName, SKOS.altLabel})
_DATES: Final = frozenset({SCHEMA.dateCreated, SCHEMA.startDate})
_SETS: Final = {SCHEMA.director: "directors", SCHEMA.author: "authors", SCHEMA.workPresented: "presented"}
_PARENTS: Final = (FG.awardedTo, SCHEMA.containedInPlace, SCHEMA.superEvent)
_CREDIT_TEXTS: Final = {SCHEMA.characterName: "character", FG.creditedAs: "credited_as"}
_LABEL_LANGUAGES: Final = ("", "en")


@dataclass(slots=True)
class Credit:
    """Who did what on which work; all are IRIs but the texts and the billing, which is 0 where it is not known."""

    work: str = ""
    role: str = ""
    character: str = ""
    credited_as: str = ""
    billing: int = 0
    agents: set[str] = field(default_factory=set)


@dataclass(slots=True)
class NameFacts:
    """The facts by the IRIs of their things; `uses` counts the triples that speak of a thing."""

    iris: IriScheme
    names: defaultdict[str, set[Label]] = field(default_factory=lambda: defaultdict(set))
    alternates: defaultdict[str, set[Label]] = field(default_factory=lambda: defaultdict(set))
    years: dict[str, str] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    towns: dict[str, str] = field(default_factory=dict)
    directors: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    authors: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    parents: defaultdict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    presented: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    credits: defaultdict[str, Credit] = field(default_factory=lambda: defaultdict(Credit))
    uses: Counter[str] = field(default_factory=Counter)
    _kinds: dict[str, Kind | None] = field(default_factory=dict)
    _labels: dict[str, Label] = field(default_factory=dict)

    def kind(self, iri: str) -> Kind | None:
        """Return the kind of a thing of ours; None for everything else, and for a part of a thing."""
        try:
            return self._kinds[iri]
        except KeyError:
            thing = None if "#" in iri else self.iris.parse(iri)
            return self._kinds.setdefault(iri, thing.kind if thing else None)

    def label(self, iri: str) -> Label:
        """Return what pages call a thing: its name without a language or in English, else the first; its key if it has none."""
        found = self._labels.get(iri)
        return found or self._labels.setdefault(iri, self._choose_label(iri))

    def _choose_label(self, iri: str) -> Label:
        names = sorted(self.names.get(iri, ()))
        for language in _LABEL_LANGUAGES:
            found = next((each for each in names if each[1] == language), None)
            if found:
                return found
        return names[0] if names else (iri.rpartition("/")[2], "")

    def others(self, iri: str) -> Iterator[Label]:
        """Yield the names of a thing besides the one that pages call it, sorted."""
        label = self.label(iri)
        yield from (each for each in sorted({*self.names.get(iri, ()), *self.alternates.get(iri, ())}) if each != label)

    def within(self, iri: str) -> tuple[str, ...]:
        """Return the names of what a thing is a part of or stands in, the nearest first; a film with its year."""
        parents = [parent for _, parent in sorted(self.parents.get(iri, ()), key=lambda each: (each[0], self.label(each[1])))]
        names = [self._dated(parent) for parent in parents]
        towns = [self.towns[each] for each in (iri, *parents) if each in self.towns]
        return tuple(dict.fromkeys((*names, *towns)))

    def _dated(self, iri: str) -> str:
        year = self.years.get(iri, "") if self.kind(iri) is Kind.FILM else ""
        return f"{self.label(iri)[0]} ({year})" if year else self.label(iri)[0]


class NameGatherer:
    """Gathers the facts from extracts, in any order."""

    def __init__(self, iris: IriScheme) -> None:
        self._facts = NameFacts(iris)

    def take(self, extract: Extract) -> None:
        """Take some lines."""
        for subject, number, text, language in extract.texts:
            if number in _TEXTS:
                self._take_text(subject, _TEXTS[number], text, language)
        for subject, number, value in extract.links:
            if number in _BONDS and self._facts.kind(value) is not None:
                self._take_bond(subject, _BONDS[number], value)
        self._facts.uses.update(extract.uses)

    def finish(self) -> NameFacts:
        """Return the facts."""
        return self._facts

    def _take_text(self, subject: str, predicate: str, text: str, language: str) -> None:
        facts = self._facts
        if predicate in _NAMES:
            facts.names[subject].add((text, language))
        elif predicate in _ALTERNATES:
            facts.alternates[subject].add((text, language))
        elif predicate in _DATES:
            facts.years[subject] = text[:4]
            if predicate == SCHEMA.startDate:
                facts.starts[subject] = text
        elif predicate in _CREDIT_TEXTS:
            setattr(facts.credits[subject], _CREDIT_TEXTS[predicate], text)
        elif predicate == FG.billing:
            facts.credits[subject].billing = int(text)
        else:
            facts.towns[subject.partition("#")[0]] = text

    def _take_bond(self, subject: str, predicate: str, value: str) -> None:
        facts = self._facts
        if predicate == AGENT:
            facts.credits[subject].agents.add(value)
        elif predicate == FG.credit:
            facts.credits[value].work = subject
        elif predicate in _PARENTS:
            facts.parents[subject].add((_PARENTS.index(predicate), value))
        elif predicate == SCHEMA.character:
            facts.parents[value].add((0, subject))
        elif predicate in _SETS:
            getattr(facts, _SETS[predicate])[subject].add(value)
        elif facts.kind(subject) is Kind.CREDIT:
            facts.credits[subject].role = value


_TEXTS: Final = by_number((*_NAMES, *_ALTERNATES, *_DATES, *_CREDIT_TEXTS, FG.billing, SCHEMA.addressLocality))
_BONDS: Final = by_number((AGENT, FG.credit, *_PARENTS, SCHEMA.character, *_SETS, SCHEMA.roleName))
