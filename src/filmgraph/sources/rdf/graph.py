"""The statements of a source by their subject: each is held once, and given up when its subject was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from filmgraph.namespaces import SCHEMA
from filmgraph.sources.rdf.opening import Batch
from filmgraph.sources.rdf.parse_process import BLANK, IRI, TRIPLE

__all__ = ["BLANK_NODE", "NODE", "QUOTED", "Graph", "Said", "to_http"]

#: Kinds of value that are no literals; those of literals are a datatype's IRI, or "@" and a language tag.
NODE: Final = ""
BLANK_NODE: Final = "_:"
QUOTED: Final = "<<"
_HTTPS_SCHEMA: Final = "https://schema.org/"
_NO_LITERALS: Final = {IRI: NODE, BLANK: BLANK_NODE, TRIPLE: QUOTED}
_WIDTH: Final = 4


class Said(NamedTuple):
    """One statement about a subject: predicate, value, kind of value, and the line (0 where the syntax tells none)."""

    predicate: str
    value: str
    kind: str
    line: int

    @property
    def is_node(self) -> bool:
        """Whether the value is an IRI or a blank node."""
        return self.kind in (NODE, BLANK_NODE)


#: Makes a statement of its four values; a million times, and faster than calling the class.
_to_said: Final[Callable[[Iterable[Any]], Said]] = partial(tuple.__new__, Said)


def to_http(iri: str) -> str:
    """Return a term of schema.org in its http spelling, and any other IRI as it is."""
    return SCHEMA + iri[len(_HTTPS_SCHEMA) :] if iri.startswith(_HTTPS_SCHEMA) else iri


@dataclass(slots=True)
class Graph:
    """What is said of each subject. `total` counts all statements that came in."""

    total: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    bad_total: int = 0
    _about: dict[str, list[Any]] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _values: dict[str, str] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Take in some statements."""
        self._names.extend(map(to_http, batch.names))
        self.bad.extend(batch.bad)
        self.bad_total += batch.bad_total
        about, names, values = self._about, self._names, self._values
        flat = iter(batch.flat)
        for subject, predicate, value, kind, line in zip(flat, flat, flat, flat, flat, strict=True):
            said = about.get(subject)
            if said is None:
                said = about[values.setdefault(subject, subject)] = []
            if kind < 0:
                # The same things are spoken of again and again: one string each.
                known = values.get(value)
                if known is None:
                    known = values[value] = to_http(value)
                said += (names[predicate], known, _NO_LITERALS[kind], line)
            else:
                said += (names[predicate], value, names[kind], line)
        self.total += len(batch.flat) // 5

    def settle(self) -> None:
        """Let go of what only taking in needs."""
        self._values = {}

    def __contains__(self, subject: object) -> bool:
        return subject in self._about

    def subjects(self) -> list[str]:
        """Return all subjects, in the order in which they were met."""
        return list(self._about)

    def rows(self, subject: str) -> Iterator[tuple[str, str, str, int]]:
        """Yield what is said of a subject, as plain tuples: most are looked at once, and there are millions."""
        each = iter(self._about.get(subject, ()))
        return zip(each, each, each, each, strict=True)

    def about(self, subject: str) -> Iterator[Said]:
        """Yield what is said of a subject."""
        return map(_to_said, self.rows(subject))

    def values(self, subject: str, predicates: frozenset[str]) -> Iterator[Said]:
        """Yield what is said of a subject by one of some predicates."""
        said = self._about.get(subject, ())
        for at in range(0, len(said), _WIDTH):
            if said[at] in predicates:
                yield _to_said(said[at : at + _WIDTH])

    def pop(self, subject: str) -> list[Said]:
        """Return what is said of a subject, which is then known no more."""
        each = iter(self._about.pop(subject, []))
        return list(map(_to_said, zip(each, each, each, each, strict=True)))
