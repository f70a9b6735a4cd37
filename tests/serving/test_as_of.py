"""Pages, documents and queries as of a release that is not the current one, and Memento."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client, TestResponse

from filmgraph.release_journal import Act, Action, append_entry
from tests.serving.release_maker import BASE, QUERY, make_release

OLD, NEW = "2026-11-22.1", "2026-11-22.2"


def get(client: Client, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)


def ask(release_id: str) -> str:
    return "/sparql?" + urlencode({"query": QUERY, "release": release_id})


def name_in(answer: TestResponse) -> str:
    return str(json.loads(answer.data)["results"]["bindings"][0]["name"]["value"])


class Targets(HTMLParser):
    """Collects what a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in ("href", "src", "action", "data-words") and value}


def targets(answer: TestResponse) -> set[str]:
    parser = Targets()
    parser.feed(answer.text)
    return parser.found


def test_a_page_is_as_it_was(asked: Client) -> None:
    assert f"<h1>{NEW}" in get(asked, "/film/here", Accept="text/html").text
    assert f"<h1>{OLD}" in get(asked, f"/as-of/{OLD}/film/here", Accept="text/html").text


@pytest.mark.parametrize("release_id", [OLD, NEW])
@pytest.mark.parametrize("path", ["/", "/film/", "/film/here", "/sparql", "/queries/", "/limits", "/ns", "/absent"])
def test_every_local_link_stays_in_the_release(asked: Client, release_id: str, path: str) -> None:
    answer = get(asked, f"/as-of/{release_id}{path}", Accept="text/html")
    leaving = {each for each in targets(answer) if each.startswith("/") and not each.startswith(f"/as-of/{release_id}/")}
    assert leaving == {path, "/as-of/"}


@pytest.mark.parametrize("path", ["/id/film/here", "/film/here.ttl", "/static/filmgraph.css", "/dumps/films.nt.gz", "/readyz"])
def test_everything_has_its_past(asked: Client, path: str) -> None:
    answer = get(asked, f"/as-of/{OLD}{path}", Accept="text/turtle")
    assert answer.status_code in (200, 303, 307, 308)
    assert answer.headers.get("Location", f"/as-of/{OLD}/").startswith(f"/as-of/{OLD}/")


def test_the_note_says_as_of_when_and_leads_to_today(asked: Client) -> None:
    answer = get(asked, f"/as-of/{OLD}/sparql?query=ASK%7B%7D", Accept="text/html")
    assert f"As of release {OLD}, of 2026-11-22." in answer.text
    assert '<a href="/sparql?query=ASK%7B%7D">See it today</a>' in answer.text
    assert "As of release" not in get(asked, "/film/here", Accept="text/html").text


def test_the_page_of_a_thing_holds_nothing_of_whoever_asked_first(asked: Client) -> None:
    first = get(asked, f"/as-of/{OLD}/film/here?mine=secret", Accept="text/html")
    assert "secret" not in first.text
    assert first.data == get(asked, f"/as-of/{OLD}/film/here", Accept="text/html").data


def test_the_canonical_address_is_the_thing_s_own(asked: Client) -> None:
    answer = get(asked, f"/as-of/{OLD}/film/here", Accept="text/html")
    assert f'<link rel="canonical" href="{BASE}film/here">' in answer.text
    block, trail = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    assert {json.loads(block)[name] for name in ("url", "mainEntityOfPage")} == {f"{BASE}film/here"}
    assert "as-of" not in trail


