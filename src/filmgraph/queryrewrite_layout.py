"""A query's tokens with their brackets matched: what the rewritings of `queryrewrite` look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from filmgraph.queryguard import QueryForm, Token, iter_tokens

__all__ = ["Layout", "is_variable", "read_layout", "word_of"]

_CLOSING: Final = {"}": "{", ")": "(", "]": "["}
_OPENING: Final = frozenset(_CLOSING.values())


@dataclass(frozen=True)
class Layout:
    """The tokens of a query.

    `closes` gives the place of the closing bracket of each opening one, `parents` the place of the innermost bracket that is open
    around each token, or -1.
    """

    text: str
    tokens: Sequence[Token]
    closes: dict[int, int]
    parents: Sequence[int]

    def slice(self, first: int, last: int) -> str:
        """Return the text from token `first` to token `last`, both within; "" when there is none."""
        if first > last:
            return ""
        return self.text[self.tokens[first].position : self.end(last)]

    def end(self, place: int) -> int:
        """Return where in the text a token ends."""
        return self.tokens[place].position + len(self.tokens[place].text)

    @cached_property
    def opens(self) -> dict[int, int]:
        """The place of the opening bracket of each closing one."""
        return {close: opening for opening, close in self.closes.items()}

    @cached_property
    def form(self) -> int:
        """The place of SELECT, ASK, CONSTRUCT or DESCRIBE; what stands before it is the prologue."""
        return next((n for n, token in enumerate(self.tokens) if word_of(token) in QueryForm.__members__), len(self.tokens))

    @property
    def prologue(self) -> str:
        """The BASE and PREFIX lines."""
        return self.slice(0, self.form - 1)

    @cached_property
    def dataset(self) -> tuple[tuple[bool, str], ...]:
        """The FROM clauses in order: whether FROM NAMED, and the IRI as it is written."""
        clauses = []
        for n in range(self.form, len(self.tokens)):
            if self.tokens[n].text == "{":
                break
            if word_of(self.tokens[n]) == "FROM" and n + 2 < len(self.tokens):
                is_named = word_of(self.tokens[n + 1]) == "NAMED"
                clauses.append((is_named, self.tokens[n + 1 + is_named].text))
        return tuple(clauses)


def word_of(token: Token) -> str:
    """Return a keyword in capitals, "" for any other token."""
    return token.text.upper() if token.kind == "word" else ""


def is_variable(token: Token) -> bool:
    """Return whether a token is a variable."""
    return len(token.text) > 1 and token.text[0] in "?$"


def read_layout(text: str) -> Layout | None:
    """Return the layout of a query; None where brackets do not match or where `<` can be read in two ways."""
    tokens = tuple(_split_dots(iter_tokens(text)))
    closes: dict[int, int] = {}
    parents, opened = [], list[int]()
    for n, token in enumerate(tokens):
        if token.text in _CLOSING:
            if not opened or tokens[opened[-1]].text != _CLOSING[token.text]:
                return None
            closes[opened.pop()] = n
        parents.append(opened[-1] if opened else -1)
        if token.text in _OPENING:
            opened.append(n)
        if n > 0 and token.kind == "iri" and opened and tokens[opened[-1]].text == "(" and _may_compare(tokens[n - 1], token):
            return None
    return None if opened else Layout(text, tokens, closes, parents)


def _split_dots(tokens: Iterator[Token]) -> Iterator[Token]:
    """Take the full stop off the end of a name: it ends the triple (https://www.w3.org/TR/sparql11-query/#rPN_LOCAL)."""
    for token in tokens:
        name = token.text.rstrip(".") if token.kind in ("name", "word") else token.text
        yield token._replace(text=name)
        for n in range(len(name), len(token.text)):
            yield Token("other", ".", token.position + n)


def _may_compare(
    before: Token, token: Token, operands: Collection[str] = frozenset({"variable", "string", "name", "iri"})
) -> bool:
    """Return whether `<` may be the operator instead, and what looks like an IRI the operand, another operator or a comment."""
    scheme, _, rest = token.text[1:].partition(":")
    if scheme.isalnum() and rest.startswith("//"):
        return False
    return before.kind in operands or before.text in (")", "]") or before.text[0].isalnum()
