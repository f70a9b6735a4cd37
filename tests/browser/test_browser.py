"""The pages in a real browser: nothing runs off the screen, nothing is refused, and nothing leaves the origin."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.conftest import Requests, SetScreen
from tests.conftest import LiveServer

PAGES = (
    "/", "/film/", "/film/here-2023", "/person/bas-devos", "/org/quetzalcoatl", "/festival/demo-film-festival-2026",
    "/screening/demo-2026-001", "/venue/lantern", "/hall/lantern-1", "/role/director", "/genre/drama", "/country/BE",
    "/source/films", "/credit/here-2023-actor-1", "/ns", "/sparql", "/film/absent", "/datasets/",
    "/search", "/search?q=a", "/search?q=stefn+gotta",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_screen_stays_on_its_origin_and_has_one_heading(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, requests: Requests, path: str
) -> None:
    requests()
    for width, scheme in ((320, "light"), (1280, "dark")):
        set_screen(width, scheme)
        browser.get(live_server.url + path)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide on a screen of {width} px"
    asked = requests()
    assert asked
    assert not [url for url in asked if not url.startswith(live_server.url)]
    complaints = [entry["message"] for entry in browser.get_log("browser") if "404" not in entry["message"]]  # type: ignore[no-untyped-call]
    assert not complaints
    assert len(browser.find_elements(By.TAG_NAME, "h1")) == 1
    assert len(browser.find_elements(By.TAG_NAME, "main")) == 1
    assert browser.title
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert not [img for img in browser.find_elements(By.TAG_NAME, "img") if img.get_attribute("alt") is None]


def test_links_stay_on_the_server_that_is_asked(browser: webdriver.Chrome, live_server: LiveServer) -> None:
    browser.get(live_server.url + "/film/here-2023")
    browser.find_element(By.LINK_TEXT, "Bas Devos").click()
    assert browser.current_url == live_server.url + "/person/bas-devos"
    browser.find_element(By.LINK_TEXT, "Violet").click()
    assert browser.current_url == live_server.url + "/film/violet-2013"


def test_a_fact_opens_to_its_source(browser: webdriver.Chrome, live_server: LiveServer) -> None:
    browser.get(live_server.url + "/film/violet-2013")
    details = browser.find_elements(By.CSS_SELECTOR, "main details")
    assert details
    for each in details:
        browser.execute_script("arguments[0].open = true", each)
    text = browser.find_element(By.TAG_NAME, "main").text
    assert "tables/films.csv, row 6, column year" in text
    assert "2014" in text, "the value that was overruled is shown too"


def test_the_stylesheet_is_small(live_server: LiveServer) -> None:
    css = Path(__file__).resolve().parents[2] / "src" / "filmgraph" / "web" / "static" / "filmgraph.css"
    assert css.stat().st_size <= 14_000
