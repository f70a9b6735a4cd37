"""Runs the rules across records: each is one SPARQL query over the whole catalogue, answered by Oxigraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph
from pyoxigraph import NamedNode, Variable

from filmgraph.findings import Finding
from filmgraph.namespaces import shorten
from filmgraph.validation_shapes import CATALOGUE_IRI, Rule

__all__ = ["fill_message", "run_rule", "show"]

_PLACEHOLDER = re.compile(r"\{\?(\w+)\}")
_THING = re.compile(r"https?://\S+?/id/(\S+)")


def run_rule(rule: Rule, store: pyoxigraph.Store) -> Iterator[Finding]:
    """Yield a finding for every solution of the rule's query; the places in the sources are left for the caller to fill in."""
    solutions = store.query(rule.query, substitutions={Variable("this"): NamedNode(CATALOGUE_IRI)})
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        bound = {name: term.value for name in names if name != "this" and (term := solution[name]) is not None}
        yield Finding(
            rule=rule.info.id,
            severity=rule.info.severity,
            message=fill_message(rule.info.message, bound),
            focus_iri=bound["value"],
            path_iri=bound.get("path"),
            value=bound.get("found"),
        )


def fill_message(message: str, bound: Mapping[str, str]) -> str:
    """Return `message` with every `{?name}` replaced by what the name is bound to, written for people."""
    return _PLACEHOLDER.sub(lambda match: show(bound.get(match[1], "nothing")), message) + "."


def show(text: str) -> str:
    """Return `text` with the IRIs of things cut to kind and key, and those of terms to prefixed names."""
    return shorten(_THING.sub(lambda match: match[1], text))
