"""The pages of the search: parsed, answered, never broken."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Quad
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode

from filmgraph.namespaces import FG_BASE
from filmgraph.pages import search as pages_search
from filmgraph.search_model import SEARCH_FILE
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web import search as web_search
from tests.handmade import make_manifest
from tests.http.conftest import MemoryStore
from tests.search.conftest import BASE, read_triples
from tests.search.test_search import ODD

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def make_app(release_path: Path, vocabulary: Vocabulary, title: str = "Films & more") -> Flask:
    triples = read_triples()
    store = MemoryStore(make_manifest("2026-11-22.1", BASE, "Films", len(triples), {}), [Quad(*each) for each in triples])
    settings = Settings(
        catalogue_path=release_path, id="films", base_iri=BASE, title=title, publisher="Nobody", licence="https://l.example/"
    )
    return create_app(settings, store, vocabulary, release_path=release_path)


@pytest.fixture(scope="session")
def app(index_path: Path, loaded_vocabulary: Vocabulary) -> Flask:
    return make_app(index_path.parent, loaded_vocabulary)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, path: str) -> HTMLParser:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, path
    return HTMLParser(answer.text)


def one(html: HTMLParser, selector: str) -> LexborNode:
    (node,) = html.css(selector)
    return node


def words(node: LexborNode) -> str:
    return " ".join(node.text().split())


@pytest.mark.parametrize(
    "path", ["/", "/film/", "/film/here-2023", "/datasets/", "/ns", "/film/absent", "/search", "/search?q=here"]
)
def test_every_page_has_one_search_with_a_label(client: FlaskClient, path: str) -> None:
    html = HTMLParser(client.get(path, headers=HTML).text)
    form = one(html, "form[role=search]")
    assert form.attributes["action"] == "/search"
    field = one(html, "form[role=search] input[name=q]")
    label = one(html, "form[role=search] label")
    assert label.attributes["for"] == field.attributes["id"]
    assert words(label)
    assert one(html, "link[rel=search]").attributes["href"] == "/opensearch.xml"


def test_the_first_page_has_its_search_in_the_middle(client: FlaskClient) -> None:
    assert get(client, "/").css_first("main form[role=search]") is not None


def test_results_stand_in_groups_with_what_tells_namesakes_apart(client: FlaskClient) -> None:
    html = get(client, "/search?q=here")
    assert [words(each) for each in html.css("h2")] == ["Films 4"]
    lines = [words(each) for each in html.css("ol.found li")]
    assert lines == ["Here 2023 · Bas Devos", "Here 2024 · Robert Zemeckis", "Neither Here Nor There 1999", "Hereafter 2010"]
    assert [each.attributes["href"] for each in html.css("a.found")][:2] == ["/film/here-2023", "/film/here-2024"]
    assert len(html.css("h1")) == 1


def test_why_it_was_found_is_told_in_its_language(client: FlaskClient) -> None:
    html = get(client, "/search?q=iron+man")
    assert words(one(html, ".reason")) == "also known as Man of Iron"
    assert one(html, ".reason strong").attributes["lang"] == "en"
    person = [words(each) for each in get(client, "/search?q=radu").css("ol.found li")]
    assert "Stefan Gota Cast member · known for Here (2023) plays Radu in Here" in person


def test_a_screening_says_when_it_is(client: FlaskClient) -> None:
    assert "Sat 17 Oct 2026, 19:30 · Demo Fest 2026" in words(one(get(client, "/search?q=shorts"), "ol.found li"))


def test_a_slip_is_told(client: FlaskClient) -> None:
    html = get(client, "/search?q=quezalcoatl")
    assert words(one(html, "[role=status]")) == "Nothing is called “\u2068quezalcoatl\u2069”. 1 result with a name like it:"
    assert words(one(html, "ol.found li")) == "Quetzalcoatl"


def test_one_that_is_spelled_right_goes_before_those_that_are_like_it(client: FlaskClient) -> None:
    lines = [words(each) for each in get(client, "/search?q=gota").css("ol.found li")]
    assert lines[0].startswith("Stefan Gota")
    assert "similar" not in lines[0]


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    assert "Look for other words" in words(one(get(client, "/search?q=zzzzzz"), "[role=status]"))
    assert "no letter or digit" in words(one(get(client, "/search?q=%3F!"), "[role=status]"))
    assert "No film in this release" in words(one(get(client, "/search?q=bas+devos&kind=film"), "[role=status]"))


def test_a_search_for_nothing_is_a_form(client: FlaskClient) -> None:
    for path in ("/search", "/search?q=", "/search?q=%20", "/search?q=%00"):
        html = get(client, path)
        assert html.css("[role=status], [role=alert], ol") == []


def test_a_long_group_leads_to_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pages_search, web_search):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    overview = get(client, "/search?q=h&x=1")
    more = [each for each in overview.css("section a") if words(each).startswith("All 6 films")]
    assert [each.attributes["href"] for each in more] == ["/search?q=h&kind=film"]
    second = get(client, "/search?q=h&kind=film&page=2")
    assert [words(each) for each in second.css("nav.pager a")] == ["1", "2", "3"]
    assert one(second, "nav.pager [aria-current=page]").attributes["href"] == "/search?q=h&kind=film&page=2"
    assert one(second, "ol.found").attributes["start"] == "3"
    assert len(second.css("ol.found li")) == 2
    assert client.get("/search?q=h&kind=film&page=4").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "2", "1e3", "٣", "9" * 50, ""])
def test_a_page_that_is_not_there_is_404(client: FlaskClient, page: str) -> None:
    assert client.get(f"/search?q=here&page={page}", headers=HTML).status_code == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("q=" + "x" * 10_000, "10,000 characters"),
        ("q=" + "a+" * 20, "20 words"),
        ("q=here&kind=nope", "no kind"),
        ("kind=%22%3E", "no kind"),
    ],
)
def test_what_makes_no_sense_is_400_with_the_form(client: FlaskClient, query: str, told: str) -> None:
    answer = client.get(f"/search?{query}", headers=HTML)
    assert answer.status_code == 400
    html = HTMLParser(answer.text)
    assert told in words(one(html, "[role=alert]"))
    assert one(html, "main input[name=q]").attributes["aria-describedby"] == one(html, "[role=alert]").attributes["id"]
    problem = client.get(f"/search?{query}", headers=JSON)
    assert (problem.status_code, problem.mimetype) == (400, "application/problem+json")
    assert told in json.loads(problem.text)["detail"]


@pytest.mark.parametrize("path", ["/search", "/suggest"])
@pytest.mark.parametrize("text", [*ODD, "x" * 10_000, "\u202e" * 300], ids=range(len(ODD) + 2))
def test_no_text_breaks_it(client: FlaskClient, path: str, text: str) -> None:
    for kind in ("", "&kind=film"):
        answer = client.get(f"{path}?q={quote(text, errors='replace')}{kind}", headers=HTML)
        assert answer.status_code in (200, 400)


@pytest.mark.parametrize("raw", ["%ff%fe", "%ed%a0%80", "%", "%zz", "%00%00", "&q=a&q=b", "+++", "%F0%9F"])
def test_no_bytes_break_it(client: FlaskClient, raw: str) -> None:
    assert client.get(f"/search?q={raw}").status_code == 200
    assert client.get(f"/suggest?q={raw}").status_code == 200


def test_what_was_typed_and_what_was_found_are_text(client: FlaskClient) -> None:
    html = get(client, "/search?q=" + quote('"><script>alert(1)</script>'))
    assert html.css("main script") == []
    assert one(html, "main input[name=q]").attributes["value"] == '"><script>alert(1)</script>'
    (line,) = html.css("ol.found li")
    assert words(line) == '<script>alert(1)</script> & "more"'


def test_the_answer_as_json(client: FlaskClient) -> None:
    answer = client.get("/search?q=iron", headers=JSON)
    assert answer.mimetype == "application/json"
    assert "Accept" in answer.vary
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert json.loads(answer.text) == {
        "query": "iron",
        "kind": None,
        "release": "2026-11-22.1",
        "total": 1,
        "isCut": False,
        "isNear": False,
        "page": 1,
        "pageCount": 1,
        "counts": {"film": 1},
        "results": [
            {
                "iri": f"{BASE}id/film/iron",
                "url": f"{BASE}film/iron",
                "kind": "film",
                "name": "Człowiek z żelaza",
                "details": ["1981"],
                "isNear": False,
                "matched": {"relation": "alternate", "name": "Man of Iron", "in": "", "language": "en"},
            }
        ],
    }


def test_the_format_may_stand_in_the_address(client: FlaskClient) -> None:
    assert client.get("/search?q=here&format=json", headers=HTML).mimetype == "application/json"
    assert client.get("/search?q=here&format=html", headers=JSON).mimetype == "text/html"
    assert client.get("/search?q=here&format=xml").status_code == 400
    assert client.get("/search?q=here", headers={"Accept": "image/png"}).status_code == 406


def test_json_has_pages_of_all_kinds(client: FlaskClient) -> None:
    found: list[str] = []
    for page in (1, 2):
        answer = client.get(f"/search?q=h&format=json&page={page}")
        if answer.status_code == 200:
            found += [each["iri"] for each in json.loads(answer.text)["results"]]
    assert len(found) == len(set(found)) == json.loads(client.get("/search?q=h&format=json").text)["total"]


@pytest.mark.parametrize("query", ["", "?q=here", "?q=zzzz", "?q=here&kind=film"])
def test_search_engines_leave_results_out(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/search{query}", headers=HTML)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert one(HTMLParser(answer.text), "meta[name=robots]").attributes["content"] == "noindex"


def test_an_answer_that_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/search?q=here", headers=HTML).headers["ETag"]
    assert client.get("/search?q=here", headers={**HTML, "If-None-Match": tag}).status_code == 304
    assert client.get("/search?q=devos", headers=HTML).headers["ETag"] != tag


def test_suggestions_are_four_lists(client: FlaskClient) -> None:
    answer = client.get("/suggest?q=stef")
    assert answer.mimetype == "application/x-suggestions+json"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    text, names, descriptions, urls = json.loads(answer.text)
    assert text == "stef"
    assert names == ["Stefan Gota", "Stefan Müller"]
    assert descriptions == ["person, Cast member, known for Here (2023)", "person"]
    assert urls == [f"{BASE}person/stefan-gota", f"{BASE}person/stefan-mueller"]
    assert json.loads(client.get("/suggest").text) == ["", [], [], []]
    assert len(json.loads(client.get("/suggest?q=h").text)[1]) <= 10
    assert client.get("/suggest?q=" + "x" * 300).status_code == 400


def test_browsers_learn_of_the_search(client: FlaskClient) -> None:
    answer = client.get("/opensearch.xml", headers={"Host": "evil.example"})
    assert answer.mimetype == "application/opensearchdescription+xml"
    assert "evil" not in answer.text
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    assert root.findtext(f"{OPENSEARCH}ShortName") == "Films & more"
    urls = {each.attrib["type"]: each.attrib["template"] for each in root.iter(f"{OPENSEARCH}Url")}
    assert urls["text/html"] == f"{BASE}search?q={{searchTerms}}"
    for kind in ("text/html", "application/json", "application/x-suggestions+json"):
        path = urls[kind].removeprefix(BASE.rstrip("/")).replace("{searchTerms}", "here").replace("{startPage?}", "1")
        found = client.get(path, headers=HTML)
        assert (found.status_code, found.mimetype) == (200, kind)


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Films", "Films"),
        ("A catalogue with a very long title", "A catalogue"),
        ("Unbrokenlongtitleofafestival", "Unbrokenlongtitl"),
        ('<b> & "c"', '<b> & "c"'),
    ],
)
def test_the_short_name_is_short(index_path: Path, loaded_vocabulary: Vocabulary, title: str, short: str) -> None:
    answer = make_app(index_path.parent, loaded_vocabulary, title).test_client().get("/opensearch.xml")
    assert ElementTree.fromstring(answer.text).findtext(f"{OPENSEARCH}ShortName") == short


def test_results_stay_where_the_site_is_mounted(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/search?q=here", headers=HTML, environ_overrides={"SCRIPT_NAME": "/mounted"}).text)
    assert {each.attributes["href"] for each in html.css("a.found")} >= {"/mounted/film/here-2023"}
    assert one(html, "main form").attributes["action"] == "/mounted/search"


def test_a_release_without_an_index_says_so(tmp_path: Path, loaded_vocabulary: Vocabulary) -> None:
    client = make_app(tmp_path, loaded_vocabulary).test_client()
    answer = client.get("/search?q=here", headers=HTML)
    assert answer.status_code == 503
    assert "without a search index" in answer.text
    assert HTMLParser(client.get("/", headers=HTML).text).css("form[role=search], link[rel=search]") == []


def test_a_damaged_index_leaves_the_other_pages(tmp_path: Path, loaded_vocabulary: Vocabulary) -> None:
    (tmp_path / SEARCH_FILE).write_bytes(b"nothing of the kind, however much of it there may be here")
    client = make_app(tmp_path, loaded_vocabulary).test_client()
    answer = client.get("/search?q=here", headers=HTML)
    assert answer.status_code == 503
    assert "cannot be read" in answer.text
    assert client.get("/film/here-2023", headers=HTML).status_code == 200


def test_the_names_of_the_vocabulary_are_those_of_its_pages(client: FlaskClient, loaded_vocabulary: Vocabulary) -> None:
    (member,) = json.loads(client.get("/search?q=belgi&kind=country&format=json").text)["results"]
    concept = loaded_vocabulary.by_iri(f"{FG_BASE}id/country/BE")
    assert concept is not None
    assert member["name"] == concept.label()
