"""Queries and requests that mean harm, each with the HTTP statuses that are right answers to it.

Everything is generated and always the same. Where two statuses are right, the machine's speed or memory decides between them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

__all__ = ["Attack", "iter_attacks", "slice_attacks"]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
NAMES = "abcdefghijklmnopqrstuvwxyz"
LATE_OR_LARGE = frozenset({413, 504})
ANY_TRIPLE = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"


@dataclass(frozen=True)
class Attack:
    """One request. `kind` groups those that try the same thing; `statuses` are the right answers."""

    kind: str
    name: str
    statuses: frozenset[int]
    body: bytes = b""
    method: str = "POST"
    path: str = "/sparql"
    headers: dict[str, str] = field(default_factory=lambda: dict(DIRECT))


def slice_attacks(attacks: list[Attack], count: int) -> list[Attack]:
    """Return `count` of the attacks, spread evenly over all kinds."""
    kinds: dict[str, list[Attack]] = {}
    for each in attacks:
        kinds.setdefault(each.kind, []).append(each)
    chosen: list[Attack] = []
    while len(chosen) < min(count, len(attacks)):
        for rest in kinds.values():
            if rest and len(chosen) < count:
                chosen.append(rest.pop(len(rest) // 2))
    return chosen


def iter_attacks(canary_url: str) -> Iterator[Attack]:
    """Yield all attacks; `canary_url` is what no query may reach."""
    yield from _nesting()
    yield from _chains()
    yield from _products()
    yield from _closures()
    yield from _growth()
    yield from _values()
    yield from _patterns()
    yield from _calls(canary_url)
    yield from _graphs(canary_url)
    yield from _updates(canary_url)
    yield from _bodies()
    yield from _nonsense()


def _query(kind: str, name: str, statuses: int | frozenset[int], text: str) -> Attack:
    right = frozenset({statuses}) if isinstance(statuses, int) else statuses
    return Attack(kind, name, right, text.encode())


def _nesting() -> Iterator[Attack]:
    """Brackets in brackets: the parser recurses, and takes minutes over collections in collections."""
    shapes = {
        "groups": ("ASK ", "{", "}", ""),
        "optionals": ("ASK { ", "OPTIONAL { ", "} ", "}"),
        "minus": ("ASK { ", "MINUS { ", "} ", "}"),
        "selects": ("ASK { ", "{ SELECT * { ", "} } ", "}"),
        "filters": ("ASK { FILTER ", "(", ")", "1 }"),
        "collections": ("ASK { ?s ?p ", "(", ")", "}"),
        "blank nodes": ("ASK { ?s ?p ", "[ ?q ", "]", "}"),
        "conditions": ("ASK { FILTER(", "IF(true,", ",1)", ") }"),
        "exists": ("ASK { ", "FILTER EXISTS { ", "} ", "}"),
        "quoted triples": ("ASK { ", "<< ", " ?p ?o >>", " ?p ?o }"),
        "paths": ("ASK { ?s ", "(", ")", " ?o }"),
        "inverse paths": ("ASK { ?s ", "^(", ")", " ?o }"),
        "path steps": ("ASK { ?s ", "<x:p>/(", ")", " ?o }"),
        "ors": ("ASK { FILTER ", "(1||", ")", "1 }"),
        "products": ("ASK { FILTER ", "(2*", ")", "1 }"),
        "minus signs": ("ASK { FILTER(", "-(", ")", ") }"),
        "exclamation marks": ("ASK { FILTER(", "!(", ")", ") }"),
        "membership": ("ASK { FILTER(1 IN ", "(1 IN ", ")", ") }"),
        "functions": ("ASK { FILTER(", "STR(", ")", ") }"),
        "aggregates": ("SELECT ", "(SUM(", ") AS ?n)", " {}"),
        "graphs": ("ASK { ", "GRAPH ?g { ", "} ", "}"),
    }
    numbers = ("filters", "conditions", "collections", "ors", "products", "minus signs", "exclamation marks", "functions")
    paths = dict.fromkeys(("paths", "inverse paths", "path steps"), "<x:p>")
    middles = dict.fromkeys(numbers, "1") | paths | {"quoted triples": "?s", "blank nodes": "?z", "membership": "(1)"}
    for name, (before, opening, closing, after) in shapes.items():
        for depth in (60, 500, 1_500):
            middle = middles.get(name, "")
            text = before + opening * depth + middle + (closing * depth if depth < 1_000 else "") + after.replace("1 }", " }")
            yield _query("nesting", f"{name} {depth} deep", 413, text)
    yield _query("nesting", "groups as deep as allowed", 200, "ASK " + "{" * 48 + "}" * 48)
    yield _query("nesting", "collections as deep as allowed", 200, "ASK { ?s ?p " + "(" * 16 + ")" * 16 + "}")
    yield _query("nesting", "brackets only", 413, "SELECT " + "[" * 16_000)


def _chains() -> Iterator[Attack]:
    """Long rows of signs and words: some are quadratic, some overflow the stack."""
    for sign in "!-+^":
        yield _query("chains", f"{sign} 8,000 times", 413, "ASK { FILTER(" + sign * 8_000 + "1) }")
    for count in (1_500, 2_500, 3_500):
        right = 413 if count > 1_900 else frozenset({200, 413, 504})
        yield _query("chains", f"{count} sums", right, "ASK { FILTER(1" + "+1" * count + ") }")
        yield _query("chains", f"{count} ors", right, "ASK { FILTER(1" + "||1" * count + ") }")
        yield _query("chains", f"{count} path steps", right, "ASK { ?s <x:p>" + "/<x:p>" * count + " ?o }")
        yield _query("chains", f"{count} path choices", right, "ASK { ?s <x:p>" + "|<x:p>" * count + " ?o }")
    for count in (500, 1_000, 1_600):
        right = 413 if count > 1_300 else frozenset({200, 413, 504})
        yield _query("chains", f"{count} unions", right, "ASK { {}" + "UNION{}" * count + " }")
    for count in (100, 1_000):
        yield _query("chains", f"{count} optionals", frozenset({200, 413, 504}), "ASK { ?s ?p ?o " + "OPTIONAL{}" * count + " }")


def _products() -> Iterator[Attack]:
    """Joins without anything in common: they never end, or fill the memory."""
    heads = {
        "count": ("SELECT (COUNT(*) AS ?n) {{ {} }}", frozenset({504})),
        "distinct": ("SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {} }}", LATE_OR_LARGE),
        "sort": ("SELECT * {{ {} }} ORDER BY ?c ?f ?i", LATE_OR_LARGE),
        "sort and cut": ("SELECT * {{ {} }} ORDER BY DESC(?f) LIMIT 1", LATE_OR_LARGE),
        "groups": ("SELECT ?c ?f (COUNT(*) AS ?n) {{ {} }} GROUP BY ?c ?f ORDER BY ?n LIMIT 1", LATE_OR_LARGE),
        "one long text": ("SELECT (GROUP_CONCAT(STR(?c)) AS ?t) {{ {} }}", LATE_OR_LARGE),
        "everything": ("SELECT * {{ {} }}", LATE_OR_LARGE),
        "construct": ("CONSTRUCT {{ ?a ?b ?f }} {{ {} }}", LATE_OR_LARGE),
        "unlike": ("SELECT (COUNT(*) AS ?n) {{ {} FILTER(STR(?c) > STR(?f)) }}", frozenset({504})),
        "not there": ("ASK {{ {} FILTER(STRLEN(CONCAT(STR(?c), STR(?f))) < 0) }}", frozenset({504})),
    }
    for name, (text, right) in heads.items():
        for number in range(5):
            # Each text is its own, so that none is refused for what another did.
            yield _query("products", f"{name} {number}", right, f"# {number}\n" + text.format(ANY_TRIPLE))


def _closures() -> Iterator[Attack]:
    """Paths of any length, from everything to everything."""
    steps = ("(!<x:p>)*", "(!<x:p>)+", "(!^<x:p>|!<x:p>)*", "(!<x:p>|!<x:q>)*", "((!<x:p>)*/(!<x:q>)*)*")
    for number, step in enumerate(steps):
        for head in ("COUNT(*)", "COUNT(DISTINCT ?c)"):
            yield _query(
                "closures",
                f"{step} {head}",
                LATE_OR_LARGE,
                f"SELECT ({head} AS ?n) {{ ?a {step} ?b . ?b {step} ?c . ?d ?e ?f . ?c {step} ?g{number} }}",
            )


def _growth() -> Iterator[Attack]:
    """A text that doubles with each line."""
    for name, step in (
        ("CONCAT", "CONCAT(?v{0},?v{0})"),
        ("REPLACE", 'REPLACE(?v{0},"a","aa")'),
        ("ENCODE_FOR_URI", "ENCODE_FOR_URI(CONCAT(?v{0},?v{0}))"),
    ):
        for rounds in (36, 44, 60):
            binds = " ".join(f"BIND({step.format(n)} AS ?v{n + 1})" for n in range(rounds))
            text = f'SELECT (STRLEN(?v{rounds}) AS ?n) {{ BIND("a" AS ?v0) {binds} }}'
            yield _query("growth", f"{name} {rounds} times", LATE_OR_LARGE, text)


def _values() -> Iterator[Attack]:
    """Long lists, and short ones that multiply."""
    for count in (4_500, 30_000, 200_000):
        yield _query("values", f"{count} values", 413, "ASK { VALUES ?x { " + "1 " * count + "} }")
    numbers = " ".join(str(n) for n in range(100))
    for width in (5, 6, 7):
        blocks = " ".join(f"VALUES ?{each} {{ {numbers} }}" for each in NAMES[:width])
        yield _query("values", f"100 to the power of {width}", LATE_OR_LARGE, f"SELECT (COUNT(*) AS ?n) {{ {blocks} }}")
        blocks += " FILTER(?a + ?b < 0)"
        yield _query("values", f"{width} blocks and a filter", frozenset({200, 413, 504}), f"SELECT * {{ {blocks} }}")


def _patterns() -> Iterator[Attack]:
    """Regular expressions that take for ever where they are matched by trying; the engine's take linear time."""
    patterns = ("^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$")
    for pattern in patterns:
        for length in (30, 300, 3_000):
            text = f'ASK {{ FILTER(REGEX("{"a" * length}!", "{pattern}")) }}'
            yield _query("patterns", f"{pattern} over {length} letters", 200, text)
    for pattern in ("(((a{100}){100}){100}){100}", "a{1000000}", "(" * 200 + "a" + ")" * 200):
        yield _query("patterns", f"{pattern[:20]} is too large", 200, f'ASK {{ FILTER(REGEX("a", "{pattern}")) }}')


