"""The things that can be found, each with its names and with what tells it from its namesakes, in the order of the index."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from filmgraph.folding import fold
from filmgraph.iris import Kind
from filmgraph.search_index_facts import Credit, NameFacts
from filmgraph.search_model import Features, Relation

__all__ = ["FoundName", "IndexedThing", "collect_things"]

#: Whatever people look for by a name, and how much one use of it counts: a country has more of them than any film, and is looked
#: for less. Texts and pictures have no names of their own, and credits are found with their people.
_INTEREST: Final = {
    Kind.FILM: 40, Kind.PERSON: 20, Kind.SERIES: 10, Kind.FESTIVAL: 10, Kind.ORG: 10, Kind.VENUE: 10, Kind.CHARACTER: 10,
    Kind.AWARD: 10, Kind.WORK: 10, Kind.SCREENING: 10, Kind.SECTION: 2, Kind.HALL: 1, Kind.PLACE: 1, Kind.ROLE: 1, Kind.GENRE: 1,
    Kind.FORM: 1, Kind.COUNTRY: 1, Kind.LANGUAGE: 1,
}  # fmt: skip
_ROLES_SHOWN: Final = 2
_WORKS_SHOWN: Final = 3
# The first names of a cast or a crew.
_LEADING: Final = 3


@dataclass(frozen=True, slots=True)
class FoundName:
    """One name of a thing; `context` is the film in which it is credited or plays."""

    relation: Relation
    text: str
    language: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class IndexedThing:
    """A thing as the index holds it: the first of the names is the one that pages call it.

    `context` are the words that may stand beside a name in a question: year, director, role, film.
    """

    segment: str
    iri: str
    names: tuple[FoundName, ...]
    features: Features
    context: tuple[str, ...]


def collect_things(facts: NameFacts) -> list[IndexedThing]:
    """Return all things that can be found: what much is said of goes first, then the order is that of names."""
    by_agent: defaultdict[str, list[Credit]] = defaultdict(list)
    by_work: defaultdict[str, list[Credit]] = defaultdict(list)
    for _, credit in sorted(facts.credits.items()):
        by_work[credit.work].append(credit)
        for agent in credit.agents:
            by_agent[agent].append(credit)
    named = [iri for iri in facts.names if facts.kind(iri) in _INTEREST and not _repeats_its_film(facts, iri)]
    things = [_Maker(facts, iri, by_agent.get(iri, []), by_work).make() for iri in named]
    weights = {kind.segment: weight for kind, weight in _INTEREST.items()}
    return sorted(things, key=lambda each: (-weights[each.segment] * facts.uses[each.iri], fold(each.names[0].text), each.iri))


def _repeats_its_film(facts: NameFacts, iri: str) -> bool:
    """Whether a screening is called like a film that it shows, which is found itself."""
    label = fold(facts.label(iri)[0])
    return any(fold(facts.label(film)[0]) == label for film in facts.presented.get(iri, ()))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the row of one thing. `credits` are those of an agent, `by_work` all credits by the film or screening."""

    facts: NameFacts
    iri: str
    credits: list[Credit]
    by_work: defaultdict[str, list[Credit]]

    def make(self) -> IndexedThing:
        kind = self.facts.kind(self.iri)
        if kind is None:
            raise ValueError(f"{self.iri} is not a thing of the catalogue")
        works = self._works()
        features = Features(
            year=self.facts.years.get(self.iri, ""),
            makers=self._labels((self.facts.directors if kind is Kind.FILM else self.facts.authors).get(self.iri, ())),
            roles=self._roles()[:_ROLES_SHOWN],
            works=tuple((self._label(each), self.facts.years.get(each, "")) for each in works[:_WORKS_SHOWN]),
            within=self.facts.within(self.iri),
            players=self._players() if kind is Kind.CHARACTER else (),
            start=self.facts.starts.get(self.iri, "") if kind is Kind.SCREENING else "",
        )
        names = tuple(self._iter_names())
        if len(names) > 1:
            names = tuple(self._unlike_the_first(names))
        return IndexedThing(kind.segment, self.iri, names, features, tuple(self._iter_context(features, works)))

    def _label(self, iri: str) -> str:
        return self.facts.label(iri)[0]

    def _labels(self, iris: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._label(each) for each in iris))

    def _iter_names(self) -> Iterator[FoundName]:
        yield FoundName(Relation.NAME, *self.facts.label(self.iri))
        for text, language in self.facts.others(self.iri):
            yield FoundName(Relation.ALTERNATE, text, language)
        for credit in self.credits:
            if credit.credited_as:
                yield FoundName(Relation.CREDITED, credit.credited_as, context=self._label(credit.work))
            if credit.character:
                yield FoundName(Relation.CHARACTER, credit.character, context=self._label(credit.work))

    @staticmethod
    def _unlike_the_first(names: Iterable[FoundName]) -> Iterator[FoundName]:
        """Yield the first name, and the others that are spelled in another way."""
        seen: set[tuple[str, str]] = set()
        first = ""
        for each in names:
            folded = fold(each.text)
            first = first or folded
            if not seen or (folded != first and (folded, each.context) not in seen):
                seen.add((folded, each.context))
                yield each

    def _roles(self) -> tuple[str, ...]:
        """Return the keys of the roles that a person or a company is credited with, the most frequent first."""
        if not self.credits:
            return ()
        counts = Counter(each.role.rpartition("/")[2] for each in self.credits if each.role)
        return tuple(sorted(counts, key=lambda role: (-counts[role], role)))

    def _works(self) -> list[str]:
        """Return the films of a person or a company: those where they are among the first go first, then the best known."""
        billing: dict[str, int] = {}
        for each in self.credits:
            if self.facts.kind(each.work) is Kind.FILM:
                billing[each.work] = min(each.billing or _LEADING, billing.get(each.work, each.billing or _LEADING))
        return sorted(billing, key=lambda film: (billing[film] > _LEADING, -self.facts.uses[film], self._label(film), film))

    def _players(self) -> tuple[str, ...]:
        """Return who plays a character: those credited with its name in its film."""
        name = fold(self._label(self.iri))
        films = [film for _, film in self.facts.parents.get(self.iri, ())]
        found = (credit for film in films for credit in self.by_work.get(film, ()) if fold(credit.character) == name)
        return self._labels({agent for credit in found for agent in credit.agents})

    def _iter_context(self, features: Features, works: list[str]) -> Iterator[str]:
        yield from (features.year, *features.makers, *features.within, *features.players)
        yield from (each.character for each in self.by_work.get(self.iri, ()))
        yield from map(self._label, works)
        for role in sorted({each.role for each in self.credits if each.role}):
            yield from (text for text, _ in sorted(self.facts.names.get(role, ())))
