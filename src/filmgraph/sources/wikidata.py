"""Entities of Wikidata's JSON as statements, as the "truthy" dump has them, with precise dates and lengths in their units.

https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html describes the format. The program that parses RDF under
limits uses this module: it imports next to nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from filmgraph.namespaces import RDFS, SCHEMA, SKOS, WD, WDT, XSD

__all__ = ["entity_iri", "iter_statements"]

_TEXTS: Final = (
    ("labels", RDFS.label),
    ("descriptions", SCHEMA.description),
    ("aliases", SKOS.altLabel),
)
#: Precisions of Wikidata's dates: 9 a year, 10 a month, 11 a day.
_PRECISIONS: Final = {9: (4, "gYear"), 10: (7, "gYearMonth"), 11: (10, "date")}
_UNITS: Final = {"Q7727": 60, "Q25235": 3600, "Q11574": 1}
_RANKS: Final = ("preferred", "normal")


def entity_iri(entity_id: str) -> str:
    """Return the IRI of an entity."""
    return WD + entity_id


def iter_statements(entity: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield predicate, value and kind of value of an entity's statements of the best rank: labels, and what has a value.

    The kind is a datatype's IRI, "@" and a language, or empty for an IRI. KeyError, TypeError, AttributeError or ValueError where
    it is no entity as Wikidata's JSON has them.
    """
    if not re.fullmatch("[QP][0-9]+", entity["id"]):
        raise ValueError("no entity has such an id")
    for part, predicate in _TEXTS:
        for texts in dict(entity.get(part) or {}).values():
            for each in texts if isinstance(texts, list) else [texts]:
                yield predicate, str(each["value"]), f"@{each['language']}"
    for number, claims in dict(entity.get("claims") or {}).items():
        best = min((_RANKS.index(each["rank"]) for each in claims if each["rank"] in _RANKS), default=None)
        for each in claims:
            if each["rank"] in _RANKS and _RANKS.index(each["rank"]) == best and each["mainsnak"]["snaktype"] == "value":
                yield (WDT + number, *_to_value(each["mainsnak"]["datavalue"], each["mainsnak"].get("datatype", "")))


def _to_value(found: dict[str, Any], datatype: str) -> tuple[str, str]:
    kind, value = found["type"], found["value"]
    if kind == "wikibase-entityid":
        return WD + str(value["id"]), ""
    if kind == "monolingualtext":
        return str(value["text"]), f"@{value['language']}"
    if kind == "time":
        size, name = _PRECISIONS.get(value["precision"], (0, "string"))
        text = str(value["time"])
        return (text.removeprefix("+")[:size], XSD + name) if size else (text, XSD + name)
    if kind == "quantity":
        return _to_quantity(str(value["amount"]).removeprefix("+"), str(value["unit"]).rpartition("/")[2])
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return (text, "") if datatype == "url" else (text, XSD + "string")


def _to_quantity(amount: str, unit: str) -> tuple[str, str]:
    """Return a length of time as a duration, any other amount as a number with what it counts."""
    if unit in _UNITS:
        return f"PT{round(float(amount) * _UNITS[unit])}S", XSD + "duration"
    return (amount, XSD + "decimal") if unit == "1" else (f"{amount} {unit}", XSD + "string")
