"""Lines of canonical N-Triples and N-Quads: taken apart, and gathered by the thing that they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Final, NamedTuple, Protocol, runtime_checkable

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from filmgraph.chunks import whole_of
from filmgraph.errors import ReleaseError
from filmgraph.namespaces import RDF, SCHEMA

__all__ = [
    "TYPE",
    "LineTriples",
    "Terms",
    "ThingLines",
    "Triples",
    "group_things",
    "iter_blocks",
    "name_graph",
    "split_line",
    "to_iri",
    "to_lines",
    "to_text",
]

#: Subject, predicate and object as N-Triples spells them, and the graph: empty for the published graph.
Terms = tuple[bytes, bytes, bytes, bytes]
TYPE: Final = b"<%s>" % RDF.type.encode()
_NAME: Final = b"<%s>" % SCHEMA.name.encode()
_BLOCK: Final = 4096
# No literal holds it: the line feed is escaped in there.
_END: Final = b" .\n"
_ESCAPE: Final = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"\'\\]))')
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
# What a thing is, and what it is called, stand first.
_RANKS: Final = {TYPE: 0, _NAME: 1}


class ThingLines(NamedTuple):
    """All that is said about one thing and its parts (`#address`): the thing's own lines first, class and name before others.

    `subject` is the thing's IRI in angle brackets, `published` its lines of the published graph, and `told` those of the source
    graphs, graph by graph.
    """

    subject: bytes
    published: list[Terms]
    told: list[Terms]


class Triples(Protocol):
    """Distinct triples that can be read any number of times, wherever they are."""

    def __iter__(self) -> Iterator[Triple]: ...

    def __len__(self) -> int: ...


@runtime_checkable
class LineTriples(Triples, Protocol):
    """Triples that are lines of canonical N-Triples already."""

    def iter_blocks(self) -> Iterator[bytes]:
        """Yield whole lines, many at a time."""
        ...


def to_lines(items: Iterable[Triple] | Iterable[Quad]) -> Iterator[bytes]:
    """Yield triples as canonical N-Triples, quads as canonical N-Quads, one line each, in the given order.

    Source: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
    """
    for block in iter_blocks(items):
        # The engine escapes every line break but the line feed at the end of a line.
        yield from block.splitlines(keepends=True)


def iter_blocks(items: Iterable[Triple] | Iterable[Quad]) -> Iterator[bytes]:
    """Yield the same lines as `to_lines`, many at a time; what is lines already is not made triples for it."""
    if isinstance(items, LineTriples):
        yield from items.iter_blocks()
        return
    remaining: Iterator[Triple] = iter(items)  # type: ignore[arg-type]  # or of quads
    while block := list(islice(remaining, _BLOCK)):
        # Triples take a third of the time that quads do.
        rdf_format = RdfFormat.N_TRIPLES if isinstance(block[0], Triple) else RdfFormat.N_QUADS
        yield serialize(block, format=rdf_format) or b""


def name_graph(lines: bytes, graph_iri: str) -> bytes:
    r"""Return lines of canonical N-Triples as those of N-Quads in a graph; in the default graph, without one.

    >>> name_graph(b'<a:x> <a:y> "z" .\n', "a:g")
    b'<a:x> <a:y> "z" <a:g> .\n'
    """
    return lines.replace(_END, b" <%s>%s" % (graph_iri.encode(), _END)) if graph_iri else lines


def split_line(line: bytes, *, has_graph: bool) -> Terms:
    """Take a line apart that the engine wrote; ReleaseError for what no release may hold, such as a blank node."""
    subject, predicate, rest = line[:-3].split(b" ", 2)
    object_, graph = rest, b""
    if has_graph:
        object_, _, graph = rest.rpartition(b" ")
    if subject[:1] != b"<" or subject[:2] == b"<<" or object_[:1] not in (b"<", b'"') or object_[:2] == b"<<":
        raise ReleaseError(f"this statement cannot be released, its things need IRIs: {line.decode(errors='replace').strip()}")
    return subject, predicate, object_, graph


def group_things(lines: Iterable[Terms]) -> Iterator[ThingLines]:
    """Gather the terms of sorted lines by thing, in one pass.

    By their bytes, the parts of `x` stand before `x-y`, and `x` itself after it: parts wait for their thing. Only things whose
    IRI is the beginning of the one at hand can be waited for, so few ever do.
    """
    waiting: dict[bytes, list[Terms]] = {}
    for subject, group in groupby(lines, key=itemgetter(0)):
        whole = whole_of(subject)
        if waiting:
            for thing in sorted(each for each in waiting if each < subject and each != whole):
                yield _gather(thing, [], waiting.pop(thing))
        if whole == subject:
            yield _gather(whole, list(group), waiting.pop(whole, []))
        else:
            waiting.setdefault(whole, []).extend(group)
    for thing, parts in sorted(waiting.items()):
        yield _gather(thing, [], parts)


def _gather(thing: bytes, own: list[Terms], parts: list[Terms]) -> ThingLines:
    own.sort(key=_rank)
    # The lines of a part stand together already.
    lines = own + [line for _, group in groupby(parts, key=itemgetter(0)) for line in sorted(group, key=_rank)]
    return ThingLines(
        thing, [line for line in lines if not line[3]], sorted((line for line in lines if line[3]), key=itemgetter(3))
    )


def _rank(line: Terms) -> int:
    return _RANKS.get(line[1], 2)


def to_iri(term: bytes) -> str:
    """Return the IRI between angle brackets.

    >>> to_iri(b"<http://schema.org/name>")
    'http://schema.org/name'
    """
    return term[1:-1].decode()


def to_text(literal: bytes) -> tuple[str, str, str]:
    r"""Return the text of a literal, its language tag, and the IRI of its datatype where it has one.

    >>> to_text(rb'"a \"b\""@en')
    ('a "b"', 'en', '')
    """
    quoted, _, rest = literal.rpartition(b'"')
    text = quoted[1:].decode()
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    return text, rest[1:].decode() if rest[:1] == b"@" else "", to_iri(rest[2:]) if rest[:1] == b"^" else ""


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(found[3], found[3])
