"""What a core shape may ask of one value (https://www.w3.org/TR/shacl/#core-components), with rdflib's reading of literals.

Whether `2019-02-30` is a date and which of two dates is later must be answered as pySHACL answers it, or the two would not find
the same; so its comparison is used, and each literal is read once.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode
from pyshacl.rdfutil.compare import compare_literal
from rdflib import Literal as RdfLiteral
from rdflib import URIRef
from rdflib.term import Node

from filmgraph.namespaces import RDF, SH, XSD

__all__ = ["Term", "find_test", "is_in_order", "key_of", "language_of", "quiet_rdflib"]

Term = NamedNode | BlankNode | Literal
Test = Callable[[Term], bool]

_KINDS: dict[str, tuple[type, ...]] = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}
_PYTHON_TYPES: dict[str, type] = {
    XSD.integer: int,
    XSD.float: float,
    XSD.decimal: decimal.Decimal,
    XSD.boolean: bool,
    XSD.date: datetime.date,
    XSD.time: datetime.time,
    XSD.dateTime: datetime.datetime,
}
_TEXTS = (XSD.string, RDF.langString)


def key_of(term: object) -> str:
    """Return the IRI of a node, `_:` and the label of a blank one, and the text of a literal."""
    if isinstance(term, NamedNode):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(getattr(term, "value", term))


def language_of(term: Term) -> str:
    """Return the language tag of a literal in lower case, and nothing for what has none."""
    return (term.language or "").lower() if isinstance(term, Literal) else ""


def find_test(parameter: str, members: Sequence[Node]) -> Test | None:
    """Return the test that a parameter of a shape (`pattern`) makes with its value, or None for one that is not known here.

    `members` are the value itself, or those of the list that it is.
    """
    make = _TESTS.get(parameter)
    return make(members) if make else None


def _kind(members: Sequence[Node]) -> Test:
    kinds = _KINDS[str(members[0]).removeprefix(SH)]
    return lambda term: isinstance(term, kinds)


def _pattern(members: Sequence[Node]) -> Test:
    search = re.compile(str(members[0])).search
    return lambda term: not isinstance(term, BlankNode) and search(term.value) is not None


def _datatype(members: Sequence[Node]) -> Test:
    datatype = str(members[0])

    def has_datatype(term: Term) -> bool:
        if not isinstance(term, Literal) or term.datatype.value != datatype:
            return False
        return datatype in _TEXTS or _is_well_formed(term.value, datatype)

    return has_datatype


@lru_cache(maxsize=65_536)
def _read(text: str, datatype: str, language: str | None) -> RdfLiteral:
    if language:
        return RdfLiteral(text, lang=language)
    with quiet_rdflib():
        return RdfLiteral(text, datatype=None if datatype == XSD.string else URIRef(datatype), normalize=False)


def _is_well_formed(text: str, datatype: str) -> bool:
    literal = _read(text, datatype, None)
    return literal.ill_typed is not True and isinstance(literal.value, _PYTHON_TYPES.get(datatype, object))


def _length(is_right: Callable[[int, int], bool]) -> Callable[[Sequence[Node]], Test]:
    def make(members: Sequence[Node]) -> Test:
        bound = int(str(members[0]))
        return lambda term: not isinstance(term, BlankNode) and is_right(len(term.value), bound)

    return make


def _bound(is_right: Callable[[int], bool]) -> Callable[[Sequence[Node]], Test]:
    """Make a test that a literal stands on the right side of a bound."""

    def make(members: Sequence[Node]) -> Test:
        (bound,) = members
        assert isinstance(bound, RdfLiteral)

        @lru_cache(maxsize=4_096)
        def is_within(term: Term) -> bool:
            if not isinstance(term, Literal):
                return False
            literal = _read(term.value, term.datatype.value, term.language)
            if isinstance(literal.value, str) != isinstance(bound.value, str):
                return False
            try:
                return is_right(compare_literal(literal, bound))  # type: ignore[no-untyped-call]
            except (TypeError, NotImplementedError):
                return False

        return is_within

    return make


def _one_of(members: Sequence[Node]) -> Test:
    wanted = {(str(each), getattr(each, "language", None), _datatype_of(each)) for each in members}

    def is_one(term: Term) -> bool:
        if isinstance(term, Literal):
            return (term.value, term.language, term.datatype.value) in wanted
        return isinstance(term, NamedNode) and (term.value, None, "") in wanted

    return is_one


def _datatype_of(node: Node) -> str:
    if not isinstance(node, RdfLiteral):
        return ""
    return RDF.langString if node.language else str(node.datatype or XSD.string)


def _in_language(members: Sequence[Node]) -> Test:
    ranges = {str(each).lower() for each in members}

    def is_in_language(term: Term) -> bool:
        language = language_of(term)
        return bool(language) and ("*" in ranges or language in ranges or language.partition("-")[0] in ranges)

    return is_in_language


_TESTS: dict[str, Callable[[Sequence[Node]], Test]] = {
    "nodeKind": _kind,
    "pattern": _pattern,
    "datatype": _datatype,
    "minLength": _length(lambda length, bound: length >= bound),
    "maxLength": _length(lambda length, bound: length <= bound),
    "minInclusive": _bound(lambda order: order >= 0),
    "maxInclusive": _bound(lambda order: order <= 0),
    "minExclusive": _bound(lambda order: order > 0),
    "maxExclusive": _bound(lambda order: order < 0),
    "in": _one_of,
    "languageIn": _in_language,
}


def is_in_order(first: Term, second: Term, *, may_be_equal: bool) -> bool:
    """Return whether one value comes before another; a text and what is no text are never in order."""
    one, other = _comparable(first), _comparable(second)
    # A literal of rdflib is a str too, so the exact type decides.
    if (type(one) is str) != (type(other) is str):
        return False
    try:
        return bool(one <= other if may_be_equal else one < other)
    except TypeError:
        return False


def _comparable(term: Term) -> str | RdfLiteral:
    if not isinstance(term, Literal):
        return term.value
    literal = _read(term.value, term.datatype.value, term.language)
    return literal.value if type(literal.value) is str else literal


@contextlib.contextmanager
def quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from writing a traceback for every ill-typed literal: the shapes report those."""
    logger = logging.getLogger("rdflib.term")
    was_disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was_disabled
