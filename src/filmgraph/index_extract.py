"""What search and lists need of the published lines, chunk by chunk: a build upon another reads the lines of new chunks only."""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from filmgraph.dumps_lines import to_text
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, RDFS, SCHEMA, SKOS

__all__ = ["AGENT", "PREDICATES", "Extract", "Extractor", "by_number"]

#: The agent of a credit, whatever property leads to it: each role has one of its own.
AGENT: Final = "agent"
#: The properties whose values are kept.
PREDICATES: Final = (
    AGENT, RDF.type, SCHEMA.name, SKOS.prefLabel, RDFS.label, SCHEMA.alternateName, SKOS.altLabel, SCHEMA.dateCreated,
    SCHEMA.startDate, SCHEMA.characterName, FG.creditedAs, FG.billing, SCHEMA.addressLocality, FG.credit, FG.awardedTo,
    SCHEMA.containedInPlace, SCHEMA.superEvent, SCHEMA.character, SCHEMA.director, SCHEMA.author, SCHEMA.workPresented,
    SCHEMA.roleName, SCHEMA.countryOfOrigin, SCHEMA.genre, FG.form, SCHEMA.inLanguage, SCHEMA.subtitleLanguage, SCHEMA.location,
    FG.inSection,
)  # fmt: skip
_NUMBERS: Final = {f"<{iri}>": number for number, iri in enumerate(PREDICATES)}
_AGENT_NUMBER: Final = PREDICATES.index(AGENT)
_AGENTS: Final = (Kind.PERSON, Kind.ORG)
#: Of marshal (https://docs.python.org/3/library/marshal.html): read by the software that wrote it only.
_VERSION: Final = 4


class Extract(NamedTuple):
    """Some lines: texts as subject, number of the property, text and language; links as subject, number of the property and IRI.

    `uses` are the things of the catalogue that lines lead to, and how many lead to each.
    """

    texts: list[tuple[str, int, str, str]]
    links: list[tuple[str, int, str]]
    uses: dict[str, int]

    def to_bytes(self) -> bytes:
        """Return the extract for this very software to read again."""
        return marshal.dumps(tuple(self), _VERSION)

    @classmethod
    def from_bytes(cls, data: bytes) -> Extract:
        """Read what `to_bytes` returned."""
        return cls(*marshal.loads(data))


def by_number(predicates: Iterable[str]) -> dict[int, str]:
    """Return some properties by their numbers."""
    return {PREDICATES.index(each): each for each in predicates}


class Extractor:
    """Takes published lines apart."""

    def __init__(self, iris: IriScheme) -> None:
        self._iris = iris
        self._credits = f"<{iris.base_of(Kind.CREDIT)}id/{Kind.CREDIT.segment}/"
        self._agents = tuple(f"<{iris.base_of(kind)}id/{kind.segment}/" for kind in _AGENTS)

    def extract(self, block: bytes) -> Extract:
        """Return what is needed of some lines of canonical N-Triples."""
        texts: list[tuple[str, int, str, str]] = []
        links: list[tuple[str, int, str]] = []
        values: list[str] = []
        for line in block.decode().split("\n")[:-1]:
            subject, predicate, value = line.split(" ", 2)
            number = _NUMBERS.get(predicate)
            # Published data has no blank nodes.
            if value[0] != "<":
                if number is not None:
                    text, language, _ = to_text(value[:-2].encode())
                    texts.append((subject[1:-1], number, text, language))
                continue
            values.append(value)
            if subject.startswith(self._credits) and value.startswith(self._agents):
                number = _AGENT_NUMBER
            if number is not None:
                links.append((subject[1:-1], number, value[1:-3]))
        return Extract(texts, links, self._count(values))

    def _count(self, values: Iterable[str]) -> dict[str, int]:
        """Count the things among some values, parts left out."""
        counts = Counter(values)
        return {iri: count for value, count in counts.items() if "#" not in (iri := value[1:-3]) and self._iris.parse(iri)}
