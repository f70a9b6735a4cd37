"""What may be run: one linear walk over a query's tokens, before any parser sees it.

The parser behind the endpoint recurses once per bracket and takes minutes over nested collections, so depth and size are
bounded here. It also knows no word boundaries (`trueSERVICE<…>` and `SERVICE:x {` are calls to another server for it) and tells
`<` the operator from `<` the start of an IRI by context. Where two readings are possible, the guard refuses when either of them
holds a refused word.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from filmgraph.errors import QueryForbiddenError, QuerySyntaxError, QueryTooLargeError

if TYPE_CHECKING:
    # Each worker imports this module as it starts, and has no use for the settings.
    from filmgraph.settings import EndpointSettings

__all__ = ["GuardLimits", "QueryForm", "Token", "check_query", "is_repeatable", "iter_tokens"]


class QueryForm(enum.Enum):
    """The four forms of a query (https://www.w3.org/TR/sparql11-query/#QueryForms)."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def gives_graph(self) -> bool:
        """Whether the answer is RDF, and not a table or a truth value."""
        return self in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """How large and how deeply nested a query may be.

    `query_bytes` is measured in UTF-8. `depth` counts all open brackets, `list_depth` only round and square ones, which cost the
    parser most. `signs` is the length of a run of `!`, `+`, `-` and `^`.
    """

    query_bytes: int = 16_384
    tokens: int = 4_000
    depth: int = 48
    list_depth: int = 16
    signs: int = 32

    @classmethod
    def of(cls, settings: EndpointSettings) -> GuardLimits:
        """Return the limits that the settings name."""
        return cls(settings.query_bytes, settings.tokens, settings.depth, settings.list_depth, settings.signs)


_UPDATE_WORDS: Final = frozenset({"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_CALL: Final = "SERVICE"
_OPENING: Final = frozenset({"{", "(", "[", "<<"})
_CLOSING: Final = {"}": "{", ")": "(", "]": "[", ">>": "<<"}
_SIGNS: Final = frozenset("!+-^")
# After these words a prefixed name may stand right before a brace.
_NAMING_WORDS: Final = frozenset({"GRAPH", "FROM", "NAMED", "DESCRIBE"})

# https://www.w3.org/TR/sparql11-query/#sparqlGrammar, terminals. All quantifiers are possessive: no backtracking, so linear.
# What stands before a token, spaces and comments, is part of its match.
_TOKEN: Final = re.compile(
    r"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*+
    (?: (?P<variable> [?$]\w++ )
      | (?P<string> "{3}(?: [^"\\] | \\[\s\S] | "(?!"") )*+ "{3}
                  | '{3}(?: [^'\\] | \\[\s\S] | '(?!'') )*+ '{3}
                  | "(?!"") (?: [^"\\\r\n] | \\[^\r\n] )*+ "
                  | '(?!'') (?: [^'\\\r\n] | \\[^\r\n] )*+ ' )
      | (?P<iri>    < [^<>"{}|^`\x00-\x20]*+ > )
      | (?P<name>   (?: [^\W\d][\w.\-]*+ )? : (?: [\w.:\-] | %[0-9A-Fa-f]{2} | \\[_~.\-!$&'()*+,;=/?\#@%] )*+ )
      | (?P<word>   [^\W\d][\w.\-]*+ )
      | (?P<other>  @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ | \d++(?:\.\d++)?(?:[eE][+\-]?\d++)?
                  | <<(?![^<>"{}|^`\x00-\x20]*+>) | >> | [\s\S] )
      | \Z )
    """,
    re.VERBOSE,
)
_WORD: Final = re.compile(r"\w+")
_CODEPOINT: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_BRACKET_IN_IRI_LIMIT: Final = 16
# NOW, RAND, UUID and STRUUID.
_CHANGING_CALL: Final = re.compile(r"(?:now|rand|uuid)\s*[(#]", re.IGNORECASE)


class Token(NamedTuple):
    """One word or sign of a query: `kind` is variable, string, iri, name (prefixed), word or other.

    `position` counts characters from 0.
    """

    kind: str
    text: str
    position: int


def check_query(text: str, limits: GuardLimits, known_graphs: Collection[str]) -> QueryForm:
    """Return the form of a query that may be run.

    `known_graphs` are the graphs that FROM and FROM NAMED may name. QueryTooLargeError when a limit is passed,
    QueryForbiddenError for updates, for calls to other servers and for unknown graphs, QuerySyntaxError when there is no query
    at all or it is cut short.
    """
    size = len(text.encode(errors="replace"))
    if size > limits.query_bytes:
        raise QueryTooLargeError(f"the query has {size} bytes and the limit is {limits.query_bytes}: make it shorter")
    # The standard decodes \u before anything else, our engine only inside strings and IRIs: both readings must be harmless.
    decoded = _decode_codepoints(text)
    if decoded != text:
        _check_reading(decoded, limits, known_graphs)
    return _check_reading(text, limits, known_graphs)


def is_repeatable(text: str) -> bool:
    """Return whether a query gives the same answer again from the same data: it asks for no time of day and for no chance.

    >>> is_repeatable("SELECT (now() AS ?time) {}")
    False
    """
    return _CHANGING_CALL.search(text) is None


def _check_reading(text: str, limits: GuardLimits, known_graphs: Collection[str]) -> QueryForm:
    walk = _Walk(text, limits, known_graphs)
    for token in iter_tokens(text):
        walk.take(token)
    if walk.form is None:
        raise QuerySyntaxError("there is no query: begin with SELECT, ASK, CONSTRUCT or DESCRIBE")
    return walk.form


def iter_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments; QuerySyntaxError for a string that is not closed."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None:
            return
        word = match[kind]
        if word == '"' or word == "'":
            raise _syntax_error(text, match.start(kind), "a string is opened and not closed")
        yield Token(kind, word, match.start(kind))


def _decode_codepoints(text: str) -> str:
    r"""Decode `\uXXXX` and `\UXXXXXXXX` (https://www.w3.org/TR/sparql11-query/#codepointEscape)."""
    return _CODEPOINT.sub(_decode_codepoint, text)


def _decode_codepoint(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise _syntax_error(match.string, match.start(), f"{match[0]} is no character")
    return chr(number)


def _find_place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _place(text: str, position: int) -> str:
    line, column = _find_place(text, position)
    return f"line {line}, column {column}"


def _syntax_error(text: str, position: int, what: str) -> QuerySyntaxError:
    return QuerySyntaxError(f"{_place(text, position)}: {what}", *_find_place(text, position))


_NO_TOKEN: Final = Token("", "", 0)


@dataclass(slots=True)
class _Walk:
    """What is known of a query while its tokens go by."""

    text: str
    limits: GuardLimits
    known_graphs: Collection[str]
    form: QueryForm | None = None
    count: int = 0
    signs: int = 0
    opened: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_OPENING, 0))
    depth: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str = ""
    last: Token = _NO_TOKEN
    before_last: Token = _NO_TOKEN

    def take(self, token: Token) -> None:
        self.count += 1
        if self.count > self.limits.tokens:
            raise self._too_large(token, f"more than {self.limits.tokens} words and signs")
        kind = token.kind
        if kind == "other":
            self._measure(token)
        else:
            self.signs = 0
            if kind == "word":
                self._check_words(token)
            elif kind == "iri" or kind == "name":
                self._check_iri(token)
        self.before_last, self.last = self.last, token

    def _measure(self, token: Token) -> None:
        text = token.text
        if text in _SIGNS:
            self.signs += 1
            if self.signs > self.limits.signs:
                raise self._too_large(token, f"more than {self.limits.signs} signs in a row")
            return
        self.signs = 0
        if text in _OPENING:
            self._open(token)
            if text == "{":
                self._check_brace()
        elif text in _CLOSING and self.opened[_CLOSING[text]] > 0:
            self.opened[_CLOSING[text]] -= 1
            self.depth -= 1

    def _open(self, token: Token) -> None:
        self.opened[token.text] += 1
        self.depth += 1
        if self.depth > self.limits.depth:
            raise self._too_large(token, f"brackets nested more than {self.limits.depth} deep")
        if self.opened["("] + self.opened["["] > self.limits.list_depth:
            raise self._too_large(token, f"round or square brackets nested more than {self.limits.list_depth} deep")

    def _check_words(self, token: Token) -> None:
        words = [each.upper() for each in _WORD.findall(token.text)]
        if any(_CALL in word for word in words):
            raise self._calls_elsewhere(token)
        for word in words:
            if word in _UPDATE_WORDS:
                raise QueryForbiddenError(f"{self._at(token)}: {word} is an update, and this endpoint only answers queries")
        if self.form is None and words and words[0] in QueryForm.__members__:
            self.form = QueryForm[words[0]]

    def _check_iri(self, token: Token) -> None:
        if token.kind == "iri":
            self._check_lookalike(token)
        words = (self.before_last.text.upper(), self.last.text.upper())
        if self.form is None:
            self._learn_prologue(token, words)
        elif "FROM" in (words[1], words[0] if words[1] == "NAMED" else ""):
            iri = self._resolve(token)
            if iri not in self.known_graphs:
                known = ", ".join(sorted(self.known_graphs)) or "none"
                raise QueryForbiddenError(f"{self._at(token)}: there is no graph {iri} here; the named graphs are: {known}")

    def _check_lookalike(self, token: Token) -> None:
        """Refuse `<…>` that could also be a comparison followed by a call: `FILTER(?a<?b)SERVICE?x#>`."""
        if _CALL in token.text.partition(")")[2].upper():
            raise self._calls_elsewhere(token)
        if sum(map(token.text.count, "([!")) > _BRACKET_IN_IRI_LIMIT:
            raise self._too_large(token, f"more than {_BRACKET_IN_IRI_LIMIT} brackets in an IRI")

    def _check_brace(self) -> None:
        """Refuse `SERVICE:x {`, which is a prefixed name by the standard and a call for our parser."""
        prefix = self.last.text.partition(":")[0].upper()
        if self.last.kind == "name" and _CALL in prefix and self.before_last.text.upper() not in _NAMING_WORDS:
            raise self._calls_elsewhere(self.last)

    def _learn_prologue(self, token: Token, words: tuple[str, str]) -> None:
        if token.kind != "iri":
            return
        if words[1] == "BASE":
            self.base = self._resolve(token)
        elif words[0] == "PREFIX":
            self.prefixes[self.last.text.removesuffix(":")] = self._resolve(token)

    def _resolve(self, token: Token) -> str:
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)
        iri = _decode_codepoints(token.text[1:-1])
        if _ABSOLUTE.match(iri) or not self.base:
            return iri
        try:
            return urljoin(self.base, iri)
        except ValueError as error:
            raise _syntax_error(self.text, token.position, f"{token.text} is no IRI: {error}") from error

    def _at(self, token: Token) -> str:
        return _place(self.text, token.position)

    def _calls_elsewhere(self, token: Token) -> QueryForbiddenError:
        return QueryForbiddenError(
            f"{self._at(token)}: SERVICE asks another server, and this endpoint answers from its own data only: leave it out"
        )

    def _too_large(self, token: Token, what: str) -> QueryTooLargeError:
        return QueryTooLargeError(f"{self._at(token)}: {what}: make the query simpler, or ask in several steps")
