"""`dataset.ttl` conforms to DCAT-AP 3.0.1, and what it says of files, versions and coverage is so."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS as DCT
from rdflib.namespace import SH

from filmgraph.dataset import dataset_findings, dataset_triples, tally_lines
from filmgraph.dataset_authorities import language_iri
from filmgraph.dataset_writing import write_descriptions
from filmgraph.dumps_files import write_sums
from filmgraph.dumps_lines import to_lines
from filmgraph.findings import Severity
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary
from tests.dataset.conftest import DUMPS, Described, iter_facts

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
SDO = Namespace("http://schema.org/")
VOID = Namespace("http://rdfs.org/ns/void#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
# The published shapes refer to these, and define them nowhere.
UNDEFINED = 5


@pytest.fixture(scope="session")
def dcat_ap_shapes(shared_path: Path) -> Graph:
    shapes = Graph()
    for path in sorted((shared_path / "suites" / "dcat-ap-3.0.1" / "shacl").glob("*.ttl")):
        shapes.parse(path)
    undefined = [(shape, part) for shape, part in shapes.subject_objects(SH.property) if (part, None, None) not in shapes]
    assert len(undefined) == UNDEFINED
    for shape, part in undefined:
        shapes.remove((shape, SH.property, part))
    assert len(list(shapes.subject_objects(SH.property))) > 280
    return shapes


@pytest.fixture(scope="session")
def graph(described: Described) -> Graph:
    return Graph().parse(described.path / "dataset.ttl")


def violations(graph: Graph, shapes: Graph) -> list[str]:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert isinstance(report, Graph)
    return sorted(
        f"{report.value(each, SH.focusNode)} {report.value(each, SH.resultPath)}"
        for each in report.subjects(RDF.type, SH.ValidationResult)
    )


def test_there_is_no_violation_of_dcat_ap(graph: Graph, dcat_ap_shapes: Graph) -> None:
    assert violations(graph, dcat_ap_shapes) == []


@pytest.mark.parametrize(
    ("class_iri", "path"),
    [
        (DCAT.Dataset, DCT.title), (DCAT.Dataset, DCT.description), (DCAT.Catalog, DCT.publisher), (DCAT.Catalog, DCT.title),
        (DCAT.Catalog, DCT.description), (DCAT.Distribution, DCAT.accessURL), (DCAT.DataService, DCAT.endpointURL),
        (SPDX.Checksum, SPDX.checksumValue), (SPDX.Checksum, SPDX.algorithm),
    ],
)  # fmt: skip
def test_the_shapes_see_what_is_missing(large_release: Described, dcat_ap_shapes: Graph, class_iri: URIRef, path: URIRef) -> None:
    graph = Graph().parse(large_release.path / "dataset.ttl")
    graph.remove((None, path, None))
    focus = {str(each) for each in graph.subjects(RDF.type, class_iri)}
    assert focus
    assert {f"{each} {path}" for each in focus} <= set(violations(graph, dcat_ap_shapes))


def test_every_data_file_is_a_distribution_with_its_size_and_checksum(described: Described, graph: Graph) -> None:
    settings, version = described.settings, graph.value(URIRef(described.iri), DCAT.version)
    prefix = f"{settings.base_iri}dumps/{version}/"
    urls = {str(url): each for each, url in graph.subject_objects(DCAT.downloadURL)}
    assert len(urls) > 5
    for url, distribution in urls.items():
        assert url.startswith(prefix)
        content = (described.path / "dumps" / unquote(url.removeprefix(prefix))).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        checksum = graph.value(distribution, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == digest == str(graph.value(distribution, SDO.sha256))
        assert str(graph.value(distribution, DCAT.byteSize)) == str(len(content))
        assert graph.value(distribution, DCAT.accessURL) == graph.value(distribution, SDO.contentUrl) == URIRef(url)
        assert graph.value(distribution, DCT.license) == URIRef(settings.licence)
        assert graph.value(distribution, DCT.format) is not None
        assert (URIRef(described.iri), DCAT.distribution, distribution) in graph
    files = {
        path.relative_to(described.path / "dumps").as_posix() for path in (described.path / "dumps").rglob("*") if path.is_file()
    }
    no_data = {
        name for name in files if name.startswith(("ontology/", "shapes/", "SHA256SUMS")) or name == "tables/data-dictionary.csv"
    }
    assert {unquote(url.removeprefix(prefix)) for url in urls} == files - no_data


def test_media_types_are_those_of_what_is_packed(large_release: Described) -> None:
    graph = Graph().parse(large_release.path / "dataset.ttl")
    iana = "https://www.iana.org/assignments/media-types/"
    file_type = "http://publications.europa.eu/resource/authority/file-type/"

    def of(name: str) -> tuple[str, ...]:
        part = URIRef(f"{large_release.iri}#file-{name}")
        return tuple(str(graph.value(part, each) or "") for each in (DCAT.mediaType, DCAT.compressFormat, DCT.format))

    assert of("large.nt.gz") == (iana + "application/n-triples", iana + "application/gzip", file_type + "RDF_N_TRIPLES")
    assert of("tables/film.csv") == (iana + "text/csv", "", file_type + "CSV")
    assert of("large.ndjson.gz") == ("", iana + "application/gzip", large_release.iri + "#format.ndjson")
    assert of("tables/film.parquet")[0] == iana + "application/vnd.apache.parquet"


def test_void_names_the_whole_dumps_only(large_release: Described) -> None:
    graph = Graph().parse(large_release.path / "dataset.ttl")
    names = sorted(str(each).rpartition("2026-11-22.3/")[2] for each in graph.objects(URIRef(large_release.iri), VOID.dataDump))
    assert names == sorted(name for name in DUMPS if name.startswith("large."))


def test_earlier_releases_are_versions_newest_first(large_release: Described) -> None:
    graph = Graph().parse(large_release.path / "dataset.ttl")
    dataset = URIRef(large_release.iri)
    version = graph.value(dataset, DCAT.hasCurrentVersion)
    chain = []
    while version is not None:
        assert (dataset, DCAT.hasVersion, version) in graph
        assert graph.value(version, DCAT.isVersionOf) == dataset
        chain.append((str(graph.value(version, DCAT.version)), str(graph.value(version, DCT.issued))))
        version = graph.value(version, DCAT.previousVersion)
    assert chain == [("2026-11-22.3", "2026-11-22"), ("2026-11-22.2", "2026-11-22"), ("2026-11-20.1", "2026-11-20")]
    assert str(graph.value(dataset, DCAT.previousVersion)).endswith("#release-2026-11-22.2")


def test_the_years_and_countries_are_those_that_the_facts_name(large_release: Described) -> None:
    graph = Graph().parse(large_release.path / "dataset.ttl")
    dataset = URIRef(large_release.iri)
    period = graph.value(dataset, DCT.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "1895"
    assert str(graph.value(period, DCAT.endDate)) == "2025-01-03"
    assert str(graph.value(dataset, SDO.temporalCoverage)) == "1895/2025-01-03"
    names = {str(graph.value(each, SDO.name)) for each in graph.objects(dataset, DCT.spatial)}
    assert names == {"België", "Japan", "Nederland"}
    assert set(graph.objects(dataset, SDO.spatialCoverage)) == set(graph.objects(dataset, DCT.spatial))


def test_a_page_or_an_address_can_be_the_contact(described: Described, graph: Graph) -> None:
    contact = graph.value(URIRef(described.iri), DCAT.contactPoint)
    if "@" in described.settings.contact:
        assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:" + described.settings.contact)
        assert graph.value(contact, SDO.email) == Literal(described.settings.contact)
    else:
        assert graph.value(contact, VCARD.hasURL) == URIRef(described.settings.contact)


def test_what_no_setting_says_is_left_out(tmp_path: Path, loaded_vocabulary: Vocabulary, dcat_ap_shapes: Graph) -> None:
    settings = Settings(
        tmp_path, "bare", "https://bare.example/", "Bare", "Nobody", "https://creativecommons.org/publicdomain/zero/1.0/"
    )
    (tmp_path / "dumps").mkdir()
    write_sums(tmp_path / "dumps", {})
    statistics = tally_lines([], settings, (b"",)).to_statistics()
    about = dataset_triples(settings, statistics, "2026-11-22", "2026-11-22.1")
    write_descriptions(settings, loaded_vocabulary, statistics, about, "2026-11-22.1", "2026-11-22", tmp_path, None)
    graph = Graph().parse(tmp_path / "dataset.ttl")
    assert violations(graph, dcat_ap_shapes) == []
    for predicate in (DCAT.contactPoint, DCAT.theme, DCAT.keyword, DCT.temporal, DCT.spatial, DCAT.previousVersion, SDO.keywords):
        assert not list(graph.objects(None, predicate)), predicate


@pytest.mark.parametrize(("description", "count"), [("", 1), ("x" * 49, 1), ("x" * 50, 0), ("x" * 5000, 0), ("x" * 5001, 1)])
def test_a_description_that_search_would_not_take_is_an_info(tmp_path: Path, description: str, count: int) -> None:
    settings = Settings(tmp_path, "a", "https://a.example/", "A", "B", "https://c.example/", description=description)
    found = list(dataset_findings(settings))
    assert [each.severity for each in found] == [Severity.INFO] * count
    assert all("50 to 5,000" in each.message for each in found)


def test_the_same_release_gives_the_same_bytes(
    large_release: Described, large_settings: Settings, loaded_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    published = frozenset(iter_facts(large_settings))
    written = []
    for name in ("one", "two"):
        path = tmp_path / name
        (path / "dumps").mkdir(parents=True)
        (path / "dumps" / "large.nt.gz").write_bytes(b"x")
        write_sums(path / "dumps", {})
        statistics = tally_lines(sorted(to_lines(published)), large_settings, (b"",)).to_statistics()
        about = dataset_triples(large_settings, statistics, "2026-11-22", "1")
        write_descriptions(large_settings, loaded_vocabulary, statistics, about, "1", "2026-11-22", path, None)
        written.append([(path / each).read_bytes() for each in ("dataset.ttl", "coverage.json")])
    assert written[0] == written[1]


def test_the_description_holds_no_blank_node(described: Described) -> None:
    terms = [term for quad in described.description for term in (quad.subject, quad.object)]
    assert not [term for term in terms if isinstance(term, ox.BlankNode)]


@pytest.mark.parametrize(
    ("tag", "end"),
    [("nl", "language/NLD"), ("nl-BE", "language/NLD"), ("EN", "language/ENG"), ("eo", "iso639-1/eo"), ("gsw", "iso639-2/gsw")],
)
def test_languages_have_the_iri_of_a_public_list(tag: str, end: str) -> None:
    assert language_iri(tag).endswith(end)
