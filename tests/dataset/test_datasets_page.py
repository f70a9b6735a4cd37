"""The datasets page says what the release's own files say, to people and to crawlers."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic

from filmgraph.changelog import FOLDER, HISTORY, ReleaseNote
from filmgraph.coverage import Coverage, KindCoverage, load_coverage, percent
from filmgraph.dataset import dataset_iri
from filmgraph.errors import ReleaseError
from filmgraph.pages.dataset import build_dataset_page
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from tests.conftest import Built
from tests.handmade import make_manifest

SDO = Namespace("http://schema.org/")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def html(demo_client: FlaskClient) -> str:
    answer = demo_client.get("/datasets/", headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


@pytest.fixture(scope="module")
def block(html: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    found: dict[str, Any] = json.loads(text)
    return found


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))))


def test_the_block_says_what_dataset_ttl_says_in_schema_terms(block: dict[str, Any], demo_release: Built) -> None:
    assert block["@context"] == "https://schema.org"
    read = Graph().parse(data=json.dumps(block | {"@context": {"@vocab": str(SDO)}}), format="json-ld")
    told = Graph().parse(demo_release.path / "dataset.ttl")
    nodes = {str(each) for each in read.subjects()}
    said = {(str(s), str(p), str(o)) for s, p, o in read}
    stated = {
        (str(s), str(p), str(o))
        for s, p, o in told
        if str(s) in nodes and (str(o) if str(p).endswith("#type") else str(p)).startswith(str(SDO))
    }
    assert said == stated
    assert len(said) > 80


def test_the_block_has_what_dataset_search_requires_and_recommends(block: dict[str, Any], demo_release: Built) -> None:
    assert block["@type"] == "Dataset"
    assert block["name"] == demo_release.settings.title
    assert 50 <= len(block["description"]) <= 5000
    assert block["license"] == demo_release.settings.licence
    assert block["creator"]["@type"] == "Organization"
    assert block["creator"]["name"] == demo_release.settings.publisher
    assert block["isAccessibleForFree"] is True
    assert block["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert block["includedInDataCatalog"]["name"]
    assert block["version"] == demo_release.publication.manifest.release_id
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}/\d{4}(-\d\d){0,2}", block["temporalCoverage"])
    assert {each["@type"] for each in block["spatialCoverage"]} == {"Country"}
    assert "film festival" in block["keywords"]
    assert block["identifier"] == dataset_iri(demo_release.settings)
    for download in block["distribution"]:
        assert download["@type"] == "DataDownload"
        assert download["contentUrl"].startswith(demo_release.settings.base_iri + "dumps/")
        assert "/" in download["encodingFormat"]
        assert re.fullmatch(r"[0-9a-f]{64}", download["sha256"])
    assert {"application/n-triples", "text/turtle"} <= {each["encodingFormat"] for each in block["distribution"]}


def test_nothing_in_the_block_is_empty(block: dict[str, Any]) -> None:
    def walk(value: object) -> None:
        assert value not in (None, "", [], {})
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    walk(block)


def test_the_page_lists_every_file_with_its_checksum(html: str, demo_release: Built) -> None:
    files = {
        name.removeprefix("dumps/"): entry
        for name, entry in demo_release.publication.manifest.files.items()
        if name.startswith("dumps/")
    }
    rows = dict(re.findall(r'<a href="[^"]*"[^>]*>([^<]+)</a><code class="hash">([0-9a-f]{64})</code>', html))
    assert {name: entry.sha256 for name, entry in files.items()} == rows
    assert len(rows) > 5


def test_the_downloads_on_the_page_can_be_fetched(html: str, demo_client: FlaskClient, demo_release: Built) -> None:
    hrefs = re.findall(r'<a href="([^"]*)"[^>]*>[^<]+</a><code class="hash">', html)
    for href in hrefs:
        with demo_client.get(href, follow_redirects=True, headers={"Range": "bytes=0-0"}) as answer:
            assert answer.status_code == 206, href


def test_the_page_shows_counts_coverage_licence_and_citation(html: str, demo_release: Built) -> None:
    text, manifest = text_of(html), demo_release.publication.manifest
    coverage = load_coverage(demo_release.path)
    assert coverage is not None
    films = next(each for each in coverage.kinds if each.segment == "film")
    assert f"{films.things} films" in text
    countries = films.fields[str(SDO.countryOfOrigin)]
    assert f"country {countries} {percent(countries, films.things):g} %" in text
    assert "image 0 0 %" in text
    assert "free of rights: CC0 1.0" in text
    assert f"Release {manifest.release_id} [data set]. https://filmgraph.example/datasets/" in text
    assert f"@misc{{filmgraph-demo-{manifest.release_id}," in text
    assert "data@filmgraph.example" in text


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-quads", "application/n-quads"),
        ("application/trig", "application/trig; charset=utf-8"),
        (BROWSER, "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ],
)
def test_the_description_comes_in_the_format_that_is_asked_for(
    demo_client: FlaskClient, demo_release: Built, accept: str, content_type: str
) -> None:
    answer = demo_client.get("/datasets/", headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert "Accept" in answer.headers["Vary"]
    named = demo_client.get(answer.headers["Content-Location"])
    assert (named.status_code, named.data) == (200, answer.data)


@pytest.mark.parametrize(("suffix", "name"), [(".ttl", "turtle"), (".jsonld", "json-ld"), (".nt", "nt"), (".rdf", "xml")])
def test_every_format_says_the_same(demo_client: FlaskClient, demo_release: Built, suffix: str, name: str) -> None:
    told = Graph().parse(demo_release.path / "dataset.ttl")
    read = Graph().parse(data=demo_client.get("/datasets" + suffix).data, format=name)
    assert to_isomorphic(read) == to_isomorphic(told)


def test_turtle_is_the_file_of_the_release(demo_client: FlaskClient, demo_release: Built) -> None:
    assert demo_client.get("/datasets.ttl").data == (demo_release.path / "dataset.ttl").read_bytes()


@pytest.mark.parametrize("path", ["/datasets.exe", "/datasetsx", "/datasets/x", "/datasets..ttl"])
def test_no_other_path_answers(demo_client: FlaskClient, path: str) -> None:
    assert demo_client.get(path).status_code == 404


def test_a_type_that_is_not_offered_is_406(demo_client: FlaskClient) -> None:
    assert demo_client.get("/datasets/", headers={"Accept": "image/png"}).status_code == 406


def test_an_unchanged_page_is_304(demo_client: FlaskClient) -> None:
    tag = demo_client.get("/datasets/").headers["ETag"]
    assert demo_client.get("/datasets/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (None, "/datasets.ttl"), ("*/*", "/datasets.ttl"), (BROWSER, "/datasets/"), ("text/turtle", "/datasets.ttl"),
        ("application/rdf+xml", "/datasets.rdf"), ("text/html", "/datasets/"),
        ("application/ld+json;q=0.9, text/html;q=0.1", "/datasets.jsonld"),
    ],
)  # fmt: skip
def test_the_well_known_address_leads_to_the_description(demo_client: FlaskClient, accept: str | None, location: str) -> None:
    answer = demo_client.get("/.well-known/void", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 302
    assert answer.headers["Location"] == location
    assert "Accept" in answer.headers["Vary"]
    assert demo_client.get(answer.headers["Location"]).status_code == 200


def test_the_description_names_its_own_document(demo_client: FlaskClient, demo_release: Built) -> None:
    graph = Graph().parse(data=demo_client.get("/datasets.ttl").data, format="turtle")
    document = URIRef(demo_release.settings.base_iri + "datasets/")
    assert graph.value(document, URIRef("http://xmlns.com/foaf/0.1/primaryTopic")) == URIRef(dataset_iri(demo_release.settings))


def test_coverage_can_be_had_as_json(demo_client: FlaskClient, demo_release: Built) -> None:
    answer = demo_client.get("/datasets/coverage.json")
    assert answer.content_type == "application/json"
    assert answer.data == (demo_release.path / "coverage.json").read_bytes()


def test_the_page_is_linked_from_every_page(demo_client: FlaskClient) -> None:
    assert '<a href="/datasets/">Data</a>' in demo_client.get("/").text
    assert '<a href="/datasets/" aria-current="page">Data</a>' in demo_client.get("/datasets/").text


def test_a_release_without_a_description_still_has_its_page(
    demo_release: Built, loaded_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    store = EmbeddedStore.open(demo_release.path)
    client = create_app(demo_release.settings, store, loaded_vocabulary, release_path=tmp_path).test_client()
    answer = client.get("/datasets/")
    assert answer.status_code == 200
    assert "ld+json" not in answer.text
    assert client.get("/datasets.ttl").status_code == 406
    assert client.get("/.well-known/void").status_code == 404
    assert client.get("/datasets/coverage.json").status_code == 404


def test_a_title_cannot_leave_the_block(demo_release: Built, loaded_vocabulary: Vocabulary, tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script>"
    graph = Graph()
    graph.add((URIRef(dataset_iri(demo_release.settings)), SDO.name, Literal(evil)))
    graph.serialize(tmp_path / "dataset.ttl", format="turtle")
    store = EmbeddedStore.open(demo_release.path)
    client = create_app(demo_release.settings, store, loaded_vocabulary, release_path=tmp_path).test_client()
    html = client.get("/datasets/").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert json.loads(block)["name"] == evil
    assert "alert(1)</script>" not in html


NOTES = (
    ReleaseNote("2026-11-20.1", "2026-11-20T08:00:00Z", None, {"film added": 2, "person added": 1}, 3, 1),
    ReleaseNote("2026-11-22.1", "2026-11-22T08:00:00Z", "2026-11-20.1", {"film changed": 1}, 1, 1),
)


def test_the_history_is_told_in_words_newest_first() -> None:
    manifest = make_manifest("2026-11-22.1", "https://films.example/", "Films", 9, {})
    page = build_dataset_page(manifest, None, [], NOTES, "https://films.example/datasets/")
    assert [(each.release_id, each.summary) for each in page.releases] == [
        ("2026-11-22.1", "1 film changed."),
        ("2026-11-20.1", "First release: 2 films added, 1 person added."),
    ]


def test_a_release_without_a_log_stands_alone() -> None:
    manifest = make_manifest("2026-11-22.1", "https://films.example/", "Films", 9, {})
    page = build_dataset_page(manifest, None, [], [], "https://films.example/datasets/")
    assert [each.release_id for each in page.releases] == ["2026-11-22.1"]
    assert not page.has_log


def test_the_page_shows_the_history_of_the_release(demo_release: Built, loaded_vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / HISTORY).write_text(json.dumps([each.to_dict() for each in NOTES]), encoding="utf-8")
    store = EmbeddedStore.open(demo_release.path)
    client = create_app(demo_release.settings, store, loaded_vocabulary, release_path=tmp_path).test_client()
    assert "1 film changed." in client.get("/datasets/").text


def test_the_citation_is_safe_for_tex() -> None:
    manifest = make_manifest("2026-11-22.1", "https://films.example/", "50 % {Films} & more_", 9, {}, publisher="A \\ B")
    bibtex = build_dataset_page(manifest, None, [], [], "https://films.example/datasets/").bibtex
    assert r"title = {{50 \% \{Films\} \& more\_}}," in bibtex
    assert r"author = {{A \textbackslash{} B}}," in bibtex


def test_a_field_that_nothing_has_is_shown_as_zero() -> None:
    manifest = make_manifest("2026-11-22.1", "https://films.example/", "Films", 9, {})
    coverage = Coverage("2026-11-22.1", (KindCoverage("film", 3, {str(SDO.duration): 2}),))
    (table,) = build_dataset_page(manifest, coverage, [], [], "https://films.example/datasets/").coverage
    shares = {line.label: (line.count, line.percent) for line in table.lines}
    assert shares["running time"] == (2, 66.7)
    assert shares["director"] == (0, 0.0)


def test_damaged_coverage_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "coverage.json").write_text('{"release": "x"}', encoding="utf-8")
    with pytest.raises(ReleaseError, match="build the release again"):
        load_coverage(tmp_path)


def test_coverage_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    coverage = Coverage("r", (KindCoverage("film", 3, {"http://a/p": 2}),))
    (tmp_path / "coverage.json").write_text(coverage.to_json(), encoding="utf-8")
    assert load_coverage(tmp_path) == coverage
