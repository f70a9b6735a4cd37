"""Where each fact stands in its source, how certain it is, and whether it was published: the provenance graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.findings import SourcePlace
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Statement
from filmgraph.model import Certainty
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA

__all__ = ["Fate", "Provenance", "certainty_triples", "derived_from"]

_NOT_EXPLAINED = frozenset({RDF.type})
_ADDED_TO_CREDITS = frozenset({SCHEMA.characterName, FG.creditedAs})
_BLOCK = 1 << 13
_CERTAINTY, _REASON, _DERIVED_FROM = NamedNode(FG.certainty), NamedNode(FG.reason), NamedNode(PROV.wasDerivedFrom)
_DEGREES = {each.value: NamedNode(each.iri) for each in Certainty}
# The predicates as N-Triples spells them, each with the space before it and the one after.
_SUBJECT, _PREDICATE, _OBJECT, _OUTCOME, _PLACE, _PLACE_LABEL, _CERTAINTY_TERM, _REASON_TERM, _DERIVED_FROM_TERM = (
    f" <{iri}> "
    for iri in (
        RDF.subject, RDF.predicate, RDF.object, FG.outcome, FG.place, FG.placeLabel, FG.certainty, FG.reason, PROV.wasDerivedFrom
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """One statement, all places of one source together, and whether its value was published; `triple` is the statement's."""

    statement: Statement
    triple: Triple
    places: tuple[SourcePlace, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """The triples that explain facts, each once; made anew whenever they are read, so that they need no memory."""

    fates: tuple[Fate, ...]
    iris: IriScheme

    def __len__(self) -> int:
        return sum(_count(fate) for fate in self._iter_explained())

    def __iter__(self) -> Iterator[Triple]:
        for block in self.iter_blocks():
            for quad in parse(block, format=RdfFormat.N_TRIPLES):
                yield quad.triple

    def iter_blocks(self) -> Iterator[bytes]:
        """Yield whole lines of canonical N-Triples, many at a time.

        This graph is several times as large as all others together, and of a form that never changes: its lines are written
        without a triple for each.
        """
        waiting: list[str] = []
        for fate in self._iter_explained():
            waiting += _explain(fate, self.iris)
            if len(waiting) >= _BLOCK:
                yield "".join(waiting).encode()
                waiting.clear()
        yield "".join(waiting).encode()

    def _iter_explained(self) -> Iterator[Fate]:
        credits = self.iris.thing(Kind.CREDIT, "x").removesuffix("x")
        return (fate for fate in self.fates if _is_explained(fate, credits))


def _is_explained(fate: Fate, credits: str) -> bool:
    """A credit is explained as one fact, by the link to it; only what a second source may have added to it stands for itself."""
    each = fate.statement
    predicate = each.predicate.value
    is_own_fact = predicate in _ADDED_TO_CREDITS or not each.subject.value.startswith(credits)
    return is_own_fact and predicate not in _NOT_EXPLAINED and not each.is_text


def _explain(fate: Fate, iris: IriScheme) -> Iterator[str]:
    """Yield the lines of the provenance node of a fact."""
    each = fate.statement
    subject, predicate, object_ = each.subject.value, each.predicate.value, str(each.object_)
    node = f"<{iris.statement(subject, predicate, object_, each.source_id)}>"
    yield f"{node}{_SUBJECT}<{subject}> .\n{node}{_PREDICATE}<{predicate}> .\n{node}{_OBJECT}{object_} .\n"
    yield f"{node}{_CERTAINTY_TERM}{_DEGREES[each.certainty.value]} .\n"
    if _has_reason(each):
        yield f"{node}{_REASON_TERM}{_reason(each)} .\n"
    yield f'{node}{_OUTCOME}"{"published" if fate.is_published else "overruled"}" .\n'
    for source_id in _cited(each):
        yield f"{node}{_DERIVED_FROM_TERM}{_source_node(iris, source_id)} .\n"
    # Two cells of one row are one place, and two labels.
    for fragment in dict.fromkeys(place.fragment for place in fate.places):
        yield f"{node}{_PLACE}{_place_node(iris, each.source_id, fragment)} .\n"
    for label in dict.fromkeys(map(str, fate.places)):
        yield f"{node}{_PLACE_LABEL}{Literal(label)} .\n"


def _count(fate: Fate) -> int:
    """Return how many triples explain a fact."""
    each, places = fate.statement, fate.places
    many = len(places) > 1
    fragments, labels = (len({place.fragment for place in places}), len(set(map(str, places)))) if many else (1, 1)
    sources = len({each.source_id, *each.derived_from}) if each.derived_from else 1
    # Subject, predicate, object, certainty and outcome.
    return 5 + _has_reason(each) + sources + fragments + labels


def certainty_triples(node: NamedNode, statement: Statement) -> Iterator[Triple]:
    """Yield how certain a statement is, and the reason where it was inferred."""
    yield Triple(node, _CERTAINTY, _DEGREES[statement.certainty.value])
    if _has_reason(statement):
        yield Triple(node, _REASON, _reason(statement))


def _has_reason(statement: Statement) -> bool:
    return statement.certainty is not Certainty.STATED and bool(statement.reason)


def _reason(statement: Statement) -> Literal:
    return Literal(statement.reason, language="en")


def derived_from(node: NamedNode, statements: Iterable[Statement], iris: IriScheme) -> Iterator[Triple]:
    """Yield the sources of statements, read or cited."""
    for source_id in _cited(*statements):
        yield Triple(node, _DERIVED_FROM, _source_node(iris, source_id))


def _cited(*statements: Statement) -> list[str]:
    return sorted({source_id for each in statements for source_id in (each.source_id, *each.derived_from)})


# Many facts come from one row, and all from a few sources.
@lru_cache(maxsize=4096)
def _place_node(iris: IriScheme, source_id: str, fragment: str) -> NamedNode:
    return NamedNode(iris.source_place(source_id, fragment))


@lru_cache(maxsize=4096)
def _source_node(iris: IriScheme, source_id: str) -> NamedNode:
    return NamedNode(iris.thing(Kind.SOURCE, source_id))