def _calls(url: str) -> Iterator[Attack]:
    """SERVICE in every disguise."""
    inside = "{ ?s ?p ?o }"
    disguises = (
        f"SELECT * {{ SERVICE <{url}> {inside} }}",
        f"SELECT * {{ SERVICE SILENT <{url}> {inside} }}",
        f"SELECT * {{ sErViCe <{url}> {inside} }}",
        f"SELECT * {{ SERVICE<{url}>{inside} }}",
        f"SELECT * {{ SERVICE # a comment\n <{url}> {inside} }}",
        f"PREFIX x: <{url}> SELECT * {{ SERVICE x: {inside} }}",
        f"PREFIX SERVICE: <{url}> SELECT * {{ SERVICE SERVICE: {inside} }}",
        f"PREFIX x: <{url}> SELECT * {{ SERVICEx: {inside} }}",
        f"PREFIX : <{url}> SELECT * {{ SERVICE:x {inside} }}",
        f"BASE <{url}> SELECT * {{ SERVICE <> {inside} }}",
        f"BASE <{url}> SELECT * {{ SERVICE <#x> {inside} }}",
        f"SELECT * {{ VALUES ?u {{ <{url}> }} SERVICE ?u {inside} }}",
        f'SELECT * {{ BIND(IRI("{url}") AS ?u) SERVICE ?u {inside} }}',
        f"SELECT * {{ \\u0053ERVICE <{url}> {inside} }}",
        f"SELECT * {{ \\u0053\\u0045\\u0052\\u0056\\u0049\\u0043\\u0045 <{url}> {inside} }}",
        f"SELECT * {{ \\U00000053ERVICE <{url}> {inside} }}",
        f"SELECT * {{ OPTIONAL {{ SERVICE <{url}> {inside} }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE <{url}> {inside} }} }} }}",
        f"SELECT * {{ FILTER EXISTS {{ SERVICE <{url}> {inside} }} }}",
        f"SELECT * {{ FILTER NOT EXISTS {{ SERVICE <{url}> {inside} }} }}",
        f"SELECT * {{ MINUS {{ SERVICE <{url}> {inside} }} }}",
        f"SELECT * {{ GRAPH ?g {{ SERVICE <{url}> {inside} }} }}",
        f"ASK {{ SERVICE <{url}> {inside} }}",
        f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{url}> {inside} }}",
        f"DESCRIBE ?s {{ SERVICE <{url}> {inside} }}",
        f"SELECT * {{ FILTER(true)SERVICE<{url}>{inside} }}",
        f"SELECT * {{ FILTER(?a<?b)SERVICE<{url}>{inside} }}",
        f'SELECT * {{ ?s ?p "x"SERVICE <{url}> {inside} }}',
        f'SELECT * {{ ?s ?p """a"b"""SERVICE <{url}> {inside} }}',
        f"SELECT * {{ ?s ?p '''a'''SERVICE <{url}> {inside} }}",
        f"SELECT * {{ ?s ?p 1SERVICE <{url}> {inside} }}",
        f"SELECT * {{ ?s ?p trueSERVICE <{url}> {inside} }}",
        f"SELECT * {{\tSERVICE\r\n<{url}>\r{inside} }}",
        f"SELECT * {{ {inside} UNION {{ SERVICE <{url}> {inside} }} }}",
    )
    for number, text in enumerate(disguises):
        yield _query("calls", f"SERVICE disguise {number}", frozenset({400, 403}), text)
        if number < 12:
            path = "/sparql?" + urlencode({"query": text})
            yield Attack("calls", f"SERVICE disguise {number} by GET", frozenset({400, 403}), b"", "GET", path, {})
    for text in (f'ASK {{ FILTER("SERVICE <{url}> {{}}" = "x") }}', f"ASK {{ ?s <{url}SERVICE> ?o }}", "ASK { ?SERVICE ?p ?o }"):
        yield _query("calls", f"no call: {text[:30]}", 200, text)


