"""Tells from a thing's lines before and after what happened to it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Final

from filmgraph.changelog import Change, ChangeType
from filmgraph.dumps_lines import to_text
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, SCHEMA, SKOS

__all__ = ["find_changed_credits", "name_change", "split_line"]

_CREDIT: Final = f" <{FG.credit}> <".encode()
_CREDITS: Final = f"/id/{Kind.CREDIT.segment}/".encode()
_NAMES: Final = tuple(f"<{iri}>".encode() for iri in (SCHEMA.name, SKOS.prefLabel))
_TYPE: Final = f"<{RDF.type}>".encode()


def split_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Return subject, predicate and object of a line of canonical N-Triples, as they stand there."""
    subject, predicate, rest = line.split(b" ", 2)
    return subject, predicate, rest[:-3]


def find_changed_credits(differences: Iterable[tuple[int, bytes]]) -> frozenset[bytes]:
    """Return the IRIs of all credits that a comparison of lines tells of."""
    found: set[bytes] = set()
    for _, line in differences:
        subject = line[1 : line.index(b">")]
        if _CREDITS in subject:
            found.add(subject.partition(b"#")[0])
    return frozenset(found)


def name_change(
    iris: IriScheme,
    thing: bytes,
    before: list[bytes],
    after: list[bytes],
    changed_credits: Container[bytes],
    retired: Mapping[str, str | None],
) -> Change | None:
    """Return what happened to a thing that has the lines `before` and `after`, or None when nothing did.

    A thing is updated when its own triples, those of its parts or those of its credits differ.
    """
    properties: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    if before and after:
        credits = _changed_credits(after, changed_credits)
        if before == after and not credits:
            return None
        properties = _properties(before, after)
    iri = thing.decode()
    known = iris.parse(iri)
    survivor = None if after else retired.get(iri)
    return Change(
        _type(before, after, survivor),
        iri,
        known.segment if known else "",
        _name(thing, after or before),
        _class(thing, after or before, known.kind.class_iri if known else ""),
        properties,
        credits,
        survivor,
    )


def _type(before: list[bytes], after: list[bytes], survivor: str | None) -> ChangeType:
    if not before:
        return ChangeType.CREATE
    if after:
        return ChangeType.UPDATE
    return ChangeType.MERGE if survivor else ChangeType.DELETE


def _changed_credits(lines: list[bytes], changed: Container[bytes]) -> tuple[str, ...]:
    credits = (split_line(line)[2][1:-1] for line in lines if _CREDIT in line)
    return tuple(credit.decode() for credit in credits if credit in changed)


def _properties(before: list[bytes], after: list[bytes]) -> tuple[str, ...]:
    differing = set(before).symmetric_difference(after)
    return tuple(sorted({split_line(line)[1][1:-1].decode() for line in differing}))


def _name(thing: bytes, lines: list[bytes]) -> str:
    """Return the name of a thing: the one without a language first, then English, then any; else the end of its IRI."""
    best: tuple[int, int, bytes] | None = None
    for n, predicate in enumerate(_NAMES):
        start = b'<%b> %b "' % (thing, predicate)
        for line in lines:
            if line.startswith(start):
                value = split_line(line)[2]
                rank = 0 if value.endswith(b'"') else 1 if value.endswith(b'"@en') else 2
                best = min(best or (9, 9, b""), (rank, n, value))
    if best is None:
        return thing.decode().rpartition("/")[2]
    return to_text(best[2])[0]


def _class(thing: bytes, lines: list[bytes], usual: str) -> str:
    """Return the class that tells the thing's kind, or the first that it has."""
    prefix = b"<%b> %b <" % (thing, _TYPE)
    classes = [split_line(line)[2][1:-1].decode() for line in lines if line.startswith(prefix)]
    return usual if usual in classes or not classes else classes[0]
