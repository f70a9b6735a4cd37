"""A film's page leads to what its directors made before and after."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.careers_neighbours import find_neighbours
from filmgraph.programme import Named
from filmgraph.stores.embedded import EmbeddedStore
from tests.conftest import Built


def key(found: tuple[Named, str] | None) -> str:
    return found[0].iri.rpartition("/")[2] if found else ""


@pytest.mark.parametrize(
    ("film", "neighbours"),
    [
        ("here-2023", [("hellhole-2019", "")]),
        ("violet-2013", [("we-know-2009", "ghost-tropic-2019")]),
        # Two films of one year stand by their names.
        ("ghost-tropic-2019", [("violet-2013", "hellhole-2019")]),
        ("taurus-2005", [("", "pillar-2006")]),
        ("rosetta-1999", [("", "le-gamin-au-velo-2011")] * 2),
        ("taxi-driver-1976", []),
    ],
)
def test_neighbours_stand_in_the_order_of_years(
    demo_store: EmbeddedStore, demo_release: Built, film: str, neighbours: list[tuple[str, str]]
) -> None:
    found = find_neighbours(demo_store, demo_release.settings.iris, film)
    assert [(key(each.before), key(each.after)) for each in found] == neighbours


def test_the_page_leads_there_in_its_own_language(demo_client: FlaskClient) -> None:
    html = HTMLParser(demo_client.get("/nl/film/violet-2013", headers={"Accept": "text/html"}).text)
    section = html.css_first("section[aria-labelledby=neighbours-1]")
    assert section is not None
    said = [" ".join(each.text().split()) for each in section.css("h2, li")]
    assert said == ["Ook van Bas Devos", "ervoor: We Know (2009)", "erna: Ghost Tropic (2019)"]
    assert [each.attributes["href"] for each in section.css("li a")] == ["/nl/film/we-know-2009", "/nl/film/ghost-tropic-2019"]
