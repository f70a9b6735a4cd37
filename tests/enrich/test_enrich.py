"""Asking an endpoint for the same films elsewhere: what is asked, what is proposed, how politely, and what comes of a yes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from filmgraph.cli import main
from filmgraph.enrich import Manners, Run, list_films, make_agent
from filmgraph.enrich_journal import FILE_NAME as JOURNAL
from filmgraph.enrich_journal import EnrichJournal
from filmgraph.enrich_query import Film
from filmgraph.errors import SettingsError, StoreError, UnreadableInputError
from filmgraph.findings import Severity
from filmgraph.iris import IriScheme
from filmgraph.links import FILE_NAME, links_csv, parse_links
from filmgraph.model import Certainty
from filmgraph.settings import SourceSettings
from filmgraph.sources.links import read_links
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.stores.remote import RemoteEndpoint
from filmgraph.vocabulary import Vocabulary
from tests.handmade import make_manifest

#: Wikidata's shape, with films that there are not.
DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

wd:Q901 rdfs:label "Paper \\"Lantern\\""@en ; skos:altLabel "Papieren lantaarn"@nl ; wdt:P57 wd:Q801 ;
    wdt:P577 "2024-02-01T00:00:00Z"^^xsd:dateTime ; wdt:P345 "tt9000001" .
wd:Q902 rdfs:label "Paper \\"Lantern\\""@en ; wdt:P57 wd:Q802 ; wdt:P577 "1951-01-01T00:00:00Z"^^xsd:dateTime .
wd:Q903 rdfs:label "Zwaan"@mul ; wdt:P57 wd:Q803 ; wdt:P577 "2019-05-01T00:00:00Z"^^xsd:dateTime .
wd:Q904 rdfs:label "Paper \\"Lantern\\""@en .
wd:Q905 wdt:P1476 "Winter"@fr ; wdt:P57 wd:Q801 .
wd:Q801 rdfs:label "Zoë Testman"@en , "Zoe Testman"@mul .
wd:Q802 rdfs:label "Another One"@en .
wd:Q803 rdfs:label "Bo Nobody"@nl .
"""
LANTERN = Film("paper-lantern-2023", ('Paper "Lantern"',), frozenset({2023}), ("Zoe Testman",))
SWAN = Film("zwaan-2018", ("Zwaan",), frozenset({2018}), (), languages=("nl",))
WINTER = Film("winter-2000", ("Winter",), frozenset({2000}), ("Zoë Testman",), languages=("fr",))
NOTHING = Film("nothing-2020", ("Nothing at all",), frozenset({2020}))
FILMS = (LANTERN, NOTHING, WINTER, SWAN)
DAY = "2026-11-23"


