"""`/queries/` over HTTP: a page with a form, the rows as data, and one shape for every error."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from filmgraph.admission import Admission
from filmgraph.errors import QueryTimeoutError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queries import FOLDER, parse_query
from filmgraph.queryworkers import Answer, QueryDataset, WorkerPool
from filmgraph.results import parse_results
from filmgraph.serving import open_app
from tests.conftest import ROOT, Builder, Built

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
KEYS = sorted(path.stem for path in (ROOT / "data" / FOLDER).glob("*.rq"))
EXPECTED = Path(__file__).parent / "expected"
DIRECTOR = "/queries/films-by-director"


def get(client: FlaskClient, path: str, accept: str = "*/*", **headers: str) -> TestResponse:
    return client.get(path, headers={"Accept": accept, **headers})


def page(client: FlaskClient, path: str) -> str:
    response = get(client, path, BROWSER)
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    return response.get_data(as_text=True)


def links(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', text)]


def detail(response: TestResponse, status: int) -> str:
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    return str(json.loads(response.data)["detail"])


@pytest.mark.parametrize("path", ["/queries/", "/queries"])
def test_the_list_leads_to_every_query(demo_client: FlaskClient, path: str) -> None:
    found = links(page(demo_client, path))
    assert {f"/queries/{key}" for key in KEYS} <= set(found)


@pytest.mark.parametrize("key", KEYS)
def test_every_query_has_a_page_and_a_table(demo_client: FlaskClient, key: str) -> None:
    query = parse_query(key, (ROOT / "data" / FOLDER / f"{key}.rq").read_text(encoding="utf-8"))
    text = html.unescape(page(demo_client, f"/queries/{key}"))
    labels = [label for each in query.parameters for label in each.labels.values()]
    assert all(each in text for each in (*query.titles.values(), *query.descriptions.values(), *labels))
    table = get(demo_client, f"/queries/{key}.csv").get_data(as_text=True)
    expected = (EXPECTED / f"{key}.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(table))) == list(csv.reader(io.StringIO(expected)))
    assert text.count("<tr>") in (0, min(len(table.splitlines()), 1_001))


@pytest.mark.parametrize(
    ("suffix", "accept", "content_type"),
    [
        ("", BROWSER, "text/html; charset=utf-8"),
        ("", "*/*", "text/html; charset=utf-8"),
        ("", "text/csv", "text/csv; charset=utf-8"),
        ("", "application/sparql-results+json", "application/sparql-results+json"),
        ("", "application/json", "application/sparql-results+json"),
        (".html", "text/csv", "text/html; charset=utf-8"),
        (".csv", BROWSER, "text/csv; charset=utf-8"),
        (".json", BROWSER, "application/sparql-results+json"),
        (".tsv", "*/*", "text/tab-separated-values; charset=utf-8"),
        (".xml", "*/*", "application/sparql-results+xml"),
    ],
)
def test_suffix_or_accept_decides(demo_client: FlaskClient, suffix: str, accept: str, content_type: str) -> None:
    response = get(demo_client, DIRECTOR + suffix, accept)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert ("Accept" in response.vary) == (not suffix)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Filmgraph-Release"] == "2026-11-22.1"
    assert ("noindex" in response.headers.get("X-Robots-Tag", "")) == (not content_type.startswith("text/html"))


def test_a_client_that_accepts_none_of_the_formats_is_told_which_there_are(demo_client: FlaskClient) -> None:
    assert "text/csv" in detail(get(demo_client, DIRECTOR, "image/png"), 406)


@pytest.mark.parametrize(
    "value", ["luc-dardenne", "person/luc-dardenne", "https%3A%2F%2Ffilmgraph.example%2Fid%2Fperson%2Fluc-dardenne"]
)
def test_a_value_changes_the_rows(demo_client: FlaskClient, value: str) -> None:
    rows = parse_results(get(demo_client, f"{DIRECTOR}.json?director={value}").data).rows
    assert [row[1].value for row in rows if row[1]] == ["Rosetta", "Le gamin au vélo"]


def test_the_page_keeps_the_value_in_its_form_and_links(demo_client: FlaskClient) -> None:
    text = page(demo_client, DIRECTOR + "?director=person/luc-dardenne")
    assert 'name="director" value="person/luc-dardenne"' in text
    data = [each for each in links(text) if each.startswith(DIRECTOR + ".")]
    assert {get(demo_client, each).mimetype for each in data} == {each.media_type for each in ResultsFormat}
    assert all(parse_qs(urlsplit(each).query) == {"director": ["person/luc-dardenne"]} for each in data)
    assert "https://filmgraph.example/queries/films-by-director?director=person%2Fluc-dardenne" in links(text)


def test_things_in_the_table_are_links_to_their_pages(demo_client: FlaskClient) -> None:
    assert '<a href="/film/here-2023">film/here-2023</a>' in page(demo_client, DIRECTOR)


def test_the_editor_opens_with_the_same_query(demo_client: FlaskClient) -> None:
    (link,) = [each for each in links(page(demo_client, DIRECTOR)) if each.startswith("/sparql?")]
    ours = parse_results(get(demo_client, DIRECTOR + ".json").data)
    theirs = get(demo_client, link, "application/sparql-results+json")
    assert parse_results(theirs.data) == ours


VALUE = DIRECTOR + "?director=person/luc-dardenne"
PERMALINK = "https://filmgraph.example/queries/films-by-director?director=person%2Fluc-dardenne"


def header_links(response: TestResponse) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["Link"])}


@pytest.mark.parametrize("suffix", ["", ".html", ".csv", ".tsv", ".json", ".xml"])
def test_an_answer_says_of_which_data_it_speaks_and_where_to_find_it_again(
    demo_client: FlaskClient, demo_release: Built, suffix: str
) -> None:
    response = get(demo_client, VALUE.replace("?", suffix + "?"))
    assert response.headers["X-Filmgraph-Release"] == demo_release.publication.manifest.release_id
    assert response.headers["X-Filmgraph-Dataset-Version"] == f"sha256:{demo_release.publication.manifest.content_sha256}"
    assert response.headers["X-Filmgraph-Complete"] == "true"
    found = header_links(response)
    assert found["bookmark"] == found["canonical"] == PERMALINK
    assert found["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"


def test_an_answer_says_how_long_it_took_and_how_much_of_it_was_waiting(demo_client: FlaskClient) -> None:
    found = re.fullmatch(r"total;dur=(\d+\.\d), queue;dur=(\d+\.\d)", get(demo_client, VALUE).headers["Server-Timing"])
    assert found
    assert float(found[1]) >= float(found[2])


def test_json_and_xml_have_the_permalink_in_their_head(demo_client: FlaskClient) -> None:
    body = json.loads(get(demo_client, VALUE.replace("?", ".json?")).data)
    assert body["head"]["link"] == [PERMALINK]
    head = ElementTree.fromstring(get(demo_client, VALUE.replace("?", ".xml?")).data)[0]
    assert [each.attrib["href"] for each in head if each.tag.endswith("}link")] == [PERMALINK]


def test_a_problem_says_of_which_data_it_speaks_and_promises_nothing(demo_client: FlaskClient) -> None:
    response = get(demo_client, DIRECTOR + "?director=x%3E", "application/json")
    assert response.status_code == 400
    assert response.headers["X-Filmgraph-Release"] == "2026-11-22.1"
    assert response.headers["X-Filmgraph-Dataset-Version"].startswith("sha256:")
    assert "X-Filmgraph-Complete" not in response.headers


def test_links_too_long_for_a_header_are_left_out(demo_client: FlaskClient) -> None:
    response = get(demo_client, "/queries/films-by-title.csv?words=" + "%E2%82%AC" * 250)
    assert response.status_code == 200
    assert set(header_links(response)) == {"license"}


def test_the_page_says_how_to_cite_the_answer(demo_client: FlaskClient) -> None:
    text = html.unescape(page(demo_client, VALUE))
    (citation,) = re.findall(r"<summary>Cite this result</summary><p>([^<]*)</p>", text)
    assert "release 2026-11-22.1 of 2026-11-22. “Films of a director”" in citation
    assert citation.endswith(PERMALINK)
    assert VALUE.replace("/luc", "%2Fluc") in links(text)


def test_the_list_tells_crawlers_what_it_lists(demo_client: FlaskClient) -> None:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(demo_client, "/queries/"))
    crawler = json.loads(block)
    assert (crawler["@context"], crawler["@type"], crawler["numberOfItems"]) == ("https://schema.org", "ItemList", len(KEYS))
    listed = [each["url"] for each in crawler["itemListElement"]]
    assert sorted(listed) == [f"https://filmgraph.example/queries/{key}" for key in KEYS]
    assert [each["position"] for each in crawler["itemListElement"]] == list(range(1, len(KEYS) + 1))


@pytest.mark.parametrize("suffix", ["", ".csv", ".json"])
def test_what_the_client_has_is_not_sent_again(demo_client: FlaskClient, suffix: str) -> None:
    first = get(demo_client, DIRECTOR + suffix)
    again = get(demo_client, DIRECTOR + suffix, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = get(demo_client, f"{DIRECTOR}{suffix}?director=luc-dardenne", **{"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_head_says_what_get_would(demo_client: FlaskClient) -> None:
    head, whole = (method(DIRECTOR + ".csv") for method in (demo_client.head, demo_client.get))
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert demo_client.post(DIRECTOR).status_code == 405


@pytest.mark.parametrize(
    "path", ["/queries/none", "/queries/none.csv", DIRECTOR + ".pdf", DIRECTOR + ".", "/queries/.csv", DIRECTOR + "/x"]
)
def test_what_is_not_there_is_404(demo_client: FlaskClient, path: str) -> None:
    detail(get(demo_client, path), 404)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("director=x%3E", "director = 'x>' should be the key of a person"),
        ("director=x%0A%7D", "should be the key of a person"),
        ("director=%5Cu003E", "should be the key of a person"),
        ("director=film/here-2023", "should be the key of a person"),
        ("director=%ED%A0%80", "should be the key of a person"),
        ("director=a&director=b", "director is given 2 times"),
        ("regisseur=a", "has no parameter 'regisseur'; there are director"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_a_wrong_value_is_400_and_says_what_was_expected(demo_client: FlaskClient, suffix: str, query: str, message: str) -> None:
    response = get(demo_client, f"{DIRECTOR}{suffix}?{query}", "application/json")
    assert message in detail(response, 400)


def test_a_browser_gets_the_problem_as_a_page_without_markup_from_the_value(demo_client: FlaskClient) -> None:
    response = get(demo_client, DIRECTOR + "?director=%3Cscript%3Ealert(1)%3C/script%3E", BROWSER)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert b"<script>" not in response.data


def test_a_text_with_quotes_stays_a_text(demo_client: FlaskClient) -> None:
    text = page(demo_client, "/queries/films-by-title?words=%22%3E%3Cb%3E")
    assert "<b>" not in text
    assert "Nothing was found." in text


def test_a_thing_that_is_not_there_is_named(demo_client: FlaskClient) -> None:
    note = "This release knows nothing of https://filmgraph.example/id/person/nobody"
    assert note in page(demo_client, DIRECTOR + "?director=nobody")
    assert note not in page(demo_client, DIRECTOR)


class CountingPool:
    """Counts its queries and fails each of them."""

    def __init__(self, pool: WorkerPool) -> None:
        self.limits = pool.limits
        self.find = pool.find
        self.runs = 0

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        self.runs += 1
        raise QueryTimeoutError("the query ran too long")


def test_no_query_runs_for_a_client_that_has_the_answer(demo_release: Built, demo_client: FlaskClient) -> None:
    tag = get(demo_client, DIRECTOR + ".csv").headers["ETag"]
    with WorkerPool(demo_release.path, demo_release.settings.endpoint) as workers:
        pool = CountingPool(workers)
        client = open_app(demo_release.settings, demo_release.path, pool).test_client()  # type: ignore[arg-type]
        assert get(client, DIRECTOR + ".csv", **{"If-None-Match": tag}).status_code == 304
        assert pool.runs == 0
        assert "ran too long" in detail(get(client, DIRECTOR + ".csv"), 504)
        assert pool.runs == 1


def test_a_client_that_has_used_up_its_share_waits_here_too(demo_release: Built) -> None:
    endpoint = replace(demo_release.settings.endpoint, client_failures_per_minute=1)
    door = Admission(endpoint, None)
    with WorkerPool(demo_release.path, endpoint) as workers:
        pool = CountingPool(workers)
        client = open_app(demo_release.settings, demo_release.path, pool, door).test_client()  # type: ignore[arg-type]
        detail(get(client, DIRECTOR + ".csv"), 504)
        refused = get(client, "/queries/cast-of-a-film.csv")
        detail(refused, 429)
        assert int(refused.headers["Retry-After"]) > 0
        assert pool.runs == 1
        assert get(client, "/queries/", BROWSER).status_code == 200
    door.close()


def test_a_release_without_queries_says_so(build_catalogue: Builder, tiny_catalogue: Path) -> None:
    built = build_catalogue(tiny_catalogue)
    with WorkerPool(built.path, built.settings.endpoint) as pool:
        client = open_app(built.settings, built.path, pool).test_client()
        assert "There are none in this release." in page(client, "/queries/")
        assert client.get(DIRECTOR).status_code == 404
