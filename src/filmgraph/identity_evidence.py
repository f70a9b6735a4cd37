"""What all sources together say of each film and person, by its key: the records that are matched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from filmgraph.findings import SourcePlace
from filmgraph.identity_mentions import Mentions, Traits
from filmgraph.iris import Kind
from filmgraph.matching_model import FilmRecord, PersonRecord, Work
from filmgraph.model import Ref

__all__ = ["MATCHED", "Evidence", "Known"]

#: What is matched.
MATCHED: Final = (Kind.FILM, Kind.PERSON)
_DIRECTOR: Final = "director"
T = TypeVar("T", int, str, tuple[str, str])


@dataclass(slots=True)
class Known:
    """What is known of one film or person. Dictionaries stand for sets that keep their order."""

    key: str
    rank: int
    names: dict[str, None] = field(default_factory=dict)
    mentions: list[tuple[Mentions, int]] = field(default_factory=list)
    credits: list[tuple[str, str, str]] = field(default_factory=list)
    years: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    is_keyed: bool = False

    @property
    def places(self) -> set[SourcePlace]:
        """Where the sources first speak of it."""
        return {mentions.first[number] for mentions, number in self.mentions}

    @property
    def label(self) -> str:
        """The name in quotes, with the year of a film."""
        years = f" ({min(self.years)})" if self.years and not self.credits else ""
        return f"{next(iter(self.names), self.key)!r}{years}"

    def learn(self, traits: Traits, source: str) -> None:
        """Take in what one record says."""
        self.names.update(dict.fromkeys(traits.names))
        self.years = _united(self.years, traits.years)
        self.minutes = _united(self.minutes, traits.minutes)
        self.countries = _united(self.countries, traits.countries)
        self.births = _united(self.births, traits.births)
        self.deaths = _united(self.deaths, traits.deaths)
        self.codes = _united(self.codes, traits.identifiers)
        self.sources = _united(self.sources, (source,))


def _united(known: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...]:
    """Return the values of both, each once, in order."""
    return known if not new or new == known else tuple(sorted(set(known) | set(new)))


class Evidence:
    """What is known of all films and people, by kind and key. `keys` are those that references have before anything is joined."""

    def __init__(self, mentions: Iterable[Mentions], keys: Mapping[Ref, str]) -> None:
        self.known: dict[Kind, dict[str, Known]] = {kind: {} for kind in MATCHED}
        self._directors: dict[str, dict[str, None]] = {}
        for rank, each in enumerate(mentions):
            self._learn(each, keys, rank)

    def _learn(self, mentions: Mentions, keys: Mapping[Ref, str], rank: int) -> None:
        known = [
            self._of_ref(ref, (mentions, number), keys, rank) if ref.kind in MATCHED and ref.within is None else None
            for number, ref in enumerate(mentions.refs)
        ]
        for traits in mentions.traits:
            about = known[traits.ref]
            if about is not None:
                about.learn(traits, mentions.first.path(traits.ref))
        for work_number, role, agent_number in mentions.credits:
            work, agent = known[work_number], known[agent_number]
            if work is not None and agent is not None:
                agent.credits.append((work.key, role, mentions.first.path(work_number)))
                if role == _DIRECTOR:
                    self._directors.setdefault(work.key, {})[agent.key] = None

    def _of_ref(self, ref: Ref, mention: tuple[Mentions, int], keys: Mapping[Ref, str], rank: int) -> Known:
        key = keys[ref]
        known = self.known[ref.kind].get(key)
        if known is None:
            known = self.known[ref.kind][key] = Known(key, rank)
        if ref.key is None:
            known.names.setdefault(ref.name)
            if ref.year is not None:
                known.years = _united(known.years, (ref.year,))
        else:
            known.is_keyed = True
        known.mentions.append(mention)
        return known

    def films(self) -> list[FilmRecord]:
        """Return all films as matching sees them."""
        people = self.known[Kind.PERSON]
        return [
            FilmRecord(
                each.key,
                tuple(each.names) or (each.key,),
                each.years,
                tuple([next(iter(people[key].names), key) for key in self._directors.get(each.key, ())]),
                each.minutes,
                each.countries,
                each.codes,
                each.sources,
            )
            for each in self.known[Kind.FILM].values()
        ]

    def people(self, survivors: Mapping[str, str]) -> list[PersonRecord]:
        """Return all people as matching sees them; `survivors` tells which films are another one."""
        return [self._person(each, survivors) for each in self.known[Kind.PERSON].values()]

    def _person(self, person: Known, survivors: Mapping[str, str]) -> PersonRecord:
        films = self.known[Kind.FILM]
        worked_on = [films[key] for key in dict.fromkeys(work for work, _, _ in person.credits)]
        return PersonRecord(
            person.key,
            tuple(person.names) or (person.key,),
            tuple([Work(survivors.get(work, work), role, source) for work, role, source in person.credits]),
            tuple(sorted({year for film in worked_on for year in film.years})),
            tuple(sorted({country for film in worked_on for country in film.countries})),
            person.births,
            person.deaths,
            person.codes,
            person.sources,
            person.is_keyed,
        )
