"""Writes the lines of one thing as Turtle or TriG for people to read: prefixed, one property a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from filmgraph.dumps_lines import TYPE, Terms, ThingLines
from filmgraph.namespaces import XSD

__all__ = ["TurtleWriter"]

# What may follow a prefix without an escape; the grammar allows more (https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL).
_LOCAL: Final = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")
_BARE: Final = {
    b"<%s>" % XSD.integer.encode(): re.compile(rb'"(-?[0-9]+)"\Z'),
    b"<%s>" % XSD.boolean.encode(): re.compile(rb'"(true|false)"\Z'),
}
_KEPT: Final = 1 << 16


class TurtleWriter:
    """Writes things one after another; `prefixes` are published once, at the head of the file."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items())).encode()
        self._prefixes = {iri.encode(): name.encode() + b":" for name, iri in prefixes.items()}
        self._short: dict[bytes, bytes] = {}

    def to_turtle(self, thing: ThingLines) -> bytes:
        """Return the published triples of a thing as Turtle; empty when there are none."""
        return self._block(thing.published, b"")

    def to_trig(self, thing: ThingLines) -> bytes:
        """Return what each source says of a thing as blocks of TriG (https://www.w3.org/TR/trig/#sec-graph-statements)."""
        return b"".join(
            b"%s {\n%s}\n" % (self._term(graph), self._block(list(lines), b"    "))
            for graph, lines in groupby(thing.told, key=itemgetter(3))
        )

    def _block(self, lines: Sequence[Terms], indent: bytes) -> bytes:
        written: list[bytes] = []
        short = self._short
        subject = predicate = b""
        for each in lines:
            value = short.get(each[2]) or self._term(each[2])
            if each[0] != subject:
                written.append(b" .\n" if subject else b"")
                subject, predicate = each[0], each[1]
                written += (indent, self._term(subject), b" ", self._predicate(predicate), b" ", value)
            elif each[1] != predicate:
                predicate = each[1]
                written += (b" ;\n    ", indent, short.get(predicate) or self._term(predicate), b" ", value)
            else:
                written += (b" , ", value)
        return b"".join(written) + b" .\n" if written else b""

    def _predicate(self, predicate: bytes) -> bytes:
        return b"a" if predicate == TYPE else self._term(predicate)

    def _term(self, term: bytes) -> bytes:
        """Return a term as Turtle writes it; those of IRIs are kept, as long as they are not too many."""
        if term[:1] == b'"':
            return self._literal(term) if term[-1:] == b">" else term
        short = self._short.get(term)
        if short is None:
            if len(self._short) >= _KEPT:
                self._short.clear()
            short = self._short[term] = self._shorten(term)
        return short

    def _literal(self, term: bytes) -> bytes:
        value, _, datatype = term.rpartition(b"^^")
        bare = _BARE.get(datatype)
        found = bare.match(value) if bare else None
        return found[1] if found else value + b"^^" + self._term(datatype)

    def _shorten(self, iri: bytes) -> bytes:
        cut = max(iri.rfind(b"/"), iri.rfind(b"#")) + 1
        prefix, local = self._prefixes.get(iri[1:cut]), iri[cut:-1]
        return prefix + local if prefix and _LOCAL.match(local) else iri
