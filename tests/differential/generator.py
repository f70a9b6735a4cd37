"""Makes up queries over the demo's own words: a seeded walk through a small grammar of SPARQL 1.1.

Every query is connected (no cartesian products, which the slower engine would not survive), and every LIMIT stands behind an
order in which only equal rows can tie. What the engines are known to see differently is left out here and stands, one small
query each, in the table of `test_differential`: no years are compared as such, no figures taken over unbound values, a grouped
subquery comes first, a path stands next to the patterns before it, and no number is both multiplied and added to.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, SKOS, XSD

__all__ = ["PREFIXES", "Query", "generate"]

PREFIXES = "".join(
    f"PREFIX {prefix}: <{iri}>\n"
    for prefix, iri in (("schema", SCHEMA), ("fg", FG), ("skos", SKOS), ("prov", PROV), ("rdf", RDF), ("xsd", XSD))
)

# Class → property → class of the value, or the kind of its literal.
_EDGES = {
    "schema:Movie": {
        "schema:name": "text",
        "schema:dateCreated": "year",
        "schema:inLanguage": "code",
        "schema:countryOfOrigin": "schema:Country",
        "schema:director": "schema:Person",
        "schema:alternateName": "tagged",
        "fg:runtimeMinutes": "number",
        "fg:credit": "schema:Role",
    },
    "schema:Role": {"schema:roleName": "skos:Concept", "schema:director": "schema:Person", "fg:billing": "number"},
    "schema:Person": {"schema:name": "text"},
    "schema:ScreeningEvent": {
        "schema:name": "text",
        "schema:workPresented": "schema:Movie",
        "schema:location": "fg:Auditorium",
        "schema:startDate": "moment",
        "schema:subtitleLanguage": "code",
        "schema:remainingAttendeeCapacity": "number",
        "fg:inSection": "fg:ProgrammeSection",
    },
    "fg:Auditorium": {
        "schema:name": "text",
        "schema:containedInPlace": "schema:MovieTheater",
        "schema:maximumAttendeeCapacity": "number",
    },
    "schema:MovieTheater": {"schema:name": "text", "schema:screenCount": "number"},
    "fg:ProgrammeSection": {"schema:name": "text"},
    "schema:Country": {"skos:notation": "code", "skos:prefLabel": "tagged"},
    "skos:Concept": {"skos:prefLabel": "tagged", "skos:broader": "skos:Concept"},
}  # fmt: skip
_LITERALS = frozenset({"text", "code", "tagged", "number", "year", "moment"})
# A path and the class where it begins and ends.
_PATHS = (
    ("schema:Movie", "^schema:workPresented/schema:location", "fg:Auditorium"),
    ("schema:Movie", "schema:director/^schema:director", "thing"),
    ("schema:Movie", "fg:credit/schema:director", "schema:Person"),
    ("schema:Person", "^schema:director", "thing"),
    ("schema:Role", "schema:roleName/skos:broader*", "skos:Concept"),
    ("schema:ScreeningEvent", "schema:location/schema:containedInPlace?", "place"),
    ("schema:ScreeningEvent", "schema:workPresented|schema:location", "thing"),
    ("schema:ScreeningEvent", "!(rdf:type|schema:name)", "thing"),
    ("schema:ScreeningEvent", "schema:location/(schema:containedInPlace|schema:name)", "thing"),
    ("fg:Auditorium", "^schema:location/schema:workPresented", "schema:Movie"),
    ("skos:Concept", "skos:broader+", "skos:Concept"),
)


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the names of the features in it."""

    text: str
    features: frozenset[str]


@dataclass(slots=True)
class _Writer:
    """The query that is being written: its variables with class or kind, and which of them may be unbound (`loose`)."""

    chance: random.Random
    variables: dict[str, str] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    prefix: str = "?v"

    def new(self, kind: str) -> str:
        name = f"{self.prefix}{len(self.variables)}"
        self.variables[name] = kind
        return name

    def pick(self, *kinds: str) -> str | None:
        names = [name for name, kind in self.variables.items() if kind in kinds]
        return self.chance.choice(names) if names else None

    def thing(self) -> str | None:
        return self.pick(*_EDGES)

    def edge(self, subject: str) -> str:
        name, kind = self.chance.choice(sorted(_EDGES[self.variables[subject]].items()))
        return f"{subject} {name} {self.new(kind)} ."

    def start(self) -> str:
        kind = self.chance.choice(("schema:Movie", "schema:ScreeningEvent", "schema:Movie", "schema:Role", "fg:Auditorium"))
        first = self.new(kind)
        lines = [f"{first} a {kind} ."]
        lines += [self.edge(self.thing() or first) for _ in range(self.chance.randint(1, 3))]
        return " ".join(lines)


