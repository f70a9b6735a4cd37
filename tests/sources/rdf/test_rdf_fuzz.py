"""Whatever statements a file makes, in whatever shape, each is accounted for once and nothing crashes."""

from __future__ import annotations

from random import Random

import pytest

from filmgraph.iris import Kind
from filmgraph.namespaces import RDF, SCHEMA, XSD
from filmgraph.sources.rdf.terms import CLASSES, INVERSES, NODES, RECORDS, rules_for
from tests.sources.rdf.conftest import ReadRdf

OF_NODES = {SCHEMA.value, SCHEMA.propertyID, SCHEMA.roleName}
PREDICATES = sorted({iri for kind in RECORDS for iri in rules_for(kind)} | set(INVERSES) | OF_NODES)
TYPES = [*(iri for iri, _ in CLASSES), *(iri for iri, _ in NODES), SCHEMA.Event, SCHEMA.TVEpisode, "https://x.example/Other"]
TEXTS = [
    "Hier",
    "2023",
    "1965~",
    "196X",
    "PT82M",
    "82",
    "fr",
    "Belgium",
    "Drama",
    "director",
    "51.5",
    "true",
    " ",
    "a, b",
    "imdb",
]
TAGS = ["", "@en", "@nl", f"^^<{XSD.gYear}>", f"^^<{XSD.dateTime}>", f"^^<{XSD.integer}>", f"^^<{XSD.duration}>"]
MOMENT = '"2026-10-17T19:30:00+02:00"'


def statement(chance: Random) -> str:
    """Return a statement about one of a few things, which refer to each other without any sense."""
    nodes = [f"<https://partner.example/{n}>" for n in range(6)] + [f"_:n{n}" for n in range(8)]
    subject = chance.choice(nodes)
    pick = chance.random()
    if pick < 0.25:
        return f"{subject} <{RDF.type}> <{chance.choice(TYPES)}> ."
    if pick < 0.4:
        return f'{subject} <{SCHEMA.name}> "{chance.choice(TEXTS)}"{chance.choice(TAGS[:3])} .'
    literal = chance.choice([f'"{chance.choice(TEXTS)}"{chance.choice(TAGS)}', MOMENT])
    value = chance.choice([*nodes, literal, literal, "<https://elsewhere.example/x>"])
    return f"{subject} <{chance.choice(PREDICATES).replace('http://schema', 'https://schema')}> {value} ."


@pytest.mark.parametrize("seed", range(4))
def test_every_statement_is_accounted_for_once(read: ReadRdf, seed: int) -> None:
    chance = Random(seed)
    for _ in range(2):
        lines = [statement(chance) for _ in range(chance.randrange(20, 900))]
        profile = chance.choice(["", 'languages = ["nl"]'])
        reading, account = read("\n".join(lines), "f.nt", profile, publisher=chance.choice(["", "Partner"]))
        assert account.total == len(lines)
        assert len({each.ref for each in reading.records if each.ref.kind is not Kind.TEXT}) <= 14
