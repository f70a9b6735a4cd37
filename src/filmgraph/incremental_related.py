"""Which things a change bears upon, although their own facts are as before: their rows name others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from filmgraph.dumps_index import INVERSES, ThingNames, choose_name, iter_links
from filmgraph.dumps_lines import ThingLines, group_things, split_line, to_lines
from filmgraph.incremental_graph import View
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG

__all__ = ["Difference", "Link", "PublishedThings", "find_links", "find_related"]

_INVERSES: Final = frozenset(b"<%s>" % iri.encode() for iri, _ in INVERSES.values())
_CREDIT: Final = f"{Kind.CREDIT.segment}/"
_DEFAULT: Final = ox.DefaultGraph()
_KEPT: Final = 100_000
#: A property in angle brackets, and the thing that it leads to.
Link = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was published of a thing (`kind/key`), and what is; None for nothing."""

    before: ThingLines | None
    after: ThingLines | None

    @property
    def is_renamed(self) -> bool:
        """Whether it is called something else."""
        return _name(self.before) != _name(self.after)

    @property
    def is_published_otherwise(self) -> bool:
        """Whether what is published of it differs; what only a source says may differ without that."""
        before, after = (each.published if each else [] for each in (self.before, self.after))
        return before != after


def _name(thing: ThingLines | None) -> str:
    return choose_name(thing) if thing else ""


class PublishedThings:
    """The published things after a change, named `kind/key`: from the things that changed, all else from the release before."""

    def __init__(self, view: View, iris: IriScheme, changed: Mapping[str, Difference]) -> None:
        self.names = ThingNames(iris)
        self._view, self._iris = view, iris
        self._changed = changed
        self.name_of = lru_cache(_KEPT)(self._name_of)

    def to_iri(self, thing: str) -> str:
        """Return the IRI of a thing."""
        segment, _, key = thing.partition("/")
        return self._iris.thing(Kind.from_segment(segment), key)

    def _name_of(self, thing: str) -> str:
        found = self._find(thing)
        return choose_name(found) if found else ""

    def links(self, thing: str) -> set[Link]:
        """Return by which properties a thing or a part of it links to which others."""
        found = self._find(thing)
        return find_links(thing, found, self.names)

    def linkers(self, thing: str, predicate_iri: str | None = None) -> set[str]:
        """Return the things that link to a thing, by one property or by any."""
        return set(self.iter_linkers(thing, predicate_iri))

    def iter_linkers(self, thing: str, predicate_iri: str | None = None) -> Iterator[str]:
        """Yield the same things one by one, some of them more than once, for who does not need all of them."""
        for iri in self._view.published_subjects(ox.NamedNode(self.to_iri(thing)), predicate_iri):
            name = self.names.find(f"<{iri}>".encode())
            if name is not None:
                yield name

    def _find(self, thing: str) -> ThingLines | None:
        """Return what is published of a thing; parts of it that nothing leads to are left out."""
        if thing in self._changed:
            return self._changed[thing].after
        iri = self.to_iri(thing)
        lines = sorted(to_lines(self._triples(iri, f"{iri}#")))
        return next(group_things(split_line(line, has_graph=False) for line in lines), None)

    def _triples(self, iri: str, part_prefix: str) -> Iterator[ox.Triple]:
        todo, seen = [iri], {iri}
        while todo:
            for quad in self._view.facts(todo.pop()):
                if quad.graph_name != _DEFAULT:
                    continue
                yield quad.triple
                value = quad.object
                if isinstance(value, ox.NamedNode) and value.value.startswith(part_prefix) and value.value not in seen:
                    seen.add(value.value)
                    todo.append(value.value)


def find_related(changed: Mapping[str, Difference], things: PublishedThings) -> set[str]:
    """Return the things whose rows or whose entries in the log of changes may differ because of others."""
    related: set[str] = set()
    for name, each in changed.items():
        before, after = (find_links(name, side, things.names) for side in (each.before, each.after))
        named_by = {link for link in before ^ after if link[0] in _INVERSES}
        if each.is_renamed:
            related |= things.linkers(name)
            named_by |= {link for link in after if link[0] in _INVERSES}
        related.update(other for _, other in named_by)
        if name.startswith(_CREDIT) and each.is_published_otherwise:
            related |= things.linkers(name, FG.credit)
    return related


def find_links(name: str, side: ThingLines | None, names: ThingNames) -> set[Link]:
    """Return by which properties the thing `name` or a part of it links to which others."""
    return set(iter_links(name, side, names)) if side else set()
