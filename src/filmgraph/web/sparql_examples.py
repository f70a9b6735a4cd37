"""The example queries of the query page; a test runs each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from filmgraph.namespaces import PREFIXES

__all__ = ["EXAMPLES", "Example"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question in words, and the query that asks it; `key` is what the messages know it by."""

    key: str
    title: str
    query: str


def _with_prefixes(prefixes: Iterable[str], body: str) -> str:
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes) + "\n" + body


EXAMPLES: Final = (
    Example(
        "films",
        "Films and their directors, the newest first",
        _with_prefixes(
            ["schema"],
            """\
SELECT ?film ?title ?year ?director WHERE {
  ?film a schema:Movie ;
    schema:name ?title ;
    schema:director/schema:name ?director .
  OPTIONAL { ?film schema:dateCreated ?year }
}
ORDER BY DESC(STR(?year)) ?title ?director
LIMIT 50
""",
        ),
    ),
    Example(
        "credits",
        "Who did what on each film",
        _with_prefixes(
            ["schema", "fg", "skos"],
            """\
SELECT ?title ?role ?name ?person WHERE {
  ?film a schema:Movie ;
    schema:name ?title ;
    fg:credit ?credit .
  ?credit schema:roleName ?concept .
  ?concept fg:directProperty ?property ;
    skos:prefLabel ?role .
  ?credit ?property ?person .
  ?person schema:name ?name .
  FILTER(LANG(?role) = "en")
}
ORDER BY ?title ?role ?name
LIMIT 50
""",
        ),
    ),
    Example(
        "sources",
        "How many facts each source states",
        _with_prefixes(
            ["schema"],
            """\
SELECT ?graph (COUNT(*) AS ?facts) WHERE {
  GRAPH ?graph { ?thing ?property ?value }
}
GROUP BY ?graph
ORDER BY DESC(?facts)
""",
        ),
    ),
)