@pytest.mark.parametrize("path", ["/film/here", "/film/here.ttl", "/", "/absent", "/sparql?query=ASK%7B%7D"])
def test_search_engines_stay_away_and_the_time_is_told(asked: Client, path: str) -> None:
    answer = get(asked, f"/as-of/{OLD}{path}")
    assert answer.headers.getlist("X-Robots-Tag") == ["noindex"]
    assert answer.headers["Memento-Datetime"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert f'<{BASE}{path[1:]}>; rel="original' in ", ".join(answer.headers.getlist("Link"))
    assert "Memento-Datetime" not in get(asked, path).headers


def test_an_entity_tag_is_of_one_release_and_one_address(asked: Client) -> None:
    paths = ["/film/here.ttl", f"/as-of/{NEW}/film/here.ttl", f"/as-of/{OLD}/film/here.ttl"]
    tags = [get(asked, path).headers["ETag"] for path in paths]
    assert len(set(tags)) == 3
    again = get(asked, paths[2], If_None_Match=tags[2])
    assert (again.status_code, again.headers["Memento-Datetime"]) == (304, "Sun, 22 Nov 2026 12:00:00 GMT")


@pytest.mark.parametrize("release_id", [OLD, NEW])
def test_a_query_is_answered_from_the_release_that_it_names(asked: Client, release_id: str) -> None:
    answer = get(asked, ask(release_id))
    assert (name_in(answer), answer.headers["X-Filmgraph-Release"]) == (release_id, release_id)
    (permalink,) = json.loads(answer.data)["head"]["link"]
    assert permalink.startswith(f"{BASE}sparql?query=")
    assert permalink.endswith(f"&release={release_id}")
    assert name_in(get(asked, permalink.removeprefix(BASE[:-1]))) == release_id


def test_a_posted_query_names_its_release_in_the_form_or_in_the_address(asked: Client) -> None:
    posted = asked.post("/sparql", data={"query": QUERY, "release": OLD})
    assert name_in(posted) == OLD
    assert name_in(asked.post("/sparql", data={"query": QUERY})) == NEW
    assert name_in(asked.post(f"/as-of/{OLD}/sparql", data={"query": QUERY})) == OLD
    body = {"data": QUERY.encode(), "content_type": "application/sparql-query"}
    assert name_in(asked.post(f"/sparql?release={OLD}", **body)) == OLD


def test_two_releases_in_one_request_are_refused(asked: Client) -> None:
    for answer in (get(asked, f"/as-of/{OLD}{ask(NEW)}"), asked.post(ask(OLD), data={"release": NEW})):
        assert answer.status_code == 400
        assert f"{OLD}, {NEW}" in json.loads(answer.data)["detail"]


def test_the_query_page_of_a_release_asks_that_release(asked: Client) -> None:
    page = get(asked, f"/as-of/{OLD}/sparql?{urlencode({'query': QUERY})}", Accept="text/html")
    assert f'action="/as-of/{OLD}/sparql"' in page.text
    assert f"release {OLD} of 2026-11-22" in page.text
    assert f"&amp;release={OLD}" in page.text


def test_the_service_description_of_a_release_names_its_own_endpoint(asked: Client) -> None:
    assert f"<{BASE}as-of/{OLD}/sparql>" in get(asked, f"/as-of/{OLD}/sparql", Accept="text/turtle").text
    assert f"<{BASE}sparql>" in get(asked, "/sparql", Accept="text/turtle").text


@pytest.mark.parametrize(
    "path", ["/as-of/2020-01-01.1/film/here", "/as-of/x/", "/as-of/2026-11-22.01/", "/as-of/.%2E/", ask("nope")]
)
def test_an_unknown_release_is_404_with_a_list_of_those_kept(asked: Client, path: str) -> None:
    answer = get(asked, path)
    assert answer.status_code == 404
    assert f"These are kept: {NEW}, {OLD}." in json.loads(answer.data)["detail"]


def test_a_pruned_release_is_410(client: Client, releases: Path) -> None:
    make_release(releases, "2026-11-22.3")
    for each in (OLD, NEW, "2026-11-22.3"):
        note(releases, Action.PUBLISH, each)
    shutil.rmtree(releases / "2026-11-22.3")
    for path in ("/as-of/2026-11-22.3/film/here", ask("2026-11-22.3")):
        answer = get(client, path)
        assert answer.status_code == 410
        assert "is kept no longer" in json.loads(answer.data)["detail"]


def test_a_release_that_no_reader_has_seen_cannot_be_asked_for(client: Client, releases: Path) -> None:
    note(releases, Action.PUBLISH, OLD)
    note(releases, Action.PUBLISH, NEW)
    make_release(releases, "2026-11-22.3")
    assert get(client, "/as-of/2026-11-22.3/").status_code == 404
    assert "2026-11-22.3" not in get(client, "/as-of/", Accept="text/html").text


def test_a_release_without_a_slash_leads_to_its_first_page(asked: Client) -> None:
    answer = get(asked, f"/as-of/{OLD}")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/as-of/{OLD}/")


def test_the_list_of_releases_is_a_part_of_none(asked: Client) -> None:
    answer = get(asked, "/as-of/", Accept="text/html")
    assert {f"/as-of/{OLD}/", f"/as-of/{NEW}/"} <= targets(answer)
    assert get(asked, f"/as-of/{OLD}/as-of/").status_code == 404
    assert get(asked, f"/as-of/{OLD}/as-of/timemap/film/here").status_code == 404


def test_the_list_changes_its_tag_with_what_is_kept(client: Client, releases: Path) -> None:
    tag = get(client, "/as-of/", Accept="text/html").headers["ETag"]
    shutil.rmtree(releases / OLD)
    assert get(client, "/as-of/", Accept="text/html", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("moment", "release_id"),
    [
        ("Thu, 01 Jan 2015 00:00:00 GMT", OLD),
        ("Sun, 22 Nov 2026 12:00:00 GMT", OLD),
        ("Sun, 22 Nov 2026 12:59:59 GMT", OLD),
        ("Sun, 22 Nov 2026 13:00:00 GMT", NEW),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NEW),
    ],
)
def test_a_time_leads_to_the_release_of_then(asked: Client, moment: str, release_id: str) -> None:
    answer = get(asked, "/film/here", Accept_Datetime=moment, Accept="text/html")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/as-of/{release_id}/film/here")
    assert {"accept", "accept-datetime"} <= {each.lower() for each in answer.vary}
    assert f'<{BASE}film/here>; rel="original timegate"' in answer.headers["Link"]


