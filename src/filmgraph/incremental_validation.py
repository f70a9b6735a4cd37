"""Validates what a change touches, and gives the findings that a validation of everything would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from pyoxigraph import NamedNode, Quad

from filmgraph.findings import Finding, SourcePlace
from filmgraph.incremental_graph import Change, OldGraphs, View
from filmgraph.incremental_neighbours import find_neighbours
from filmgraph.incremental_rules import run_rules
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.validation import Shapes, find_near, locate_findings
from filmgraph.validation_facts import Facts
from filmgraph.vocabulary import Vocabulary

__all__ = ["Revalidation", "Whereabouts", "revalidate"]

#: What a check reads of a thing is so many steps away: the time zone of a screening is that of its hall's venue.
_STEPS: Final = 2


class Whereabouts(Protocol):
    """Knows where things stand in the sources."""

    def without(self, iris: Iterable[str]) -> frozenset[str]:
        """Return those of the things that no source speaks of: their places are those of what refers to them."""

    def locate(self, focus_iri: str, path_iri: str | None = None, value: str | None = None) -> tuple[SourcePlace, ...]:
        """Return the places of a value, else of a property, else of a thing."""


@dataclass(frozen=True, slots=True)
class Revalidation:
    """All findings of shapes, rules and checks after a change; how many things and rules were looked at again."""

    findings: tuple[Finding, ...]
    things: int
    rules: int


def revalidate(
    known: Iterable[Finding],
    touched: frozenset[str],
    old: OldGraphs,
    change: Change,
    texts_graph: str,
    vocabulary: Vocabulary,
    shapes: Shapes,
    places: Whereabouts,
) -> Revalidation:
    """Return the findings `known` of the release before with those about the changed things replaced.

    `touched` are the things of which a record was mapped anew: where they stand in the sources may be another place now.
    """
    both, now = (View(old, change, texts_graph, is_union=each) for each in (True, False))
    changed = frozenset(
        quad.subject.value for quads in change.facts(texts_graph) for quad in quads if isinstance(quad.subject, NamedNode)
    )
    foci, around = _find_foci(changed, both)
    facts = _gather(foci | around, now, texts_graph, vocabulary)
    runs = tuple(run_rules(shapes.rules, changed, both, now, _everything(old, change, texts_graph), vocabulary))
    rule_ids = frozenset(rule.info.id for rule in shapes.rules)
    by_rule = {run.rule_id: run.foci for run in runs}
    found = [*find_near(facts, shapes, foci), *(each for run in runs for each in run.findings)]
    kept = [each for each in known if not _is_replaced(each, foci, rule_ids, by_rule)]
    moved = touched | places.without(each.focus_iri for each in kept if each.focus_iri)
    still = [each for each in kept if each.focus_iri not in moved]
    found += [each for each in kept if each.focus_iri in moved]
    rerun = sum(run.foci is None or bool(run.foci) for run in runs)
    return Revalidation((*still, *locate_findings(found, places.locate)), len(foci), rerun)


def _is_replaced(
    finding: Finding, foci: frozenset[str], rule_ids: frozenset[str], by_rule: dict[str, frozenset[str] | None]
) -> bool:
    if finding.rule not in rule_ids:
        return finding.focus_iri in foci
    about = by_rule.get(finding.rule, frozenset())
    return about is None or finding.focus_iri in about


def _find_foci(changed: frozenset[str], both: View) -> tuple[frozenset[str], frozenset[str]]:
    """Return the things that shapes and checks may judge otherwise, and what else they must know for that.

    They are those that changed, and those that look at them.
    """
    foci = set(changed)
    for iri in changed:
        foci |= both.subjects(NamedNode(iri), None)
        for hall in both.subjects(NamedNode(iri), SCHEMA.containedInPlace):
            foci |= both.subjects(NamedNode(hall), SCHEMA.location)
        # Whether a credit is some work's depends on who links to it.
        foci |= {each.value for each in both.values(iri, FG.credit) if isinstance(each, NamedNode)}
    near, around = find_neighbours(foci, both)
    return frozenset(foci | near), around


def _gather(foci: frozenset[str], now: View, texts_graph: str, vocabulary: Vocabulary) -> Facts:
    """Return the facts about things, about those that they refer to, and so on, and about what links to a credit."""
    things, fresh = set(foci), set(foci)
    for _ in range(_STEPS):
        fresh = {value.value for iri in fresh for value in now.values(iri, None) if isinstance(value, NamedNode)} - things
        things |= fresh
    things |= {iri for each in foci for iri in now.subjects(NamedNode(each), FG.credit)}
    quads = [quad for iri in sorted(things) for quad in now.facts(iri)]
    texts = NamedNode(texts_graph)
    return Facts.of(
        (quad.triple for quad in quads if quad.graph_name != texts),
        (quad.triple for quad in quads if quad.graph_name == texts),
        vocabulary,
    )


def _everything(old: OldGraphs, change: Change, texts_graph: str) -> Iterator[Quad]:
    """Yield all facts and texts after the change; nothing is read before the first one is asked for."""
    removed, added = change.facts(texts_graph)
    texts = old.store.quads_for_pattern(None, None, None, NamedNode(texts_graph))
    for quads in (old.published(), texts):
        yield from (quad for quad in quads if quad not in removed)
    yield from added
