"""Who made a film, as pages say it: nodes, texts, lists in one text, roles between a film and a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from filmgraph.findings import Severity
from filmgraph.folding import fold
from filmgraph.iris import Kind
from filmgraph.model import Credit, Organization, Person, Ref, Text
from filmgraph.sources.html.nodes import Datum, Node
from filmgraph.sources.html.page import Page
from filmgraph.sources.page.names import split_names

__all__ = ["CREDITS", "GROUPS", "PEOPLE", "Agents"]

#: Properties of a film that name who made it, and the role that they stand for.
CREDITS: Final = {
    "director": "director",
    "directors": "director",
    "actor": "actor",
    "actors": "actor",
    "author": "screenwriter",
    "producer": "producer",
    "musicBy": "composer",
    "editor": "editor",
    "productionCompany": "production-company",
    "contributor": "contributor",
}
GROUPS: Final = frozenset(
    {"Organization", "MusicGroup", "PerformingGroup", "DanceGroup", "TheaterGroup", "Corporation", "LocalBusiness"}
)
PEOPLE: Final = frozenset({"Person"})
_ROLES: Final = frozenset({"Role", "PerformanceRole", "OrganizationRole"})
_OF_COMPANIES: Final = "production-company"


@dataclass(frozen=True, slots=True)
class _Named:
    """Somebody who is credited; `node` is what the page tells besides the name."""

    kind: Kind
    name: str
    line: int
    node: Node | None = None
    character: str | None = None


@dataclass(frozen=True, slots=True)
class Agents:
    """Reads credits into what is gathered of a page."""

    page: Page

    def credit(self, work: Ref, role: str, data: Iterator[Datum], reason: str = "") -> None:
        """Add a credit in one role for everybody who is named."""
        for billing, each in enumerate(self._iter_named(role, data, work), 1):
            agent = Ref(each.kind, each.name)
            self.page.found.add(work, "credit", Credit(role, agent, billing, each.character), each.line, reason)
            if each.node is not None:
                self.page.used[id(each.node)] = agent
                self._describe(agent, each.node)

    def _iter_named(self, role: str, data: Iterator[Datum], work: Ref) -> Iterator[_Named]:
        for datum in data:
            node, character = datum.content if isinstance(datum.content, Node) else None, None
            if node is not None and node.is_a(_ROLES):
                character = node.text("characterName") or None
                inner = [each for name in CREDITS for each in node.data(name)]
                yield from (self._with_character(each, character) for each in self._iter_named(role, iter(inner), work))
            elif node is not None and node.is_a(GROUPS) and fold(datum.text) == fold(work.name):
                why = f"the page calls the film itself {' and '.join(sorted(node.types))}, to fill a field"
                self.page.found.leave(datum.line, datum.text, why, is_understood=True)
            else:
                yield from self._names(role, datum, node)

    def _with_character(self, named: _Named, character: str | None) -> _Named:
        return _Named(named.kind, named.name, named.line, named.node, character)

    def _names(self, role: str, datum: Datum, node: Node | None) -> Iterator[_Named]:
        is_group = node.is_a(GROUPS) if node is not None and node.types else role == _OF_COMPANIES
        names = split_names(datum.text, are_people=not is_group) if datum.text else ()
        if not names:
            message = f"{datum.text[:80]!r} is no name, and no list of names: nobody is credited as {role.replace('-', ' ')}."
            self.page.found.remark("html-name", Severity.WARNING, datum.line, datum.text, message)
        kind = Kind.ORG if is_group else Kind.PERSON
        yield from (_Named(kind, name, datum.line, node if len(names) == 1 else None) for name in names)

    def read_person(self, node: Node) -> None:
        """Add somebody whom the page is about, and no film on it names."""
        name = node.text("name")
        if id(node) not in self.page.used and name and split_names(name, are_people=True) == (name,):
            person = Ref(Kind.PERSON, name)
            self.page.used[id(node)] = person
            self._describe(person, node, is_known=True)

    def _describe(self, agent: Ref, node: Node, *, is_known: bool = False) -> None:
        """Add what the page tells of somebody besides the name; without that there is no record."""
        facts = list(self.page.iter_links(node))
        if agent.kind is Kind.PERSON:
            facts += self.page.iter_dates(node, {"birthDate": "birth_date", "deathDate": "death_date"})
        if facts or is_known:
            self.page.found.begin(Person if agent.kind is Kind.PERSON else Organization, agent, node.line)
            self.page.found.add(agent, "name", Text(agent.name), node.line)
            for name, value, line in facts:
                self.page.found.add(agent, name, value, line)
