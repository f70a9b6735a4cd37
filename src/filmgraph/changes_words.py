"""A change in words, with old and new values, and as an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from filmgraph.changelog import Change, ChangeType, kind_words
from filmgraph.changes_things import split_line
from filmgraph.namespaces import RDF, XSD, shorten

__all__ = ["Naming", "tell_change", "to_patch"]

#: Returns the name of a thing by its IRI, or None when it has none.
Naming = Callable[[str], str | None]
_PLAIN = frozenset({XSD.string, RDF.langString})


def tell_change(change: Change, before: list[bytes], after: list[bytes], naming: Naming) -> Iterator[str]:
    """Yield lines that say what happened to a thing: a head, and for an update each property with its old and new values."""
    what = f"{kind_words(change.kind, 1)} “{change.name}” ({change.thing.partition('/id/')[2] or change.thing})"
    if change.survivor:
        yield f"{what} merged with {_name(change.survivor, naming)}"
        return
    yield f"{what} {'moved' if change.is_move else change.type.verb}"
    if change.type is ChangeType.UPDATE:
        old, new = _values(before, after), _values(after, before)
        for key in sorted(old.keys() | new.keys()):
            yield f"  {_label(*key)}: {_tell_values(old.get(key, []), new.get(key, []), naming)}"
        for credit in change.credits:
            yield f"  its credit {credit.rpartition('/')[2]} changed"


def _values(lines: list[bytes], others: list[bytes]) -> dict[tuple[str, str], list[bytes]]:
    """Return the values that only `lines` have, by part of the thing and property."""
    missing = set(others)
    found: defaultdict[tuple[str, str], list[bytes]] = defaultdict(list)
    for line in lines:
        if line not in missing:
            subject, predicate, value = split_line(line)
            found[subject[1:-1].partition(b"#")[2].decode(), predicate[1:-1].decode()].append(value)
    return dict(found)


def _label(part: str, property_iri: str) -> str:
    return f"#{part} {shorten(property_iri)}" if part else shorten(property_iri)


def _tell_values(old: list[bytes], new: list[bytes], naming: Naming) -> str:
    before, after = (", ".join(_tell_value(value, naming) for value in values) for values in (old, new))
    if not old:
        return f"added {after}"
    return f"{before} → {after}" if new else f"removed {before}"


def _tell_value(value: bytes, naming: Naming) -> str:
    """Return one value in N-Triples as a person reads it."""
    line = b"<urn:s> <urn:p> " + value + b" .\n"
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    term = quad.object
    if isinstance(term, ox.NamedNode):
        return _name(term.value, naming)
    if not isinstance(term, ox.Literal):
        return str(term)
    return f"“{term.value}”@{term.language}" if term.language else _tell_literal(term)


def _tell_literal(literal: ox.Literal) -> str:
    return f"“{literal.value}”" if literal.datatype.value in _PLAIN else literal.value


def _name(iri: str, naming: Naming) -> str:
    name = naming(iri)
    key = iri.partition("/id/")[2] or shorten(iri)
    return f"{name} ({key})" if name else key


def to_patch(differences: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """Yield two sets of triples as one RDF Patch: `D` rows are removed, `A` rows are added."""
    yield b"TX .\n"
    for side, line in differences:
        yield (b"A " if side > 0 else b"D ") + line
    yield b"TC .\n"
