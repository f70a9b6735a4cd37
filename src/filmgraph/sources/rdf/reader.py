"""Reads an RDF source: schema.org as others publish it, releases of filmgraph, and other vocabularies by a profile.

The modules behind it, in the order of the work: `opening` (file → statements, by `parse_process` under limits), `graph`
(statements by subject), `profile` and `terms` (what classes and properties mean), `things` (what each subject is, and its key),
`records` with `credits`, `nodes`, `values` and `draft` (statements → record), `account` (as many statements out as in).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import IriScheme, Kind
from filmgraph.model import Thing
from filmgraph.schemaorg import Terms, load_terms
from filmgraph.settings import FILE_NAME, SourceSettings, load_settings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.sources.rdf.account import Account
from filmgraph.sources.rdf.credits import Credits
from filmgraph.sources.rdf.graph import Graph, Said
from filmgraph.sources.rdf.nodes import Nodes
from filmgraph.sources.rdf.opening import RDF_LIMITS, Limits, find_format, iter_batches
from filmgraph.sources.rdf.profile import NO_PROFILE, Profile, read_profile
from filmgraph.sources.rdf.records import Builder
from filmgraph.sources.rdf.things import Keys, classify
from filmgraph.sources.rdf.values import Literals
from filmgraph.vocabulary import Vocabulary

__all__ = ["read_rdf", "read_rdf_with_account"]

_NOWHERE: Final = "https://{}.invalid/"
_NO_BASE: Final = "urn:none:"


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What of the catalogue matters: its base IRI and the ids of its sources; nothing where a file is read outside of one."""

    iris: IriScheme
    source_ids: frozenset[str]


def read_rdf(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return the records of an RDF file; see `sources.base.Reader`.

    UnreadableInputError when the file cannot be opened or parsed, or asks for more than the limits; SettingsError when the
    profile makes no sense.
    """
    return read_rdf_with_account(source, catalogue_path, vocabulary)[0]


def read_rdf_with_account(
    source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary, limits: Limits = RDF_LIMITS
) -> tuple[Reading, Account]:
    """Do the same, and return the account of the statements too."""
    catalogue = _read_catalogue(catalogue_path)
    profile = _read_profile(source, catalogue_path, vocabulary)
    base_iri = source.url if source.url.startswith(("http://", "https://")) else _NOWHERE.format(source.id)
    graph = _load(source, catalogue_path, profile, base_iri, limits)
    account = Account()
    records = tuple(_build(graph, source, profile, base_iri, catalogue, vocabulary, account))
    findings = (*_bad_lines(graph, source.path), *account.findings(source.path, graph.total))
    unread = (
        *account.unread(),
        *(UnreadLine(SourcePlace(source.path, line), "", f"it is no statement: {why}") for line, why in graph.bad),
    )
    return Reading(records, findings, unread), account


def _read_catalogue(catalogue_path: Path) -> _Catalogue:
    if not (catalogue_path / FILE_NAME).is_file():
        return _Catalogue(IriScheme(_NO_BASE), frozenset())
    settings = load_settings(catalogue_path)
    return _Catalogue(settings.iris, frozenset(each.id for each in settings.sources))


def _read_profile(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Profile:
    if not source.profile:
        return NO_PROFILE
    return read_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)


def _load(source: SourceSettings, catalogue_path: Path, profile: Profile, base_iri: str, limits: Limits) -> Graph:
    graph = Graph()
    rdf_format = profile.format or find_format(source.path)
    name = f"source {source.id!r}: {source.path}"
    for batch in iter_batches(catalogue_path / source.path, name, rdf_format, base_iri, limits):
        graph.add(batch)
    graph.settle()
    return graph


def _build(
    graph: Graph,
    source: SourceSettings,
    profile: Profile,
    base_iri: str,
    catalogue: _Catalogue,
    vocabulary: Vocabulary,
    account: Account,
) -> Iterator[Thing]:
    def place_of(said: Said, subject: str) -> SourcePlace:
        return SourcePlace(source.path, said.line) if said.line else SourcePlace(source.path, subject=subject)

    literals = Literals(vocabulary, profile.zone)
    keys = Keys(catalogue.iris, profile, _NOWHERE.format(source.id), source.id)
    things = classify(graph, profile, _terms(), literals)
    nodes = Nodes(graph, account, literals, vocabulary, dict(profile.values), place_of, things.kinds)
    source_base = catalogue.iris.base_of(Kind.SOURCE) + "id/source/"
    credits = Credits(graph, nodes, account, vocabulary, catalogue.source_ids, source_base)
    builder = Builder(graph, things, keys, profile, literals, nodes, credits, account, source.path, source.publisher)
    return builder.build()


@cache
def _terms() -> Terms:
    return load_terms()


def _bad_lines(graph: Graph, path: str) -> Iterator[Finding]:
    """Yield one finding for the lines that are no statement; the rest of such a file is read."""
    if not graph.bad_total:
        return
    line, why = graph.bad[0]
    many = "1 line is" if graph.bad_total == 1 else f"{graph.bad_total:,} lines are"
    message = f"{many} no statement and were left out. The first is line {line}: {why}. Correct it; every other line was read."
    places = tuple(SourcePlace(path, line) for line, _ in graph.bad[:20])
    yield Finding("read-rdf-line", Severity.VIOLATION, message, value=str(graph.bad_total), places=places)
