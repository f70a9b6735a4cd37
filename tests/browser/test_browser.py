"""The pages in a real browser: nothing runs off the screen, nothing is refused, nothing leaves the origin, a query gives rows."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.conftest import LiveServer

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
PAGES = (
    "/", "/film/", "/film/here-2023", "/person/bas-devos", "/org/quetzalcoatl", "/festival/demo-film-festival-2026",
    "/screening/demo-2026-001", "/venue/lantern", "/hall/lantern-1", "/role/director", "/genre/drama", "/country/BE",
    "/source/films", "/credit/here-2023-actor-1", "/ns", "/sparql", "/film/absent",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and under CI nothing may skip: run 'make browser' as root")
        pytest.skip("Chromium is not installed: run 'make browser' as root")
    options = Options()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


def set_screen(browser: webdriver.Chrome, width: int, scheme: str) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def requests(browser: webdriver.Chrome) -> list[str]:
    """Return the addresses asked for since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]  # type: ignore[no-untyped-call]
    return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_screen_and_stays_on_its_origin(browser: webdriver.Chrome, live_server: LiveServer, path: str) -> None:
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            set_screen(browser, width, scheme)
            browser.get(live_server.url + path)
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide on a screen of {width} px"
    asked = requests(browser)
    assert asked
    assert not [url for url in asked if url.startswith(("http", "ws")) and not url.startswith(live_server.url)]
    complaints = [entry["message"] for entry in browser.get_log("browser") if "404" not in entry["message"]]  # type: ignore[no-untyped-call]
    assert not complaints


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_and_a_language(browser: webdriver.Chrome, live_server: LiveServer, path: str) -> None:
    browser.get(live_server.url + path)
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


def test_a_query_typed_into_the_form_gives_rows(browser: webdriver.Chrome, live_server: LiveServer) -> None:
    browser.get(live_server.url + "/sparql")
    box = browser.find_element(By.NAME, "query")
    box.clear()
    box.send_keys("SELECT ?name WHERE { ?f <http://schema.org/name> ?name ; a <http://schema.org/Movie> } ORDER BY ?name LIMIT 3")
    box.submit()
    rows = browser.find_elements(By.CSS_SELECTOR, "main table tbody tr")
    assert len(rows) == 3


def test_the_stylesheet_is_small(live_server: LiveServer) -> None:
    css = Path(__file__).resolve().parents[2] / "src" / "filmgraph" / "web" / "static" / "filmgraph.css"
    assert css.stat().st_size <= 14_000
