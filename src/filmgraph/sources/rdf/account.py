"""Keeps account of the statements of a source: what came of each, so that as many go out as came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.namespaces import shorten
from filmgraph.sources.base import UnreadLine

__all__ = ["NO_PLACE", "OF_DATASET", "OF_SOURCE", "OTHERS", "Account", "Listed"]

#: Why a statement is not taken that is about a thing which the model knows.
NO_PLACE: Final = "the model has no place for it"
#: Why a statement is not taken that a catalogue says in another way.
OF_SOURCE: Final = "sources are described in filmgraph.toml"
OF_DATASET: Final = "each release describes its data set anew"
_UNDERSTOOD: Final = frozenset({OF_SOURCE, OF_DATASET})
#: What stands for the properties of a file that has too many of them to be listed one by one.
OTHERS: Final = "further properties"
_KINDS: Final = 300
_EXAMPLES: Final = 3
_TEXT: Final = 200


@dataclass(slots=True)
class Listed:
    """The statements that were not taken, of one property and for one reason: how many, and the first ones."""

    total: int = 0
    examples: list[tuple[SourcePlace, str]] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """What came of the statements, by property: facts, structure, repetitions, and those that were listed.

    Structure are types, nodes between a thing and its value, and what follows from other statements.
    """

    by_taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_structure: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_repeated: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    listed: dict[tuple[str, str], Listed] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """All statements that became facts."""
        return sum(self.by_taken.values())

    @property
    def structure(self) -> int:
        """All statements that are structure."""
        return sum(self.by_structure.values())

    @property
    def repeated(self) -> int:
        """All statements that were made before."""
        return sum(self.by_repeated.values())

    @property
    def total(self) -> int:
        """All statements that were accounted for."""
        return self.taken + self.structure + self.repeated + self.listed_total

    @property
    def listed_total(self) -> int:
        """All statements that were not taken."""
        return sum(each.total for each in self.listed.values())

    def take(self, predicate: str) -> None:
        """A statement became a fact."""
        self.by_taken[predicate] += 1

    def build(self, predicate: str) -> None:
        """A statement is structure."""
        self.by_structure[predicate] += 1

    def repeat(self, predicate: str) -> None:
        """A statement was made before."""
        self.by_repeated[predicate] += 1

    def list(self, predicate: str, why: str, value: str, place: SourcePlace) -> None:
        """A statement is not taken, and why."""
        if len(self.listed) >= _KINDS and (predicate, why) not in self.listed:
            predicate = OTHERS
        listed = self.listed.setdefault((predicate, why), Listed())
        listed.total += 1
        if len(listed.examples) < _EXAMPLES:
            listed.examples.append((place, value[:_TEXT]))

    def unread(self) -> Iterator[UnreadLine]:
        """Yield the first statements of each kind that was not taken; the first of all says how many there are."""
        for (predicate, why), listed in sorted(self.listed.items()):
            for number, (place, value) in enumerate(listed.examples):
                many = f" (1 of {listed.total:,} statements)" if number == 0 and listed.total > 1 else ""
                yield UnreadLine(place, f"{shorten(predicate)} {value}", why + many, why in _UNDERSTOOD)

    def findings(self, path: str, came_in: int) -> Iterator[Finding]:
        """Yield one finding for each kind of statement that was not taken, and the account as a whole."""
        for (predicate, why), listed in sorted(self.listed.items()):
            many = "1 statement is" if listed.total == 1 else f"{listed.total:,} statements are"
            message = f"{many} not taken: {shorten(predicate)}, because {why}. The first says {listed.examples[0][1]!r}."
            places = tuple(place for place, _ in listed.examples)
            severity = Severity.INFO if why in _UNDERSTOOD else Severity.WARNING
            yield Finding("read-rdf", severity, message, path_iri=predicate, value=str(listed.total), places=places)
        message = (
            f"{came_in:,} statements were read: {self.taken:,} became facts, {self.structure:,} are structure, "
            f"{self.repeated:,} repeat others, {self.listed_total:,} not taken and listed."
        )
        yield Finding("read-rdf", Severity.INFO, message, value=str(came_in), places=(SourcePlace(path),))
        if self.total != came_in:
            message = (
                f"{came_in:,} statements came in and {self.total:,} are accounted for: this is a fault of filmgraph. Report it."
            )
            yield Finding("read-rdf", Severity.VIOLATION, message, value=str(self.total), places=(SourcePlace(path),))
