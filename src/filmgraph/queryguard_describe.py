"""Which things a DESCRIBE query names: the same query, rewritten as a SELECT of them. Pure.

The standard leaves to the endpoint what a description holds (https://www.w3.org/TR/sparql11-query/#describe); ours is the
document of the thing, which the engine does not know. So the engine only finds the things. Whatever the rewriting does not
understand beyond doubt is None, and the engine's own description stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from filmgraph.errors import QueryError
from filmgraph.queryguard import GuardLimits, QueryForm, Token, check_query, iter_tokens

__all__ = ["DescribePlan", "plan_describe"]

_PROLOGUE_WORDS: Final = frozenset({"BASE", "PREFIX"})
_PATTERN_STARTS: Final = frozenset({"WHERE", "{"})
_MODIFIERS: Final = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
#: How much longer than the query its rewritten form may be.
_ADDED_BYTES: Final = 64
_ADDED_TOKENS: Final = 8


@dataclass(frozen=True, slots=True)
class DescribePlan:
    """Up to two SELECT queries whose values are the things to describe.

    `named` gives the IRIs that stand in the DESCRIBE itself: they are described whether or not its pattern finds anything.
    `found` gives the values of its variables.
    """

    named: str | None
    found: str | None

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries, those of the named things first."""
        return tuple(each for each in (self.named, self.found) if each is not None)


def plan_describe(text: str, limits: GuardLimits, known_graphs: Collection[str]) -> DescribePlan | None:
    """Return how to find the things that a DESCRIBE names; `text` has passed `check_query` with these limits.

    None when the query names its own dataset (then its description must come from those graphs alone), and when it is not
    understood; its syntax may still be wrong.
    """
    tokens = tuple(iter_tokens(text))
    start = _find_describe(tokens)
    if start is None:
        return None
    terms = tuple(_iter_terms(tokens[start + 1 :]))
    rest = tokens[start + 1 + len(terms) :]
    if not terms or (rest and rest[0].text.upper() not in _PATTERN_STARTS | _MODIFIERS):
        return None
    plan = _write_plan(text, text[: tokens[start].position], terms, rest)
    return plan if all(_is_harmless(each, limits, known_graphs) for each in plan.queries) else None


def _find_describe(tokens: Sequence[Token]) -> int | None:
    """Return the place of the word DESCRIBE that opens the query: after BASE and PREFIX lines there is nothing else."""
    for n, token in enumerate(tokens):
        if token.kind == "word":
            word = token.text.upper()
            if word == QueryForm.DESCRIBE.value:
                return n
            if word not in _PROLOGUE_WORDS:
                return None
        elif token.kind not in ("iri", "name"):
            return None
    return None


def _iter_terms(tokens: Sequence[Token]) -> Iterator[Token]:
    for n, token in enumerate(tokens):
        if token.text == "*" and n == 0:
            yield token
            return
        if token.kind not in ("iri", "name") and token.text[0] not in "?$":
            return
        yield token


def _write_plan(text: str, prologue: str, terms: Sequence[Token], rest: Sequence[Token]) -> DescribePlan:
    names = dict.fromkeys(each.text for each in terms if each.kind in ("iri", "name"))
    variables = dict.fromkeys("?" + each.text[1:] for each in terms if each.text[0] in "?$")
    wanted = "*" if terms[0].text == "*" else " ".join(variables)
    pattern = text[rest[0].position :] if rest else ""
    if not rest or rest[0].text.upper() not in _PATTERN_STARTS:
        pattern = "{} " + pattern
    return DescribePlan(
        named=f"{prologue}SELECT ?thing {{ VALUES ?thing {{ {' '.join(names)} }} }}" if names else None,
        found=f"{prologue}SELECT {wanted} {pattern}" if wanted else None,
    )


def _is_harmless(query: str, limits: GuardLimits, known_graphs: Collection[str]) -> bool:
    """Return whether the guard lets a rewritten query pass as the SELECT that it should be."""
    widened = replace(
        limits, query_bytes=limits.query_bytes + _ADDED_BYTES, tokens=limits.tokens + _ADDED_TOKENS, depth=limits.depth + 2
    )
    try:
        return check_query(query, widened, known_graphs) is QueryForm.SELECT
    except QueryError:
        return False
