"""Drawings over HTTP: their addresses, types, caching and policy; and the pages that show them."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.drawings.conftest import EVIL, SmallStore

PATHS = (
    "/person/ann/collaboration.svg", "/person/ann/timeline.svg", "/venue/lumen/map.svg", "/festival/fest-2026/map.svg",
    "/film/one/poster.svg", "/film/two/poster.svg", "/film/three/poster.svg", "/datasets/roles.svg",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_drawing_is_svg_that_may_be_kept_and_asked_for_again(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["Link"] == f'<https://films.example{path}>; rel="canonical"'
    ElementTree.fromstring(answer.get_data(as_text=True))
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(path).headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_the_policy_lets_in_the_style_of_the_drawing_and_nothing_else(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    style = re.search("<style>(.*?)</style>", answer.get_data(as_text=True))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if style:
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
    assert bool(style) != path.endswith("poster.svg")


@pytest.mark.parametrize(
    "path",
    [
        "/person/nobody/timeline.svg", "/person/alone/collaboration.svg", "/person/alone/timeline.svg", "/venue/lost/map.svg",
        "/venue/kentucky/map.svg", "/film/absent/poster.svg", "/film/one/map.svg", "/person/ann/other.svg",
        "/person/a%20b/timeline.svg",
        "/credit/one-actor-bo/poster.svg",
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_film_that_is_gone_is_410_and_one_that_was_merged_moved(client: FlaskClient) -> None:
    assert client.get("/film/gone/poster.svg").status_code == 410
    moved = client.get("/film/merged/poster.svg")
    assert (moved.status_code, moved.location) == (301, "/film/one/poster.svg")


def test_a_drawing_is_drawn_once(client: FlaskClient, store: SmallStore) -> None:
    client.get("/person/bo/timeline.svg")
    before = store.look_ups
    client.get("/person/bo/timeline.svg", headers={"Cache-Control": "no-cache"})
    assert store.look_ups - before <= 3, "only whether there is such a person is asked again"


@pytest.mark.parametrize(
    ("path", "pictures"),
    [
        ("/person/ann", ["/person/ann/collaboration.svg", "/person/ann/timeline.svg"]),
        ("/person/alone", []),
        ("/venue/lumen", ["/venue/lumen/map.svg"]),
        ("/venue/lost", []),
        ("/festival/fest-2026", ["/festival/fest-2026/map.svg"]),
        ("/film/one", ["/film/one/poster.svg"]),
        ("/film/three", []),
    ],
)
def test_a_page_shows_what_there_is_to_draw(client: FlaskClient, path: str, pictures: list[str]) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert re.findall(r'<img[^>]* src="([^"]+\.svg)"', page) == pictures
    for each in pictures:
        assert client.get(each).status_code == 200
    assert ("drawings.css" in page) == bool(pictures)


def test_every_picture_has_an_alternative_and_a_table_beside_it(client: FlaskClient) -> None:
    page = client.get("/person/ann", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert 'alt="People who worked with Ann Ås. The table says the same."' in page
    for section in page.split('<section class="drawn"')[1:]:
        assert section.index("<img") < section.index("<table>")
    assert '<a href="/person/bo">Bo</a>' in page


def test_a_placeholder_beside_its_title_is_not_told_twice(client: FlaskClient) -> None:
    page = client.get("/film/one", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert re.search(r'<img class="poster" src="/film/one/poster.svg" alt=""', page)


def test_the_datasets_page_has_the_bars_in_it_with_all_roles_as_a_table(client: FlaskClient) -> None:
    page = client.get("/datasets/", headers={"Accept": "text/html"}).get_data(as_text=True)
    svg = re.search('<svg viewBox.*?role="img".*?</svg>', page, re.DOTALL)
    assert svg
    assert "<style" not in svg[0]
    assert "Cast member" in svg[0]
    assert page.count('id="roles-title"') == 1


@pytest.mark.parametrize("path", ["/person/ann", "/person/dee", "/venue/skoop", "/film/two", "/datasets/"])
def test_no_name_becomes_markup_in_a_page(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert EVIL not in page
    assert "<script>" not in page


def test_addresses_carry_the_path_that_the_server_is_mounted_at(client: FlaskClient) -> None:
    page = client.get("/person/ann", headers={"Accept": "text/html"}, environ_overrides={"SCRIPT_NAME": "/films"})
    assert 'src="/films/person/ann/timeline.svg"' in page.get_data(as_text=True)
    assert client.get("/person/ann/timeline.svg", environ_overrides={"SCRIPT_NAME": "/films"}).status_code == 200