def _optional(writer: _Writer) -> str:
    subject = writer.thing()
    inner = writer.edge(subject) if subject else ""
    fresh = list(writer.variables)[-1]
    if writer.chance.random() < 0.3:
        inner += " " + (_condition(writer, fresh) or "")
    return f"OPTIONAL {{ {inner} }}"


def _filter(writer: _Writer) -> str:
    return _condition(writer, writer.pick(*_LITERALS)) or ""


def _condition(writer: _Writer, name: str | None) -> str | None:
    if name is None:
        return None
    chance = writer.chance
    match writer.variables[name]:
        case "number":
            test = f"{name} {chance.choice(('<', '<=', '>', '>=', '=', '!='))} {chance.choice((1, 2, 60, 90, 120))}"
        case "year":
            test = f'STR({name}) {chance.choice(("<", ">="))} "{chance.choice((1960, 1990, 2010))}"'
        case "moment":
            test = chance.choice(
                (f"HOURS({name}) > 17", f'{name} >= "2026-10-20T00:00:00+02:00"^^xsd:dateTime', f"DAY({name}) = 18")
            )
        case "tagged":
            test = chance.choice((f'LANG({name}) = "en"', f'LANGMATCHES(LANG({name}), "fr")', f"STRLEN(STR({name})) > 6"))
        case "text" | "code":
            test = chance.choice(_TEXT_TESTS).replace("?x", name)
        case _:
            test = chance.choice((f"isIRI({name})", f"BOUND({name})"))
    return f"FILTER({chance.choice(('', '', '!'))}({test}))"


_TEXT_TESTS = (
    'CONTAINS(LCASE(?x), "a")', "STRLEN(?x) > 8", 'REGEX(?x, "^[A-M]")', 'REGEX(?x, "le", "i")', '?x IN ("en", "fr", "Here")',
    'STRSTARTS(?x, "C") || STRENDS(?x, "e")', '?x < "M"', 'UCASE(SUBSTR(?x, 1, 1)) = "L"', 'STRBEFORE(?x, " ") != ""',
)  # fmt: skip


def _union(writer: _Writer) -> str:
    subject = writer.thing()
    if subject is None:
        return ""
    left, right = (
        writer.chance.sample(sorted(_EDGES[writer.variables[subject]].items()), 2)
        if _has_two(writer, subject)
        else (
            ("schema:name", "text"),
            ("rdf:type", "thing"),
        )
    )
    # Either side binds the same variable, or each its own.
    if writer.chance.random() < 0.5:
        value = writer.new("thing")
        return f"{{ {subject} {left[0]} {value} }} UNION {{ {subject} {right[0]} {value} }}"
    return f"{{ {subject} {left[0]} {writer.new(left[1])} }} UNION {{ {subject} {right[0]} {writer.new(right[1])} }}"


def _has_two(writer: _Writer, subject: str) -> bool:
    return len(_EDGES[writer.variables[subject]]) >= 2


def _inner_pattern(writer: _Writer, subject: str) -> str:
    """Patterns about a bound thing whose own variables are seen nowhere else."""
    hidden = _Writer(writer.chance, {subject: writer.variables[subject]}, prefix="?inner")
    last, lines = subject, []
    while hidden.variables[last] in _EDGES:
        lines.append(hidden.edge(last))
        last = list(hidden.variables)[-1]
    return " ".join((*lines, _condition(hidden, last) or ""))


def _minus(writer: _Writer) -> str:
    subject = writer.thing()
    return f"MINUS {{ {_inner_pattern(writer, subject)} }}" if subject else ""


def _exists(writer: _Writer) -> str:
    subject = writer.thing()
    word = writer.chance.choice(("EXISTS", "NOT EXISTS"))
    return f"FILTER {word} {{ {_inner_pattern(writer, subject)} }}" if subject else ""


def _path(writer: _Writer) -> str:
    fitting = [each for each in _PATHS if each[0] in writer.variables.values()]
    if not fitting:
        return ""
    begin, path, end = writer.chance.choice(fitting)
    return f"{writer.pick(begin)} {path} {writer.new(end)} ."


def _values(writer: _Writer) -> str:
    name = writer.pick("code")
    if name is None:
        return ""
    words = writer.chance.sample(("en", "fr", "nl", "de", "it", "BE", "FR", "US", "DE"), 4)
    quoted = " ".join(f'"{word}"' for word in words)
    return f"VALUES {name} {{ {quoted} }}"


