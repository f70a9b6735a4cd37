"""Writes one thing as a JSON-LD node, its parts inside it; the terms are those of every other JSON-LD document of ours.

The escapes of canonical N-Triples are escapes of JSON too, but for the long one, so most texts are copied as they are.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from filmgraph.dumps_lines import TYPE, Terms, ThingLines, to_iri, to_text
from filmgraph.namespaces import XSD
from filmgraph.serialisation_jsonld import CONTEXT, DATATYPES, LINKS, to_term

__all__ = ["Node", "NodeWriter"]

_LINKS: Final = frozenset(b"<%s>" % iri.encode() for iri in LINKS)
_DATATYPES: Final = {b"<%s>" % iri.encode(): b"<%s>" % datatype.encode() for iri, datatype in DATATYPES.items()}
_INTEGER: Final = b"<%s>" % XSD.integer.encode()
_BOOLEAN: Final = b"<%s>" % XSD.boolean.encode()
_BARE: Final = {
    _INTEGER: re.compile(rb'"(0|-?[1-9][0-9]{0,14})"\Z'),  # 15 digits: what every reader of JSON keeps
    _BOOLEAN: re.compile(rb'"(true|false)"\Z'),
}


class Node(NamedTuple):
    """A thing as JSON: `body` are the members of its object, `context` those terms of the context that it uses."""

    body: bytes
    context: bytes

    def to_member(self) -> bytes:
        """Return the node as a member of a graph whose context stands elsewhere."""
        return b"{%s}" % self.body

    def to_document(self) -> bytes:
        """Return the node as a document of its own, on one line."""
        return b'{"@context":%s,%s}\n' % (self.context, self.body)


class NodeWriter:
    """Turns the published lines of things into nodes."""

    def __init__(self) -> None:
        self._terms: dict[bytes, bytes] = {}
        self._contexts: dict[frozenset[bytes], bytes] = {}

    def to_nodes(self, thing: ThingLines) -> list[Node]:
        """Return the node of a thing; a part that the thing does not lead to has a node of its own. None for no triples."""
        parts = {subject: list(group) for subject, group in groupby(thing.published, key=itemgetter(0))}
        nodes = []
        while parts:
            used: set[bytes] = set()
            body = self._node(next(iter(parts)), parts, used)
            nodes.append(Node(body, self._context(frozenset(used))))
        return nodes

    def _node(self, subject: bytes, parts: dict[bytes, list[Terms]], used: set[bytes]) -> bytes:
        members = [b'"@id":"%s"' % subject[1:-1]]
        for predicate, group in groupby(parts.pop(subject), key=itemgetter(1)):
            if predicate == TYPE:
                key, values = b'"@type"', [self._key(line[2], used) for line in group]
            else:
                key, values = self._key(predicate, used), [self._value(predicate, line[2], parts, used) for line in group]
            members.append(b"%s:%s" % (key, values[0] if len(values) == 1 else b"[%s]" % b",".join(values)))
        return b",".join(members)

    def _value(self, predicate: bytes, term: bytes, parts: dict[bytes, list[Terms]], used: set[bytes]) -> bytes:
        if term[:1] == b"<":
            if term in parts:
                return b"{%s}" % self._node(term, parts, used)
            return (b'"%s"' if predicate in _LINKS else b'{"@id":"%s"}') % term[1:-1]
        if term[-1:] == b'"':
            text = _to_json(term)
            return b'{"@value":%s}' % text if predicate in _LINKS or predicate in _DATATYPES else text
        if term[-1:] != b">":
            text, _, language = term.rpartition(b"@")
            return b'{"@value":%s,"@language":"%s"}' % (_to_json(text), language)
        return _typed(predicate, term)

    def _key(self, term: bytes, used: set[bytes]) -> bytes:
        """Return the key that stands for a property or class, as JSON."""
        key = self._terms.get(term)
        if key is None:
            key = self._terms[term] = json.dumps(to_term(to_iri(term)), ensure_ascii=False).encode()
        used.add(key)
        return key

    def _context(self, used: frozenset[bytes]) -> bytes:
        text = self._contexts.get(used)
        if text is None:
            terms = [json.loads(each) for each in used]
            names = {"@vocab", *terms, *(term.partition(":")[0] for term in terms if ":" in term)}
            context = {name: meaning for name, meaning in CONTEXT.items() if name in names}
            text = self._contexts[used] = json.dumps(context, ensure_ascii=False, separators=(",", ":")).encode()
        return text


def _to_json(quoted: bytes) -> bytes:
    """Return a text of N-Triples, with its quotation marks, as one of JSON."""
    return json.dumps(to_text(quoted)[0], ensure_ascii=False).encode() if b"\\U" in quoted else quoted


def _typed(predicate: bytes, term: bytes) -> bytes:
    """Return a literal with a datatype: as JSON's own kind of value where that reads back as the very same literal."""
    value, _, datatype = term.rpartition(b"^^")
    if predicate in _DATATYPES:
        if datatype == _DATATYPES[predicate]:
            return _to_json(value)
    elif predicate not in _LINKS and datatype in _BARE:
        found = _BARE[datatype].match(value)
        if found:
            return found[1]
    return b'{"@value":%s,"@type":"%s"}' % (_to_json(value), datatype[1:-1])
