"""Paths of length zero that begin or end with a term that the data do not have: `<a> <p>* ?x` has the solution `?x = <a>`.

https://www.w3.org/TR/sparql11-query/#defn_evalZeroOrMorePath asks for a node of the graph only where both ends are variables.
The engine always asks. Where a term is no node of the graph, the pattern says nothing but that both ends are equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.queryguard import Token
from filmgraph.queryrewrite_layout import Layout, is_variable, word_of

__all__ = ["Probe", "has_zero_length_path", "replace_paths"]

Probe = Callable[[str], Collection[str]]
"""Runs a SELECT over one variable; gives the lexical forms of its values."""

# `?` before a letter is a variable.
_SIGNS: Final = (re.compile(r"\*"), re.compile(r"\?(?!\w)"))
_NOT_A_PATH: Final = re.compile(r"(?:\b(?:SELECT|DISTINCT|REDUCED)|[^\s\w>)\-])\s*\Z", re.IGNORECASE)
# As many letters before the sign as SELECT and some spaces take: a longer gap costs a closer look and nothing else.
_LOOK_BACK: Final = 12
# The engine's optimiser recurses over the parts of a union.
_STATEMENT_LIMIT: Final = 64
_STATEMENT_STARTS: Final = frozenset({"{", "}", ".", ")"})
_STATEMENT_ENDS: Final = frozenset({".", "}", "{"})
_STATEMENT_END_WORDS: Final = frozenset({"FILTER", "OPTIONAL", "BIND", "VALUES", "MINUS", "GRAPH"})


@dataclass(frozen=True, slots=True)
class _Statement:
    """One triple pattern, from token `first` to token `last`, whose path may have length zero.

    `graph` is the IRI of the GRAPH around it as it is written, or "".
    """

    first: int
    last: int
    subject: Token
    object: Token
    graph: str

    @property
    def term(self) -> Token:
        """The end that is no variable."""
        return self.object if is_variable(self.subject) else self.subject

    @property
    def equality(self) -> str:
        """The pattern that says that both ends are equal."""
        if not is_variable(self.subject) and not is_variable(self.object):
            return "{}"
        variable = self.subject if is_variable(self.subject) else self.object
        return f"VALUES {variable.text} {{ {self.term.text} }}"


def has_zero_length_path(text: str) -> bool:
    """Return whether there may be a path with `*` or `?` in a query; a quick look."""
    signs = (match.start() for sign in _SIGNS for match in sign.finditer(text))
    return any(_NOT_A_PATH.search(text, max(0, sign - _LOOK_BACK), sign) is None for sign in signs)


def replace_paths(layout: Layout, probe: Probe) -> str:
    """Return a query's text without the paths that begin or end with a term that is no node of the graph."""
    statements = tuple(_iter_statements(layout))
    if not 0 < len(statements) <= _STATEMENT_LIMIT:
        return layout.text
    absent = probe(_write_probe(layout, statements))
    pieces, done = [], 0
    for number, statement in enumerate(statements):
        if str(number) in absent:
            pieces += [layout.text[done : layout.tokens[statement.first].position], statement.equality, " "]
            done = layout.end(statement.last)
    return "".join((*pieces, layout.text[done:]))


def _write_probe(layout: Layout, statements: Sequence[_Statement]) -> str:
    """Write the query that gives the numbers of the statements whose term is no node of their graph."""
    dataset = "".join(f" FROM {'NAMED ' if is_named else ''}{name}" for is_named, name in layout.dataset)
    parts = []
    for number, statement in enumerate(statements):
        term = statement.term.text
        absence = f"FILTER NOT EXISTS {{ {term} ?p ?o }} FILTER NOT EXISTS {{ ?s ?p {term} }}"
        if statement.graph:
            absence = f"GRAPH {statement.graph} {{ {absence} }}"
        # The second part has no solution: it is there so that what does not parse is not thrown away unseen.
        parts.append(f"{{ VALUES ?n {{ {number} }} {absence} }}")
        parts.append(f"{{ FILTER(false) {layout.slice(statement.first, statement.last)} }}")
    return f"{layout.prologue}\nSELECT ?n{dataset} WHERE {{ {' UNION '.join(parts)} }}"


def _iter_statements(layout: Layout) -> Iterator[_Statement]:
    """Find the triple patterns that stand alone: no `;` or `,` in them, for there the rest decides."""
    for n, token in enumerate(layout.tokens):
        if not _is_term(token) or n == 0 or layout.tokens[n - 1].text not in _STATEMENT_STARTS or not _is_in_group(layout, n):
            continue
        last = _find_object(layout, n + 1)
        if last is None:
            continue
        graph, target = _graph_of(layout, n), layout.tokens[last]
        if graph is not None and _has_one_fixed_end(token, target):
            yield _Statement(n, last, token, target, graph)


def _is_in_group(layout: Layout, n: int) -> bool:
    parent = layout.parents[n]
    return parent >= 0 and layout.tokens[parent].text == "{"


def _find_object(layout: Layout, n: int) -> int | None:
    """Return the place of the object after a path that begins at `n` and may have length zero; None for anything else."""
    tokens = layout.tokens
    if tokens[n].text == "^":
        n += 1
    if tokens[n].text == "(" and n in layout.closes:
        n = layout.closes[n]
    elif tokens[n].kind not in ("iri", "name") and tokens[n].text != "a":
        return None
    if n + 3 >= len(tokens) or tokens[n + 1].text not in ("*", "?") or not _is_term(tokens[n + 2]):
        return None
    after = tokens[n + 3]
    is_whole = after.text in _STATEMENT_ENDS or word_of(after) in _STATEMENT_END_WORDS
    return n + 2 if is_whole else None


def _is_term(token: Token) -> bool:
    """Return whether a token is a variable or an IRI; blank nodes are variables that nobody sees, so they are neither."""
    return is_variable(token) or token.kind == "iri" or (token.kind == "name" and not token.text.startswith("_:"))


def _has_one_fixed_end(subject: Token, target: Token) -> bool:
    """Return whether one end is an IRI, or both are the same."""
    if is_variable(subject) or is_variable(target):
        return not (is_variable(subject) and is_variable(target))
    return subject.text == target.text


def _graph_of(layout: Layout, n: int) -> str | None:
    """Return the graph around a token as it is written, "" for the default graph, None for one that is a variable."""
    while (n := layout.parents[n]) >= 0:
        if n >= 2 and word_of(layout.tokens[n - 2]) == "GRAPH":
            name = layout.tokens[n - 1]
            return None if is_variable(name) else name.text
    return ""