def _graphs(url: str) -> Iterator[Attack]:
    """FROM, and the request's own dataset, name what would have to be fetched."""
    for target in (url, "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "data:text/turtle,"):
        for clause in (f"FROM <{target}>", f"FROM NAMED <{target}>", f"from<{target}>", f"FROM # x\n <{target}>"):
            yield _query("graphs", f"{clause[:40]!r}", 403, f"SELECT * {clause} {{ ?s ?p ?o }}")
        for parameter in ("default-graph-uri", "named-graph-uri"):
            path = "/sparql?" + urlencode({"query": "ASK {}", parameter: target})
            yield Attack("graphs", f"{parameter}={target}", frozenset({400, 403}), b"", "GET", path, {})
    yield _query("graphs", "GRAPH names but does not fetch", 200, f"ASK {{ GRAPH <{url}> {{ ?s ?p ?o }} }}")


def _updates(url: str) -> Iterator[Attack]:
    """Every kind of update, as a query and as what it is."""
    updates = (
        f"LOAD <{url}>",
        f"LOAD SILENT <{url}> INTO GRAPH <x:g>",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP ALL",
        "CREATE GRAPH <x:g>",
        "ASK {} ; DROP ALL",
        f"SELECT * {{ ?s ?p ?o }} ; LOAD <{url}>",
        f"L\\u004fAD <{url}>",
    )
    for text in updates:
        yield _query("updates", f"{text[:25]} as a query", frozenset({400, 403}), text)
        body = urlencode({"update": text}).encode()
        yield Attack("updates", f"{text[:25]} as update=", frozenset({400, 403}), body, headers=dict(FORM))
    headers = {"Content-Type": "application/sparql-update"}
    yield Attack("updates", "an update sent directly", frozenset({400, 403, 415}), b"DROP ALL", headers=headers)
    for method in ("PUT", "DELETE", "PATCH"):
        yield Attack("updates", f"{method} of the endpoint", frozenset({405}), b"x", method=method)


def _bodies() -> Iterator[Attack]:
    """Requests that are too long, packed, or of the wrong type."""
    bomb = gzip.compress(b"ASK {} #" + b" " * 20_000_000)
    yield Attack("bodies", "a form of 600 kB", frozenset({413}), b"query=ASK{}&x=" + b"x" * 600_000, headers=dict(FORM))
    yield Attack("bodies", "a query of 600 kB", frozenset({413}), b"ASK {} #" + b"x" * 600_000)
    yield Attack("bodies", "a body of 20 MB", frozenset({413}), b"ASK {} #" + b"x" * 20_000_000)
    yield Attack("bodies", "a form of 20 MB", frozenset({413}), b"query=" + b"x" * 20_000_000, headers=dict(FORM))
    yield Attack("bodies", "a packed body", frozenset({413, 415}), bomb, headers={**DIRECT, "Content-Encoding": "gzip"})
    yield Attack(
        "bodies", "ten thousand fields", frozenset({400, 413}), b"&".join(b"q=1" for _ in range(10_000)), headers=dict(FORM)
    )
    yield Attack("bodies", "another type", frozenset({415}), b"ASK {}", headers={"Content-Type": "application/xml"})
    yield Attack("bodies", "no type", frozenset({400, 415}), b"ASK {}", headers={})
    yield Attack("bodies", "two queries", frozenset({400}), b"", "GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {})
    for size in (17_000, 40_000, 60_000):
        path = "/sparql?query=" + quote("ASK {} #") + "x" * size
        yield Attack("bodies", f"an address of {size} characters", frozenset({413, 414, 431}), b"", "GET", path, {})


def _nonsense() -> Iterator[Attack]:
    """What is no query at all."""
    texts = {
        "nothing": b"",
        "blanks": b" \n\t ",
        "a comment": b"# SELECT",
        "a null character": b"ASK { \x00 }",
        "no UTF-8": b"ASK { ?s ?p '\xff\xfe' }",
        "half a surrogate": b"ASK { ?s ?p '\\ud800' }",
        "no such character": b"ASK { ?s ?p '\\UFFFFFFFF' }",
        "an open string": b"ASK { ?s ?p '" + b"x" * 9_000,
        "an open IRI": b"ASK { ?s ?p <" + b"x" * 9_000,
        "an open comment": b"ASK { #" + b"x" * 9_000,
        "one word": b"SELECT",
        "an HTML page": b"<!DOCTYPE html><script>alert(1)</script>",
        "an XML bomb": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        "a template": b"{{7*7}} ${7*7} <%= 7*7 %>",
    }
    for name, body in texts.items():
        yield Attack("nonsense", name, frozenset({400}), body)
    for count in (3_000, 15_000):
        yield Attack("nonsense", f"{count} angle brackets", frozenset({400, 413}), b"ASK { " + b"<" * count)
        yield Attack("nonsense", f"{count} quotes", frozenset({400, 413}), b"ASK { " + b"'" * (count + 1))
        yield Attack("nonsense", f"{count} closing brackets", frozenset({400, 413}), b"ASK " + b"}" * count)
