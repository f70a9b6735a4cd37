"""Saved queries: a SELECT query in a file, with its titles and parameters in comments at the top. Pure.

    # title@en: Films of a director
    # description@en: What a person directed, oldest first.
    #   A line that begins with two spaces or more continues the one above it.
    # keywords: director, filmography
    # parameter director: thing person | default person/bas-devos
    # parameter director@en: The director, as key or IRI
    SELECT ?film WHERE { ?film schema:director ?director }

Titles, descriptions and what a parameter is stand there in every language of `LANGUAGES`. A value takes the place of its variable
as a `VALUES` clause at the start of the query's outermost group, written from a checked term: no text of a request ever becomes a
part of the query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from filmgraph.errors import QueryParameterError, SavedQueryError
from filmgraph.iris import IriScheme, is_key
from filmgraph.queries_parameter import Parameter, parse_parameter, to_term

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "SUFFIX",
    "SavedQuery",
    "bind",
    "from_json",
    "is_saved_query",
    "parse_query",
    "query_iri",
    "resolve_values",
    "to_json",
]

FOLDER: Final = "queries"
SUFFIX: Final = ".rq"
#: Every saved query has a title and a description in each of these, and each of its parameters a label.
LANGUAGES: Final = ("en", "nl", "fr")

_PARAMETER: Final = "parameter "
_HEADER: Final = re.compile(r"#\s?(?P<name>\S[^:]*?)\s*:\s+(?P<value>.+)")
_CONTINUED: Final = re.compile(r"#\s{2,}(?P<more>\S.*)")
_TOKEN: Final = re.compile(
    r"""
      (?P<space>  \s++ | \#[^\r\n]*+ )
    | (?P<string> \"{3}(?: [^"\\] | \\[\s\S] | "(?!"") )*+ \"{3} | '{3}(?: [^'\\] | \\[\s\S] | '(?!'') )*+ '{3}
                | "(?: [^"\\\r\n] | \\. )*+" | '(?: [^'\\\r\n] | \\. )*+' )
    | (?P<iri>    < [^<>"{}|^`\\\x00-\x20]*+ > )
    | (?P<word>   [?$]?\w[\w.\-]*+ )
    | (?P<sign>   [\s\S] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query, its titles and descriptions by language tag. `source` is the whole file, `text` the query without its header."""

    key: str
    titles: Mapping[str, str] = field(hash=False)
    descriptions: Mapping[str, str] = field(hash=False)
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    source: str


@dataclass(slots=True)
class _Header:
    """The fields of a header while it is read, with the line of each."""

    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    last: str = ""


def is_saved_query(text: str) -> bool:
    """Return whether the comments at the top of a query are those of a saved query, whole or not."""
    for line in text.removeprefix("\ufeff").splitlines():
        if not line.startswith("#"):
            return False
        found = _HEADER.fullmatch(line.rstrip())
        if found and found["name"] != "keywords" and _is_field(found["name"]):
            return True
    return False


def parse_query(key: str, text: str) -> SavedQuery:
    """Read a saved query; SavedQueryError names the line and what should stand there."""
    if not is_key(key):
        raise SavedQueryError(f"{key!r} is no name for a query: use letters, digits and single hyphens", 1)
    lines = text.removeprefix("\ufeff").splitlines()
    header, end = _read_header(lines)
    body = "\n".join(lines[end:]).strip() + "\n"
    query = SavedQuery(
        key=key,
        titles=_texts(header, "title"),
        descriptions=_texts(header, "description"),
        keywords=tuple(filter(None, (each.strip() for each in header.fields.get("keywords", "").split(",")))),
        parameters=tuple(_iter_parameters(header)),
        text=body,
        source=text,
    )
    _check_body(query, end + 1, header)
    return query


def _read_header(lines: list[str]) -> tuple[_Header, int]:
    """Return the fields and the number of lines that they take: the header ends at the first line that is no comment."""
    header = _Header()
    for n, line in enumerate(lines, 1):
        if not line.startswith("#"):
            return header, n - 1
        if header.last and (more := _CONTINUED.fullmatch(line.rstrip())):
            header.fields[header.last] += " " + more["more"]
            continue
        found = _HEADER.fullmatch(line.rstrip())
        if found is None or not _is_field(found["name"]):
            raise SavedQueryError(
                f"line {n}: {line.strip()[:60]!r} is none of '# title@en: …', '# description@en: …', '# keywords: …', "
                "'# parameter NAME: …' and '# parameter NAME@en: …'; other comments belong below the header, after an empty line",
                n,
            )
        name = " ".join(found["name"].split())
        if name in header.fields:
            raise SavedQueryError(f"line {n}: {name} stands here a second time, after line {header.lines[name]}", n)
        header.fields[name], header.lines[name], header.last = found["value"].strip(), n, name
    return header, len(lines)


def _is_field(name: str) -> bool:
    head, at, language = name.partition("@")
    if at:
        return language in LANGUAGES and (head in ("title", "description") or head.startswith(_PARAMETER))
    return name == "keywords" or name.startswith(_PARAMETER)


def _iter_parameters(header: _Header) -> Iterator[Parameter]:
    for name, value in header.fields.items():
        head, at, _ = name.partition("@")
        line = header.lines[name]
        if at and head.startswith(_PARAMETER) and head not in header.fields:
            raise SavedQueryError(f"line {line}: there is no '# {head}: …' that this could name: add one, or take this out", line)
        if not at and name.startswith(_PARAMETER):
            yield parse_parameter(name.removeprefix(_PARAMETER), value, _texts(header, name, line), line)


def _texts(header: _Header, name: str, line: int = 1) -> Mapping[str, str]:
    missing = next((each for each in LANGUAGES if f"{name}@{each}" not in header.fields), None)
    if missing:
        raise SavedQueryError(f"line {line}: there is no '# {name}@{missing}: …' in the header: add one", line)
    return MappingProxyType({each: header.fields[f"{name}@{each}"] for each in LANGUAGES})


def _check_body(query: SavedQuery, first_line: int, header: _Header) -> None:
    try:
        _find_group(query.text)
    except ValueError as error:
        raise SavedQueryError(f"line {first_line}: {error}", first_line) from None
    words = {match[0] for match in _TOKEN.finditer(query.text) if match.lastgroup == "word"}
    for each in query.parameters:
        if not words & {f"?{each.name}", f"${each.name}"}:
            line = header.lines[_PARAMETER + each.name]
            raise SavedQueryError(
                f"line {line}: the query has no variable ?{each.name}: rename the parameter or take it out", line
            )


def _find_group(text: str) -> int:
    """Return where the outermost group of a SELECT query begins, right after its brace; ValueError for anything else."""
    form, depth = "", 0
    for match in _TOKEN.finditer(text):
        word = match[0].upper()
        if not form and match.lastgroup == "word" and word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            form = word
            if form != "SELECT":
                raise ValueError(f"a saved query is a SELECT query, and this one begins with {form}")
        elif word in ("(", ")"):
            depth += 1 if word == "(" else -1
        elif word == "{" and form and depth == 0:
            return match.end()
    raise ValueError("there is no SELECT query with a group in braces below the header")


def resolve_values(query: SavedQuery, values: Mapping[str, str], iris: IriScheme) -> dict[str, str]:
    """Return the terms that the query's variables get, as N-Triples; where no value or an empty one is given, the default counts.

    QueryParameterError for a parameter that the query does not have, and for a value that is not of its kind.
    """
    known = {each.name for each in query.parameters}
    if unknown := sorted(set(values) - known):
        there = f"there are {', '.join(sorted(known))}" if known else "it has none"
        raise QueryParameterError(f"the query {query.key} has no parameter {unknown[0][:40]!r}; {there}")
    terms = {}
    for each in query.parameters:
        value = values.get(each.name, "").strip() or each.default
        if value is not None:
            terms[each.name] = to_term(each, value, iris)
    return terms


def bind(query: SavedQuery, values: Mapping[str, str], iris: IriScheme) -> str:
    """Return the text of the query with its parameters bound to `values`, or to their defaults.

    QueryParameterError as `resolve_values`.
    """
    terms = resolve_values(query, values, iris)
    if not terms:
        return query.text
    position = _find_group(query.text)
    clauses = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in terms.items())
    return query.text[:position] + clauses + query.text[position:]


def query_iri(key: str, iris: IriScheme) -> str:
    """Return the IRI of a saved query, which is its address too."""
    return f"{iris.base}{FOLDER}/{key}"


def to_json(queries: Iterable[SavedQuery], iris: IriScheme) -> str:
    """Return `queries.json`: for each query what its header says, its text with the defaults bound, and its file."""
    entries = [
        {
            "key": each.key,
            "iri": query_iri(each.key, iris),
            "title": dict(each.titles),
            "description": dict(each.descriptions),
            "keywords": list(each.keywords),
            "parameters": [parameter.to_dict() for parameter in each.parameters],
            "query": bind(each, {}, iris),
            "source": each.source,
        }
        for each in sorted(queries, key=lambda each: each.key)
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> tuple[SavedQuery, ...]:
    """Read what `to_json` wrote; SavedQueryError when it is something else."""
    try:
        entries: list[dict[str, Any]] = json.loads(text)
        return tuple(parse_query(str(each["key"]), str(each["source"])) for each in entries)
    except (SavedQueryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SavedQueryError(f"queries.json is damaged or of another version ({error}): build the release again", 1) from error
