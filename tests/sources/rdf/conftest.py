"""RDF in a temporary catalogue, read with the shipped vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from filmgraph.model import Credit, Fact, PartialDate, Ref, Text, Thing, iter_facts
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.rdf.account import Account
from filmgraph.sources.rdf.opening import RDF_LIMITS, Limits
from filmgraph.sources.rdf.reader import read_rdf_with_account
from filmgraph.vocabulary import Vocabulary, load_vocabulary

ReadRdf = Callable[..., tuple[Reading, Account]]
PREFIXES = """@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix fg: <https://filmgraph.example/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://partner.example/> .
"""


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def read(tmp_path: Path, vocabulary: Vocabulary) -> ReadRdf:
    """Return a function that reads `data` as a file of that name; every reading must account for all that came in."""

    def read_with(
        data: str | bytes, name: str = "t.ttl", profile: str = "", limits: Limits = RDF_LIMITS, publisher: str = "", url: str = ""
    ) -> tuple[Reading, Account]:
        text = PREFIXES + data if isinstance(data, str) and name.endswith(".ttl") else data
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
        source = SourceSettings("t", "rdf", 1, path=name, profile="p.toml" if profile else "", publisher=publisher, url=url)
        reading, account = read_rdf_with_account(source, tmp_path, vocabulary, limits)
        assert not [each for each in reading.findings if "fault of filmgraph" in each.message]
        return reading, account

    return read_with


def facts_of(reading: Reading) -> list[str]:
    """Return the facts as lines: record, property and value, with what is inferred."""
    return [f"{_name(thing)}: {_short(iri)} {_tell(fact)}" for thing in reading.records for iri, fact in iter_facts(thing)]


def _name(thing: Thing) -> str:
    return thing.ref.key or thing.ref.name


def _short(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]


def _tell(fact: Fact[Any]) -> str:
    value, mark = fact.value, " [inferred]" if fact.reason else ""
    if isinstance(value, Text):
        return value.value + (f" @{value.language}" if value.language else "") + mark
    if isinstance(value, Credit):
        character = f" as {value.character_name}" if value.character_name else ""
        return f"{value.role} {value.billing} {value.agent.key or value.agent.name}{character}{mark}"
    if isinstance(value, Ref):
        return f"{value.kind.segment} {value.key or value.name}{mark}"
    if isinstance(value, PartialDate):
        return value.value + mark
    for name in ("iri", "key"):
        if hasattr(value, name):
            return f"{getattr(value, name)}{mark}"
    if hasattr(value, "scheme"):
        return f"{value.scheme} {value.value}{mark}"
    return f"{getattr(value, 'value', value)}{mark}"


def listed(account: Account) -> dict[str, str]:
    """Return why statements were not taken, by the property's own name."""
    return {_short(predicate): why for predicate, why in account.listed}
