"""The addresses below `/changes/`: media types, caching, packing; and what is left of things that are gone."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib import Dataset, Graph
from werkzeug.test import TestResponse

from filmgraph import formats
from filmgraph.formats import DocumentFormat
from filmgraph.manifest import load_manifest
from filmgraph.namespaces import AS, LDES, RDF, SCHEMA, TREE
from filmgraph.queryworkers import WorkerPool
from filmgraph.serving import open_app
from filmgraph.settings import load_settings
from tests.changes.conftest import BASE, MERGED, REMOVED_SCREENING, SURVIVOR, Story

ATOM = "{http://www.w3.org/2005/Atom}"
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def app(story: Story) -> Iterator[Flask]:
    """The second release, in which a screening is gone and a person is merged."""
    settings = load_settings(story.catalogue_path)
    with WorkerPool(story.releases[1], settings.endpoint) as pool:
        yield open_app(settings, story.releases[1], pool)


class BufferedClient(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{**kwargs, "buffered": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return BufferedClient(app, app.response_class)


def path_of(iri: str) -> str:
    return "/" + iri.removeprefix(BASE)


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("", "text/html", "public, no-cache"),
        ("stream", "application/trig", "public, no-cache"),
        ("stream/{1}.trig", "application/trig", IMMUTABLE),
        ("stream/{1}-1.trig", "application/trig", IMMUTABLE),
        ("stream/{2}-1.trig", "application/trig", IMMUTABLE),
        ("activity", "application/ld+json", "public, no-cache"),
        ("activity/{1}-1.json", "application/ld+json", "public, no-cache"),
        ("feed.atom", "application/atom+xml", "public, no-cache"),
        ("history.json", "application/json", "public, no-cache"),
        ("{2}/added.nt.gz", "application/gzip", IMMUTABLE),
        ("{2}/removed.nt.gz", "application/gzip", IMMUTABLE),
        ("{1}/log.json", "application/json", IMMUTABLE),
    ],
)
def test_each_address_has_its_type_its_caching_and_its_tag(
    client: FlaskClient, story: Story, path: str, media_type: str, caching: str
) -> None:
    url = "/changes/" + path.format(*("", *(each.name for each in story.releases)))
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, media_type, caching)
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path", ["stream/nope.trig", "stream/../log.json", "activity/{2}-1.trig", "{2}/retired.json", "2026-11-22.9/added.nt.gz"]
)
def test_what_is_not_in_the_manifest_is_404(client: FlaskClient, story: Story, path: str) -> None:
    assert client.get("/changes/" + path.format(*("", *(each.name for each in story.releases)))).status_code == 404


def test_the_difference_of_a_release_that_was_removed_is_410(
    app: Flask, story: Story, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copied = tmp_path_factory.mktemp("pruned") / story.releases[1].name
    shutil.copytree(story.releases[1], copied)
    settings = load_settings(story.catalogue_path)
    with WorkerPool(copied, settings.endpoint) as pool:
        client = open_app(settings, copied, pool).test_client()
        answer = client.get(f"/changes/{story.releases[0].name}/added.nt.gz")
        page = client.get("/changes/")
    assert answer.status_code == 410
    assert "still in the event stream" in json.loads(answer.data)["detail"]
    assert f"changes/{story.releases[0].name}/added.nt.gz" not in page.text
    assert f"changes/{story.releases[1].name}/added.nt.gz" in page.text


def test_a_page_is_sent_packed_to_who_can_unpack_it(client: FlaskClient, story: Story) -> None:
    url = f"/changes/stream/{story.releases[0].name}-1.trig"
    packed, plain = (client.get(url, headers={"Accept-Encoding": each}) for each in ("gzip", "identity"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary


def test_a_difference_has_its_checksum_and_ranges(client: FlaskClient, story: Story) -> None:
    url = f"/changes/{story.releases[1].name}/added.nt.gz"
    whole, part = client.get(url), client.get(url, headers={"Range": "bytes=10-19"})
    digest = load_manifest(story.releases[1]).files["changes/added.nt.gz"].sha256
    assert hashlib.sha256(whole.data).hexdigest() == digest
    assert whole.headers["ETag"] == f'"{digest}"'
    assert (part.status_code, part.data) == (206, whole.data[10:20])


def test_the_root_describes_the_stream_and_reaches_every_page(client: FlaskClient, story: Story) -> None:
    def read(url: str) -> list[Quad]:
        return list(parse(client.get(url.removeprefix(BASE)).data, format=RdfFormat.TRIG, base_iri=url))

    root = read(f"{BASE}changes/stream")
    stream = NamedNode(f"{BASE}changes/stream#stream")
    said = {quad.predicate.value: quad.object for quad in root if quad.subject == stream}
    assert said[RDF.type] == NamedNode(LDES.EventStream)
    assert said[TREE.view] == NamedNode(f"{BASE}changes/stream")
    assert (said[LDES.timestampPath], said[LDES.versionOfPath]) == (NamedNode(AS.endTime), NamedNode(AS.object))
    assert said[LDES.versionDeleteObject] == NamedNode(AS.Delete)
    todo, members = [f"{BASE}changes/stream"], set()
    while todo:
        quads = read(todo.pop())
        todo += {quad.object.value for quad in quads if quad.predicate.value == TREE.node and isinstance(quad.object, NamedNode)}
        members |= {quad.object for quad in quads if quad.predicate.value == TREE.member and quad.subject == stream}
    logs = [json.loads((story.changes_path(n) / "log.json").read_text(encoding="utf-8")) for n in (1, 2)]
    assert len(members) == sum(len(log["changes"]) for log in logs)


@pytest.mark.filterwarnings("ignore:Dataset.:DeprecationWarning")  # rdflib's own TriG parser
def test_rdflib_reads_a_page_too(client: FlaskClient, story: Story) -> None:
    data = Dataset()
    data.parse(data=client.get(f"/changes/stream/{story.releases[1].name}-1.trig").text, format="trig")
    log = json.loads((story.changes_path(2) / "log.json").read_text(encoding="utf-8"))
    gone = sum(change["type"] in ("Delete", "Move") for change in log["changes"])
    assert len([graph for graph in data.graphs() if len(graph) and graph.identifier != data.default_graph.identifier]) == (
        len(log["changes"]) - gone
    )


def test_activities_are_in_the_shape_of_change_discovery(client: FlaskClient, story: Story) -> None:
    collection = json.loads(client.get("/changes/activity").data)
    assert collection["type"] == "OrderedCollection"
    pages, page = [], collection["first"]
    while page is not None:
        content = json.loads(client.get(path_of(page["id"])).data)
        assert content["id"] == page["id"]
        pages.append(content)
        page = content.get("next")
    assert pages[-1]["id"] == collection["last"]["id"]
    assert [page.get("prev", {}).get("id") for page in pages] == [None, *(page["id"] for page in pages[:-1])]
    activities = [activity for page in pages for activity in page["orderedItems"]]
    assert len(activities) == collection["totalItems"]
    starts = [page["startIndex"] for page in pages]
    assert starts == [sum(len(page["orderedItems"]) for page in pages[:n]) for n in range(len(pages))]
    times = [activity["endTime"] for activity in activities]
    assert times == sorted(times)
    assert {activity["type"] for activity in activities} == {"Create", "Update", "Delete", "Move"}
    gone = next(activity for activity in activities if activity["type"] == "Delete")
    assert (gone["object"]["type"], gone["object"]["deleted"]) == ("Tombstone", gone["endTime"])


def test_the_feed_has_an_entry_for_each_release(client: FlaskClient, story: Story) -> None:
    feed = ElementTree.fromstring(client.get("/changes/feed.atom").data)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"{BASE}changes/#{release.name}" for release in reversed(story.releases[:2])
    ]
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert "1 person merged" in (entries[0].findtext(f"{ATOM}title") or "")
    assert "Mon oncle" in "".join(entries[0].find(f"{ATOM}content").itertext())  # type: ignore[union-attr]


def test_the_page_tells_in_words_and_links_the_streams(client: FlaskClient, story: Story) -> None:
    page = client.get("/changes/").text
    assert "1 screening moved" in page
    assert "Mon oncle" in page
    for path in ("changes/feed.atom", "changes/stream", "changes/activity", f"changes/{story.releases[1].name}/removed.nt.gz"):
        assert f'href="/{path}"' in page


@pytest.mark.parametrize("document_format", formats.RdfFormat, ids=lambda each: each.name)
def test_a_thing_that_is_gone_has_a_tombstone_in_every_format(client: FlaskClient, document_format: DocumentFormat) -> None:
    path = path_of(REMOVED_SCREENING).replace("/id/", "/")
    answers = [
        client.get(path + document_format.suffix),
        client.get(path, headers={"Accept": document_format.media_type}),
        client.get(path_of(REMOVED_SCREENING), headers={"Accept": document_format.media_type}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (410, document_format.media_type)
        graph = Graph().parse(data=answer.text, format=RDFLIB[document_format])
        said = {str(predicate): str(value) for predicate, value in graph.predicate_objects()}
        assert {str(subject) for subject in graph.subjects()} == {REMOVED_SCREENING}
        assert (said[RDF.type], said[AS.formerType]) == (AS.Tombstone, SCHEMA.ScreeningEvent)
        assert (said[SCHEMA.name], said[AS.deleted]) == ("Mon oncle", "2026-11-22T12:00:01+00:00")
    assert "Accept" in answers[1].vary


RDFLIB = {
    DocumentFormat.TURTLE: "turtle",
    DocumentFormat.JSON_LD: "json-ld",
    DocumentFormat.N_TRIPLES: "nt",
    # Without a graph's name, each line is one of N-Triples.
    DocumentFormat.N_QUADS: "nt",
    DocumentFormat.TRIG: "trig",
    DocumentFormat.RDF_XML: "xml",
}


@pytest.mark.parametrize(("suffix", "accept"), [(".html", "*/*"), ("", "text/html"), ("", "text/html,*/*;q=0.8")])
def test_people_are_told_what_is_gone_and_since_when(client: FlaskClient, story: Story, suffix: str, accept: str) -> None:
    path = path_of(REMOVED_SCREENING).replace("/id/", "/")
    answer = client.get(path + suffix, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    assert "Mon oncle" in answer.text
    assert f"with release {story.releases[1].name}, on 2026-11-22" in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/problem+json", "application/json", "image/png"])
def test_who_asks_for_no_format_of_ours_gets_a_problem(client: FlaskClient, accept: str) -> None:
    answer = client.get(path_of(REMOVED_SCREENING), headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert "Mon oncle" in json.loads(answer.data)["detail"]


def test_an_unknown_suffix_of_a_thing_that_is_gone_is_404(client: FlaskClient) -> None:
    assert client.get(path_of(REMOVED_SCREENING).replace("/id/", "/") + ".docx").status_code == 404


@pytest.mark.parametrize("suffix", ["", *(each.suffix for each in DocumentFormat)])
def test_a_merged_thing_leads_to_the_other_in_every_format(client: FlaskClient, suffix: str) -> None:
    answer = client.get(path_of(MERGED).replace("/id/", "/") + suffix)
    assert answer.status_code == 301
    assert answer.headers["Location"] == path_of(SURVIVOR).replace("/id/", "/") + suffix
    thing = client.get(path_of(MERGED))
    assert (thing.status_code, thing.headers["Location"]) == (301, path_of(SURVIVOR))
