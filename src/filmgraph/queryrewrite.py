"""Says a query in other words where the engine would not answer it as the standard does.

Each rewriting is one that the standard's own definitions make equal for every data set; whatever is not understood beyond doubt
stays as it is. What the engine does otherwise, and what of it remains, is in docs/decisions/0010-engine-deviations.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Final

from filmgraph.errors import QuerySyntaxError, QueryTooLargeError
from filmgraph.queryrewrite_layout import Layout, is_variable, read_layout, word_of
from filmgraph.queryrewrite_path import Probe, has_zero_length_path, replace_paths

__all__ = ["SIZE_LIMIT", "rewrite_query"]

#: How long a query may become, in characters.
SIZE_LIMIT: Final = 65_536
# How deep GRAPH ?a { GRAPH ?b { … } } is written out: the engine's parser recurses.
_LEVEL_LIMIT: Final = 4

_COPY: Final = "_in_graph_"
_OPEN_GRAPH: Final = re.compile(r"GRAPH\s*[?$#]")


def rewrite_query(text: str, named_graphs: Sequence[str] | None, list_graphs: Callable[[], Sequence[str]], probe: Probe) -> str:
    """Return a query for the engine that gives what `text` should give by SPARQL 1.1; mostly `text` itself.

    `named_graphs` are those of the request's own data set, if it has one; `list_graphs` gives those of the store, and `probe`
    runs a SELECT over one variable and gives its values: both are called only where they are needed. Where the result does not
    parse, the answer is that to `text`. QueryTooLargeError when it would be longer than `SIZE_LIMIT`.
    """
    words = text.upper()
    if "GROUP_CONCAT" in words:
        text = _rewrite(text, _strip_languages)
    if has_zero_length_path(text):
        text = _rewrite(text, lambda layout: replace_paths(layout, probe))
    if "GRAPH" in words and _OPEN_GRAPH.search(words):
        text = _rewrite(text, lambda layout: _GraphWriter(layout, named_graphs, list_graphs).write_query())
    return text


def _rewrite(text: str, rewriting: Callable[[Layout], str]) -> str:
    try:
        layout = read_layout(text)
    except QuerySyntaxError:
        return text
    return text if layout is None or not layout.tokens else rewriting(layout)


def _strip_languages(layout: Layout) -> str:
    """Write STR(GROUP_CONCAT(…)): the result has no language (https://www.w3.org/TR/sparql11-query/#defn_aggGroupConcat)."""
    edits = []
    for n, token in enumerate(layout.tokens):
        if word_of(token) == "GROUP_CONCAT" and n + 1 in layout.closes and layout.tokens[n + 1].text == "(":
            edits += [(token.position, "STR("), (layout.end(layout.closes[n + 1]), ")")]
    pieces, done = [], 0
    for position, added in sorted(edits, key=lambda edit: edit[0]):
        pieces += [layout.text[done:position], added]
        done = position
    return "".join((*pieces, layout.text[done:]))


class _GraphWriter:
    """Writes GRAPH ?g { P } as the union over all graphs that the standard defines it to be.

    https://www.w3.org/TR/sparql11-query/#defn_evalGraph: P is evaluated in each graph alone, where ?g means nothing, and joined
    with ?g afterwards. The engine puts ?g into the patterns of P instead. That is the same where each solution of P comes from
    a triple pattern of its own, so such patterns stay.
    """

    def __init__(self, layout: Layout, named_graphs: Sequence[str] | None, list_graphs: Callable[[], Sequence[str]]) -> None:
        self._layout = layout
        self._named_graphs = named_graphs
        self._list_graphs = list_graphs

    def write_query(self) -> str:
        """Return the query with each GRAPH in it written out where that is needed."""
        if not any(map(self._is_open_graph, range(len(self._layout.tokens)))):
            return self._layout.text
        return self._layout.text[: self._layout.tokens[0].position] + self._write(0, len(self._layout.tokens) - 1, 0)

    def _write(self, first: int, last: int, level: int) -> str:
        pieces, start, n = [], first, first
        while n <= last:
            if self._is_open_graph(n):
                close = self._layout.closes[n + 2]
                pieces += [self._slice(start, n), self._write_union(n, level + 1)]
                start = n = close + 1
            else:
                n += 1
        return "".join((*pieces, self._layout.slice(start, last)))

    def _slice(self, start: int, place: int) -> str:
        """Return the text from one token up to the beginning of another, with the spaces and comments before that."""
        return self._layout.text[self._layout.tokens[start].position : self._layout.tokens[place].position]

    def _is_open_graph(self, n: int) -> bool:
        tokens = self._layout.tokens
        return (
            word_of(tokens[n]) == "GRAPH"
            and n + 2 in self._layout.closes
            and is_variable(tokens[n + 1])
            and tokens[n + 2].text == "{"
            and self._layout.closes[n + 2] > n + 3
            and _needs_union(self._layout, n + 2)
        )

    def _write_union(self, n: int, level: int) -> str:
        names = self._names
        variable, opening = self._layout.tokens[n + 1].text, n + 2
        if not names:
            # The pattern stays for the parser, and for the columns of SELECT *.
            return f"{{ FILTER(false) {self._layout.slice(n, self._layout.closes[opening])} }}"
        body = self._write(opening + 1, self._layout.closes[opening] - 1, level)
        self._check(body, len(names), level)
        labels = self._own_labels(opening)
        parts = (
            f"{{ VALUES {variable} {{ {name} }} GRAPH {name} {{ {self._rename(body, number, labels)}\n}} }}"
            for number, name in enumerate(names)
        )
        return self._check("{ " + " UNION ".join(parts) + " }")

    def _rename(self, body: str, number: int, labels: Collection[str]) -> str:
        """Give the blank nodes of each copy labels of their own: a label may not stand in two basic graph patterns."""
        layout = read_layout(body) if labels else None
        for token in reversed(() if layout is None else layout.tokens):
            if token.text.partition(_COPY)[0] in labels:
                end = token.position + len(token.text)
                body = f"{body[:end]}{_COPY}{number}{body[end:]}"
        return body

    def _own_labels(self, opening: int) -> set[str]:
        """Return the labels of blank nodes in a group. One that stands outside too is none: such a query has to stay wrong."""
        tokens, close = self._layout.tokens, self._layout.closes[opening]
        inside = {token.text for token in tokens[opening:close] if token.text.startswith("_:")}
        return inside - {token.text for token in (*tokens[:opening], *tokens[close:])}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The named graphs of the query's data set (https://www.w3.org/TR/sparql11-protocol/#dataset), as they are written."""
        if self._named_graphs is None and self._layout.dataset:
            return tuple(dict.fromkeys(name for is_named, name in self._layout.dataset if is_named))
        graphs = self._list_graphs() if self._named_graphs is None else self._named_graphs
        return tuple(dict.fromkeys(f"<{iri}>" for iri in graphs))

    def _check(self, text: str, times: int = 1, level: int = 0) -> str:
        if len(text) * times > SIZE_LIMIT or level > _LEVEL_LIMIT:
            raise QueryTooLargeError(
                "GRAPH with a variable around a subquery, MINUS or the like is evaluated in each graph alone, and for the graphs "
                "of this data set that makes the query too long: name the graphs that you ask about, or ask in several steps"
            )
        return text


def _needs_union(layout: Layout, opening: int) -> bool:
    tokens = layout.tokens
    inside = range(opening + 1, layout.closes[opening])
    if any(word_of(tokens[n]) in ("SELECT", "MINUS", "GRAPH") for n in inside):
        return True
    graph = tokens[opening - 1].text[1:]
    if any(word_of(tokens[n]) == "AS" and tokens[n + 1].text[1:] == graph for n in inside):
        return True
    groups = (n for n in (opening, *inside) if tokens[n].text == "{" and not _is_data_block(layout, n))
    return not all(_has_triples(layout, n) for n in groups)


def _is_data_block(layout: Layout, opening: int) -> bool:
    """Return whether these braces are those of VALUES."""
    tokens = layout.tokens
    names = opening - 1
    if tokens[names].text == ")":
        names = layout.opens[names]
    return word_of(tokens[names - 1]) == "VALUES"


def _has_triples(layout: Layout, opening: int) -> bool:
    """Return whether each solution of a group has a triple behind it, and that before anything of the group looks at it."""
    n, close = opening + 1, layout.closes[opening]
    while n < close:
        token = layout.tokens[n]
        if token.text == "{":
            branches, n = _read_union(layout, n)
            if all(_has_triples(layout, each) for each in branches):
                return True
        elif word_of(token) == "VALUES":
            n = _skip(layout, n, close, "{")
        elif word_of(token) == "FILTER":
            n = _skip(layout, n, close, "({")
        elif token.text == ".":
            n += 1
        else:
            # A triple, but for the words that begin OPTIONAL, BIND and the like.
            return token.kind != "word" or word_of(token) in ("TRUE", "FALSE")
    return False


def _read_union(layout: Layout, n: int) -> tuple[Sequence[int], int]:
    """Return where each group of a union opens, and the place after the last."""
    branches = [n]
    n = layout.closes[n] + 1
    while word_of(layout.tokens[n]) == "UNION" and layout.tokens[n + 1].text == "{":
        branches.append(n + 1)
        n = layout.closes[n + 1] + 1
    return branches, n


def _skip(layout: Layout, start: int, close: int, openings: str) -> int:
    """Return the place after the first bracket of one of these kinds."""
    return next((layout.closes[n] + 1 for n in range(start, close) if layout.tokens[n].text in openings), close)