def _bind(writer: _Writer) -> str:
    name = writer.pick(*_LITERALS)
    if name is None:
        return ""
    expression, kind = {
        "number": (f"{name} + 1", "number"),
        "text": (writer.chance.choice((f"UCASE({name})", f'CONCAT({name}, "!")', f'REPLACE({name}, "e", "_")')), "text"),
        "code": (f'CONCAT("-", {name})', "text"),
        "tagged": (f"STR({name})", "text"),
        "year": (f"STR({name})", "text"),
        "moment": (f"DAY({name})", "number"),
    }[writer.variables[name]]
    if writer.chance.random() < 0.3:
        expression = f'IF(BOUND({name}), {expression}, "none")'
        kind = "thing"
    elif writer.chance.random() < 0.3:
        expression = f'COALESCE({expression}, "none")'
        kind = "thing"
    return f"BIND({expression} AS {writer.new(kind)})"


def _subquery(writer: _Writer) -> str:
    bound = [name for name, kind in writer.variables.items() if kind in _EDGES and name not in writer.loose]
    subject = writer.chance.choice(bound)
    name = writer.chance.choice(sorted(_EDGES[writer.variables[subject]]))
    count = writer.new("number")
    return f"{{ SELECT {subject} (COUNT({count}x) AS {count}) WHERE {{ {subject} {name} {count}x }} GROUP BY {subject} }}"


_FEATURES: dict[str, Callable[[_Writer], str]] = {
    "optional": _optional,
    "filter": _filter,
    "union": _union,
    "minus": _minus,
    "exists": _exists,
    "path": _path,
    "values": _values,
    "bind": _bind,
    "subquery": _subquery,
}

#: Variables that these bring may be unbound in a solution.
_LOOSENING = frozenset({"optional", "union", "bind"})


def _select(writer: _Writer, pattern: str) -> str:
    names = list(writer.variables)
    chosen = sorted(writer.chance.sample(names, writer.chance.randint(1, min(4, len(names)))))
    distinct = writer.chance.choice(("", "DISTINCT "))
    tail = ""
    if writer.chance.random() < 0.5:
        writer.features.add("limit")
        # As text, because the order of unlike terms is each engine's own; the language, because labels may differ in it only.
        keys = " ".join(f'COALESCE(STR({name}), "") COALESCE(LANG({name}), "")' for name in chosen)
        offset = writer.chance.choice(("", f" OFFSET {writer.chance.randint(1, 5)}"))
        tail = f" ORDER BY {keys} LIMIT {writer.chance.randint(1, 40)}{offset}"
    return f"SELECT {distinct}{' '.join(chosen)} WHERE {{ {pattern} }}{tail}"


def _aggregate(writer: _Writer, pattern: str) -> str:
    names = list(writer.variables)
    keys = writer.chance.sample(names, writer.chance.randint(0, min(2, len(names))))
    numbers = [name for name in names if writer.variables[name] == "number" and name not in {*keys, *writer.loose}]
    measured = writer.chance.choice(names)
    columns = [f"(COUNT({writer.chance.choice(('', 'DISTINCT '))}{measured}) AS ?count)"]
    if numbers:
        name = writer.chance.choice(numbers)
        columns.append(f"({writer.chance.choice(('SUM', 'MIN', 'MAX', 'AVG'))}({name}) AS ?figure)")
    having = " HAVING(COUNT(*) > 1)" if keys and writer.chance.random() < 0.3 else ""
    group = f" GROUP BY {' '.join(keys)}" if keys else ""
    return f"SELECT {' '.join([*keys, *columns])} WHERE {{ {pattern} }}{group}{having}"


def _write(writer: _Writer) -> Query:
    first, last = [writer.start()], list[str]()
    for name in writer.chance.sample(sorted(_FEATURES), k=writer.chance.randint(1, 3)):
        before = set(writer.variables)
        part = _FEATURES[name](writer)
        if not part:
            continue
        writer.features.add(name)
        if name in _LOOSENING:
            writer.loose |= set(writer.variables) - before
        if name == "subquery":
            first.insert(0, part)
        else:
            (first if name == "path" else last).append(part)
    pattern = " ".join((*first, *last))
    if writer.chance.random() < 0.3:
        writer.features.add("aggregate")
        text = _aggregate(writer, pattern)
    elif writer.chance.random() < 0.1:
        writer.features.add("ask")
        text = f"ASK {{ {pattern} }}"
    else:
        text = _select(writer, pattern)
    return Query(PREFIXES + text, frozenset(writer.features))


def generate(count: int, seed: int) -> Iterator[Query]:
    """Yield `count` different queries; the same seed gives the same ones."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        query = _write(_Writer(chance))
        if query.text not in seen:
            seen.add(query.text)
            yield query