def test_a_thing_that_is_not_there_today_is_found_in_its_time(asked: Client) -> None:
    answer = get(asked, "/film/gone", Accept_Datetime="Sun, 22 Nov 2026 12:00:00 GMT")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/as-of/{OLD}/film/gone")
    assert get(asked, answer.headers["Location"]).headers["Memento-Datetime"] == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_after_a_rollback_the_release_of_then_is_the_one_that_was_served(client: Client, releases: Path) -> None:
    note(releases, Action.PUBLISH, OLD, "2026-11-22T12:00:00+00:00")
    note(releases, Action.PUBLISH, NEW, "2026-11-22T13:00:00+00:00")
    note(releases, Action.ROLLBACK, OLD, "2026-11-22T14:00:00+00:00")
    moments = ["Sun, 22 Nov 2026 13:30:00 GMT", "Sun, 22 Nov 2026 14:30:00 GMT"]
    led = [get(client, "/film/here.ttl", Accept_Datetime=each).headers["Location"] for each in moments]
    assert led == [f"/as-of/{NEW}/film/here.ttl", f"/as-of/{OLD}/film/here.ttl"]


def test_a_time_that_is_no_date_is_400(asked: Client) -> None:
    answer = get(asked, "/film/here", Accept_Datetime="yesterday")
    assert answer.status_code == 400
    assert "HTTP date" in json.loads(answer.data)["detail"]


def test_a_memento_does_not_lead_on_to_another(asked: Client) -> None:
    answer = get(asked, f"/as-of/{NEW}/film/here.ttl", Accept_Datetime="Sun, 22 Nov 2026 12:00:00 GMT")
    assert (answer.status_code, NEW in answer.text) == (200, True)


def test_the_current_document_names_its_timegate_and_timemap_and_varies_by_time(asked: Client) -> None:
    answer = get(asked, "/film/here", Accept="text/turtle")
    assert f'<{BASE}film/here>; rel="timegate"' in answer.headers["Link"]
    assert f'<{BASE}as-of/timemap/film/here>; rel="timemap"; type="application/link-format"' in answer.headers["Link"]
    assert "Accept-Datetime" in answer.vary
    assert "Accept-Datetime" in get(asked, "/film/here.ttl").vary


def test_the_timemap_lists_every_state(asked: Client) -> None:
    answer = get(asked, "/as-of/timemap/film/here")
    assert answer.content_type == "application/link-format"
    original, own, first, last = answer.text.rstrip().split(",\n")
    assert original == f'<{BASE}film/here>; rel="original timegate"'
    assert own.startswith(f'<{BASE}as-of/timemap/film/here>; rel="self"; type="application/link-format"; from="Sun, 22 Nov')
    assert first == f'<{BASE}as-of/{OLD}/film/here>; rel="first memento"; datetime="Sun, 22 Nov 2026 12:00:00 GMT"'
    assert last == f'<{BASE}as-of/{NEW}/film/here>; rel="last memento"; datetime="Sun, 22 Nov 2026 13:00:00 GMT"'


def test_there_is_no_timemap_of_what_is_no_document(asked: Client) -> None:
    assert get(asked, "/as-of/timemap/film/-").status_code == 404
    assert get(asked, "/as-of/timemap/nothing/here").status_code == 404


def test_a_release_that_cannot_be_read_is_503_and_the_current_one_is_served(client: Client, releases: Path) -> None:
    shutil.rmtree(releases / OLD / "store")
    answer = get(client, f"/as-of/{OLD}/film/here")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert get(client, "/film/here").status_code == 200


def note(releases_path: Path, action: Action, release_id: str, time: str = "2026-11-22T12:00:00+00:00") -> None:
    entry = Act(datetime.fromisoformat(time)).entry(action, release_id)
    append_entry(releases_path, entry)
