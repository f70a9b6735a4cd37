"""One record in the making: its facts, and what is decided only when all of them are known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Final

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, Credit, Fact, Movie, Organization, Person, Ref, Text, Thing
from filmgraph.sources.rdf.graph import Said
from filmgraph.sources.rdf.terms import RECORDS, Rule

__all__ = ["CreditDraft", "Draft"]

_parts: Final = attrgetter("role", "agent", "billing", "character_name", "credited_as")
_UNTAGGED: Final = (Movie, Person, Organization)
_TAGGED_ONLY: Final = (
    "The source gives the name with a language only; the title in the film's own language is taken, or the first."
)
_IN_PARTS: Final = "The source gives the name in parts."
_NAMED_AFTER_FILM: Final = "The source gives the screening no name; it is called after its film."
_YEAR_AT_END: Final = re.compile(r"\s*[-–,(]*\s*(?:18|19|20|21)[0-9]{2}\)?$")
_NAMED_AFTER_EDITION: Final = "The source names no festival; it is called as its edition is, without the year."


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A credit before it has its place in the billing; `order` is how credits of one role follow each other."""

    credit: Credit
    place: SourcePlace
    property_iri: str
    order: int = 0
    billing: int | None = None
    certainty: Certainty = Certainty.STATED
    reason: str = ""
    derived_from: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The facts of one thing by field. `later` are statements that count only where nothing else gives a value.

    `label` is what a screening without a name is called: after its film.
    """

    ref: Ref
    subject: str
    place: SourcePlace
    label: str = ""
    facts: defaultdict[str, list[Fact[Any]]] = field(default_factory=lambda: defaultdict(list))
    texts: list[Fact[Text]] = field(default_factory=list)
    originals: list[Fact[Text]] = field(default_factory=list)
    parts: dict[str, Fact[Text]] = field(default_factory=dict)
    credits: list[CreditDraft] = field(default_factory=list)
    edges: list[tuple[Rule, Said, Ref, SourcePlace]] = field(default_factory=list)
    later: list[tuple[Rule, Said, SourcePlace]] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """The kind of the thing."""
        return self.ref.kind

    def add(self, name: str, fact: Fact[Any]) -> None:
        """Add a value."""
        self.facts[name].append(fact)

    def has(self, name: str, value: object) -> bool:
        """Whether a field has a value already."""
        return value in [each.value for each in self.facts.get(name, ())]

    def build(self) -> Thing:
        """Return the record."""
        self._settle_names()
        if self.credits:
            self.facts["credit"] = list(self._iter_credits())
        if self.kind is Kind.FESTIVAL and not self.facts.get("super_event"):
            self._settle_series()
        values: dict[str, Any] = {name: tuple(facts) for name, facts in self.facts.items() if facts}
        return RECORDS[self.kind](ref=self.ref, place=self.place, **values)

    def _iter_credits(self) -> Iterator[Fact[Credit]]:
        """Yield the credits, role by role; who has no place in the billing of a role gets the next free one."""
        by_role: defaultdict[str, list[CreditDraft]] = defaultdict(list)
        for each in self.credits:
            by_role[each.credit.role].append(each)
        for drafts in by_role.values():
            taken = {each.billing for each in drafts}
            free = (number for number in range(1, len(drafts) + len(taken) + 1) if number not in taken)
            for each in sorted(drafts, key=lambda one: one.order):
                role, agent, _, character, credited_as = _parts(each.credit)
                credit = Credit(role, agent, each.billing or next(free), character, credited_as)
                yield Fact(credit, each.place, each.certainty, each.reason, each.derived_from)

    def _settle_names(self) -> None:
        names = self.facts.pop("name", [])
        if not names and not self.originals and self.parts:
            text = " ".join(self.parts[each].value.value for each in ("given", "family") if each in self.parts)
            names = [Fact(Text(text), self.place, Certainty.INFERRED, _IN_PARTS)]
        kept, others = self._choose_names(names)
        if kept:
            self.facts["name"] = kept
        for each in others:
            if not self.has("alternate_name", each.value) and each.value not in [fact.value for fact in kept]:
                self.add("alternate_name", each)
        if not kept and self.kind is Kind.SCREENING and self.ref.key is None:
            self._name_after_films()

    def _choose_names(self, names: list[Fact[Text]]) -> tuple[list[Fact[Text]], list[Fact[Text]]]:
        """Return the names that are kept as such, and those that become alternate ones."""
        if self.originals:
            first = self.originals[0]
            tagged = [each for each in self.originals if each.value.language]
            return [replace(first, value=Text(first.value.value))], [*tagged, *self.originals[1:], *names]
        plain = [each for each in names if each.value.language is None]
        if not issubclass(RECORDS[self.kind], _UNTAGGED):
            return self._one_a_language(names)
        if plain or not names:
            return plain[:1], [*plain[1:], *(each for each in names if each.value.language)]
        spoken = [fact.value for fact in self.facts.get("in_language", ())]
        first = min(names, key=lambda each: (each.value.language not in spoken, each.value.language != "en"))
        return [replace(first, value=Text(first.value.value), certainty=Certainty.INFERRED, reason=_TAGGED_ONLY)], names

    def _one_a_language(self, names: list[Fact[Text]]) -> tuple[list[Fact[Text]], list[Fact[Text]]]:
        by_language: dict[str | None, Fact[Text]] = {}
        others = []
        for each in names:
            if by_language.setdefault(each.value.language, each) is not each:
                others.append(each)
        return list(by_language.values()), others

    def _name_after_films(self) -> None:
        if self.label:
            self.add("name", Fact(Text(self.label), self.place, Certainty.INFERRED, _NAMED_AFTER_FILM))

    def _settle_series(self) -> None:
        """Name the festival that an edition belongs to after the edition, where the source names none."""
        name = next((fact.value.value for fact in self.facts.get("name", ())), self.ref.name)
        series = Ref(Kind.SERIES, _YEAR_AT_END.sub("", name) or name)
        self.add("super_event", Fact(series, self.place, Certainty.INFERRED, _NAMED_AFTER_EDITION))
