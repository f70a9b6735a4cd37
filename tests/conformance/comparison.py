"""Compares an answer with the expected one: tables as multisets (or in order), graphs by isomorphism."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, Triple, parse_query_results
from pyoxigraph import QueryResultsFormat as OxigraphFormat

from filmgraph.namespaces import RDF, XSD

__all__ = ["Answer", "answer_from_graph", "are_isomorphic", "are_same_tables", "parse_answer"]

Row = tuple[object, ...]
Mapping = dict[BlankNode, BlankNode]
_EXACT = frozenset({XSD.integer, XSD.decimal})
_FLOATING = frozenset({XSD.double, XSD.float})
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to SELECT (variables in order, rows) or to ASK (a truth value)."""

    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    truth: bool | None = None


def parse_answer(data: bytes, answer_format: OxigraphFormat) -> Answer:
    results = parse_query_results(data, format=answer_format)
    if isinstance(results, QueryBoolean):
        return Answer(truth=bool(results))
    variables = tuple(each.value for each in results.variables)
    return Answer(variables, tuple(tuple(canonical(row[name]) for name in variables) for row in results))


def answer_from_graph(triples: Iterable[Triple]) -> Answer:
    """Read a table that is written as RDF, as the oldest tests have it."""
    values: dict[tuple[object, str], list[object]] = {}
    for each in triples:
        values.setdefault((each.subject, each.predicate.value), []).append(each.object)
    (root,) = (s for s, p in values if p == RDF.type and NamedNode(_RS + "ResultSet") in values[s, p])
    variables = tuple(sorted(str(each.value) for each in values[root, _RS + "resultVariable"] if isinstance(each, Literal)))
    rows = []
    for solution in values.get((root, _RS + "solution"), ()):
        bound = {
            str(values[binding, _RS + "variable"][0].value): values[binding, _RS + "value"][0]  # type: ignore[attr-defined]
            for binding in values.get((solution, _RS + "binding"), ())
        }
        rows.append(tuple(canonical(bound.get(name)) for name in variables))
    return Answer(variables, tuple(rows))


def canonical(term: object) -> object:
    """Numbers and truth values by value within their datatype: "1.0" and "1.00" are one decimal, "0" and "false" one boolean."""
    if not isinstance(term, Literal):
        return term
    datatype = term.datatype.value
    try:
        if datatype in _EXACT:
            return datatype, Decimal(term.value)
        if datatype in _FLOATING:
            return datatype, repr(float(term.value))
        if datatype == XSD.boolean and term.value in ("1", "0"):
            return Literal(term.value == "1")
    except (InvalidOperation, ValueError):
        pass
    return term


def are_same_tables(left: Answer, right: Answer, *, is_ordered: bool) -> bool:
    if left.truth is not None or right.truth is not None:
        return left.truth == right.truth
    if set(left.variables) != set(right.variables) or len(left.rows) != len(right.rows):
        return False
    order = [left.variables.index(name) for name in right.variables]
    rows = [tuple(row[n] for n in order) for row in left.rows]
    if is_ordered:
        return _match_in_order(rows, right.rows)
    return _match(rows, right.rows)


def are_isomorphic(left: Iterable[Triple], right: Iterable[Triple]) -> bool:
    rows = [[(each.subject, each.predicate, canonical(each.object)) for each in side] for side in (set(left), set(right))]
    return _match(*rows)


def _match_in_order(left: Sequence[Row], right: Sequence[Row]) -> bool:
    mapping: Mapping | None = {}
    for mine, theirs in zip(left, right, strict=True):
        mapping = None if mapping is None else _extend(mapping, mine, theirs)
    return mapping is not None


def _match(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether the rows are the same multiset under some renaming of blank nodes."""
    if Counter(map(_shape, left)) != Counter(map(_shape, right)):
        return False
    # Rows whose shape is rare leave the least choice, so they come first.
    frequency = Counter(map(_shape, left))
    todo = sorted((row for row in left if _has_blank(row)), key=lambda row: (frequency[_shape(row)], repr(_shape(row))))
    return _search(todo, [row for row in right if _has_blank(row)], {})


def _search(left: Sequence[Row], right: Sequence[Row], mapping: Mapping) -> bool:
    if not left:
        return True
    for n, theirs in enumerate(right):
        extended = _extend(mapping, left[0], theirs)
        if extended is not None and _search(left[1:], [*right[:n], *right[n + 1 :]], extended):
            return True
    return False


def _extend(mapping: Mapping, mine: Row, theirs: Row) -> Mapping | None:
    extended = dict(mapping)
    for a, b in zip(mine, theirs, strict=True):
        if isinstance(a, BlankNode) and isinstance(b, BlankNode):
            if extended.setdefault(a, b) != b:
                return None
        elif a != b:
            return None
    return extended if len(set(extended.values())) == len(extended) else None


def _shape(row: Row) -> Row:
    return tuple("_:" if isinstance(each, BlankNode) else each for each in row)


def _has_blank(row: Row) -> bool:
    return any(isinstance(each, BlankNode) for each in row)