@dataclass
class Endpoint:
    """A SPARQL endpoint; `failures` are statuses and headers that it answers with first."""

    url: str
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    store = Store()
    store.load(DATA.encode(), format=RdfFormat.TURTLE)
    state = Endpoint("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(parse_qs(urlsplit(self.path).query)["query"][0])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(parse_qs(body)["query"][0])

        def answer(self, query: str) -> None:
            state.queries.append(query)
            state.agents.append(self.headers["User-Agent"])
            status, headers = state.failures.pop(0) if state.failures else (200, {})
            found = store.query(query)
            assert isinstance(found, QuerySolutions)
            body = (found.serialize(format=QueryResultsFormat.JSON) or b"") if status == 200 else b"busy"
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/sparql-results+json" if status == 200 else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/sparql"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield state
        server.shutdown()
        thread.join()


@dataclass
class Asked:
    """A run in a folder, with what it waited for and said."""

    run: Run
    waits: list[float]
    said: list[str]


def prepare(folder: Path, url: str, **manners: float) -> Asked:
    waits: list[float] = []
    said: list[str] = []
    given = {"pause_seconds": 0.5, "first_wait_seconds": 4.0, **manners}
    run = Run(
        endpoint=RemoteEndpoint(url, timeout_seconds=20, agent=make_agent("data@films.example")),
        languages=("en", "mul"),
        links_path=folder / FILE_NAME,
        journal=EnrichJournal(folder / JOURNAL),
        manners=Manners(batch=int(given.pop("batch", 2)), failures=int(given.pop("failures", 3)), **given),
        today=DAY,
        sleep=waits.append,
        tell=said.append,
    )
    return Asked(run, waits, said)


def proposals(folder: Path) -> list[tuple[str, str, str]]:
    links = parse_links((folder / FILE_NAME).read_bytes(), FILE_NAME)
    return [(each.key, each.link.rpartition("/")[2], each.evidence) for each in links]


FOUND = [
    ("paper-lantern-2023", "Q901", "the same title; the same director (Zoe Testman); released in 2024, made in 2023"),
    ("winter-2000", "Q905", "the same title; the same director (Zoë Testman)"),
    ("zwaan-2018", "Q903", "the same title; released in 2019, made in 2018"),
]


def test_films_of_the_same_title_and_director_or_year_are_proposed(endpoint: Endpoint, tmp_path: Path) -> None:
    asked = prepare(tmp_path, endpoint.url)
    assert asked.run.ask(FILMS) == 3
    assert proposals(tmp_path) == FOUND
    assert all(each.is_open for each in parse_links((tmp_path / FILE_NAME).read_bytes(), FILE_NAME))
    assert (len(endpoint.queries), asked.waits) == (2, [0.5])
    assert asked.said[-1] == "asked about 4 of 4 films; 3 new proposals"


def test_endpoint_is_told_who_asks(endpoint: Endpoint, tmp_path: Path) -> None:
    prepare(tmp_path, endpoint.url).run.ask([LANTERN])
    assert endpoint.agents[0].startswith("filmgraph/")
    assert endpoint.agents[0].endswith("(data@films.example)")
    with pytest.raises(SettingsError, match="contact is missing"):
        make_agent("")


def test_film_with_another_imdb_number_is_not_proposed(endpoint: Endpoint, tmp_path: Path) -> None:
    other = Film("l-2023", LANTERN.titles, LANTERN.years, LANTERN.directors, frozenset({"tt1"}))
    same = Film("m-2023", LANTERN.titles, LANTERN.years, LANTERN.directors, frozenset({"tt9000001"}))
    prepare(tmp_path, endpoint.url).run.ask([other, same])
    assert [each[0] for each in proposals(tmp_path)] == ["m-2023"]
    assert proposals(tmp_path)[0][2].endswith("the same IMDb number (tt9000001)")


def test_run_that_was_interrupted_goes_on_where_it_was(endpoint: Endpoint, tmp_path: Path) -> None:
    first = prepare(tmp_path, endpoint.url, failures=1)
    endpoint.failures = [(200, {}), (500, {})]
    with pytest.raises(StoreError, match="the same command goes on with it"):
        first.run.ask(FILMS)
    assert proposals(tmp_path) == FOUND[:1]
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"endpoint": "cut o')
    assert prepare(tmp_path, endpoint.url).run.ask(FILMS) == 2
    assert proposals(tmp_path) == FOUND
    assert len(endpoint.queries) == 3
    assert prepare(tmp_path, endpoint.url).run.ask(FILMS) == 0
    assert len(endpoint.queries) == 3
    prepare(tmp_path, endpoint.url).run.ask(FILMS, again=True)
    assert (len(endpoint.queries), proposals(tmp_path)) == (5, FOUND)


def test_busy_endpoint_is_given_the_time_that_it_asks_for(endpoint: Endpoint, tmp_path: Path) -> None:
    later = formatdate(time.time() + 100, usegmt=True)
    endpoint.failures = [(429, {"Retry-After": "30"}), (503, {}), (429, {"Retry-After": later})]
    asked = prepare(tmp_path, endpoint.url, failures=5)
    assert asked.run.ask([LANTERN]) == 1
    assert asked.waits[:2] == [30.0, 8.0]
    assert 90 < asked.waits[2] <= 100


def test_run_stops_after_too_many_failures_and_when_it_would_wait_too_long(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.failures = [(500, {})] * 3
    asked = prepare(tmp_path, endpoint.url, failures=3)
    with pytest.raises(StoreError, match="answered 500"):
        asked.run.ask([LANTERN])
    assert asked.waits == [4.0, 8.0]
    endpoint.failures = [(429, {"Retry-After": "86400"})]
    again = prepare(tmp_path, endpoint.url)
    with pytest.raises(StoreError, match="answered 429"):
        again.run.ask([LANTERN])
    assert (again.waits, (tmp_path / FILE_NAME).exists()) == ([], False)


def test_journal_that_is_damaged_is_named(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("{}\n")
    with pytest.raises(UnreadableInputError, match="line 1: it is no entry"):
        EnrichJournal(tmp_path / JOURNAL).asked("http://x.example/")


GRAPH = """
@prefix schema: <http://schema.org/> .
@prefix f: <https://films.example/id/film/> .
f:a a schema:Movie ; schema:name "A" ; schema:alternateName "Ah"@nl ; schema:dateCreated "2023" ; schema:inLanguage "nl-BE" ;
    schema:director <https://films.example/id/person/p> ; schema:identifier <https://films.example/id/film/a#imdb-tt1> .
<https://films.example/id/film/a#imdb-tt1> schema:propertyID "imdb" ; schema:value "tt1" .
<https://films.example/id/person/p> schema:name "P Q" .
f:b a schema:Movie ; schema:name "B" ; schema:sameAs <https://www.wikidata.org/wiki/Q1> .
f:c a schema:Movie ; schema:name "C" ; schema:identifier <https://films.example/id/film/c#w> .
<https://films.example/id/film/c#w> schema:propertyID "wikidata" ; schema:value "Q2" .
"""


def test_films_with_a_wikidata_number_are_not_asked_about(tmp_path: Path) -> None:
    engine = Store()
    engine.load(GRAPH.encode(), format=RdfFormat.TURTLE)
    manifest = make_manifest("2026-11-23.1", "https://films.example/", "X", 1, {})
    films = list_films(EmbeddedStore(tmp_path, manifest, engine), IriScheme("https://films.example/"))
    assert films == (Film("a", ("A", "Ah"), frozenset({2023}), ("P Q",), frozenset({"tt1"}), ("nl",)),)


SETTINGS = """
[catalogue]
id = "x"
base_iri = "https://films.example/"
title = "X"
publisher = "X"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
contact = "data@films.example"
"""
LINK = "http://www.wikidata.org/entity/Q901"


@pytest.fixture
def catalogue(tmp_path: Path, endpoint: Endpoint) -> Path:
    """A catalogue with three proposals."""
    (tmp_path / "filmgraph.toml").write_text(SETTINGS)
    (tmp_path / "ids.csv").write_text(
        "kind,key,source_key,minted,status\n"
        + "".join(f"film,{each.key},{each.titles[0].lower()},2026-01-01,active\n".replace('"', "") for each in FILMS)
    )
    prepare(tmp_path, endpoint.url).run.ask(FILMS)
    return tmp_path


def enrich(catalogue: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["enrich", *arguments, "--catalogue", str(catalogue)])
    return done.exit_code, done.output


def test_proposals_are_listed_and_decided(catalogue: Path, loaded_vocabulary: Vocabulary) -> None:
    source = SourceSettings("links", "links", 1, path=FILE_NAME)
    assert read_links(source, catalogue, loaded_vocabulary).records == ()
    code, told = enrich(catalogue)
    assert (code, f"paper-lantern-2023: {LINK}" in told, "3 open proposals; 0 accepted" in told) == (0, True, True)
    assert [each["key"] for each in json.loads(enrich(catalogue, "--json")[1])] == [each[0] for each in FOUND]
    code, told = enrich(catalogue, "paper-lantern-2023", LINK, "accept", "--by", "Ida", "--note", "seen")
    assert (code, 'kind = "links"' in told) == (0, True)
    assert enrich(catalogue, "zwaan-2018", "http://www.wikidata.org/entity/Q903", "refuse", "--by", "Ida")[0] == 0
    assert "1 open proposals; 1 accepted" in enrich(catalogue)[1]

    reading = read_links(source, catalogue, loaded_vocabulary)
    (film,) = reading.records
    (same_as,), (code_fact,) = film.same_as, film.identifier
    assert (film.ref.key, same_as.value.iri, code_fact.value.value) == ("paper-lantern-2023", LINK, "Q901")
    assert (same_as.certainty, str(same_as.place)) == (Certainty.EXTERNAL, "links.csv, row 2, column link")
    assert same_as.reason.startswith("Ida accepted this link on 20")
    assert f"proposed it on {DAY} (the same title; the same director" in same_as.reason
    assert [each.text.rpartition("/")[2] for each in reading.unread] == ["Q905"]


def test_what_was_refused_is_not_proposed_again(catalogue: Path, endpoint: Endpoint) -> None:
    enrich(catalogue, "zwaan-2018", "http://www.wikidata.org/entity/Q903", "refuse")
    assert prepare(catalogue, endpoint.url).run.ask(FILMS, again=True) == 0


def test_accepted_link_of_a_film_that_is_not_there_is_a_fault(catalogue: Path, loaded_vocabulary: Vocabulary) -> None:
    links = parse_links((catalogue / FILE_NAME).read_bytes(), FILE_NAME)
    text = links_csv(links).replace("film,winter-2000,", "film,summer-2000,").replace("Q905,,", "Q905,accepted,")
    (catalogue / FILE_NAME).write_text(text)
    reading = read_links(SourceSettings("links", "links", 1, path=FILE_NAME), catalogue, loaded_vocabulary)
    assert [(each.rule, each.severity, each.value) for each in reading.findings] == [
        ("links-key", Severity.VIOLATION, "summer-2000")
    ]
    assert reading.records == ()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("paper-lantern-2023",), 2, "give the key of a film, a link and the answer"),
        (("nobody", LINK, "accept"), 2, "no film has the key nobody"),
        (("paper-lantern-2023", "Q901", "accept"), 3, "'Q901' is no web address"),
        (("--endpoint", "http://127.0.0.1:9/sparql"), 3, "there is no release in"),
    ],
)
def test_wrong_use_is_explained(arguments: tuple[str, ...], code: int, message: str, catalogue: Path) -> None:
    before = (catalogue / FILE_NAME).read_bytes()
    done = enrich(catalogue, *arguments)
    assert (done[0], message in done[1]) == (code, True)
    assert (catalogue / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "line 1: the header should be"),
        (links_csv(()) + "film,a\n", "row 2: expected 10 cells"),
        (links_csv(()) + "person,a,http://x.example/,,,,,,,\n", "row 2: kind should be film"),
        (links_csv(()) + "film,a,http://x.example/,maybe,,,,,,\n", "row 2: decision should be accepted, refused or nothing"),
        (links_csv(()) + "film,a,http://x.example/,,,,,,,\n" * 2, "row 3: row 2 is about the same link"),
    ],
)
def test_links_that_are_wrong_are_named(text: str, message: str) -> None:
    with pytest.raises(UnreadableInputError) as caught:
        parse_links(text.encode(), FILE_NAME)
    assert message in str(caught.value)
