"""A visitor's way through the pages, on a phone and without JavaScript: one story, one browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from tests.browser.clocked import serve_app
from tests.browser.conftest import SetScreen
from tests.conftest import Built

SITE = "nav[aria-label=Site]"
#: The first evening of the edition to come is over, the others are not.
NOW = datetime(2027, 4, 16, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def site_url(demo_release: Built, loaded_vocabulary: Vocabulary) -> Iterator[str]:
    store = EmbeddedStore.open(demo_release.path)
    app = create_app(
        demo_release.settings, store, loaded_vocabulary, release_path=demo_release.path, clock=lambda: NOW
    )  # fmt: skip
    with serve_app(app) as url:
        yield url


@pytest.fixture
def no_script(browser: webdriver.Chrome) -> Iterator[None]:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def find(browser: webdriver.Chrome, selector: str) -> WebElement:
    """Find an element, on the page that a click leads to as soon as it is there."""
    return await_it(browser).until(lambda page: page.find_element(By.CSS_SELECTOR, selector))


def await_it(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    return WebDriverWait(browser, 10, 0.1, (NoSuchElementException, StaleElementReferenceException))


def follow(browser: webdriver.Chrome, text: str, within: str = "body") -> None:
    await_it(browser).until(lambda page: page.find_element(By.CSS_SELECTOR, within).find_element(By.LINK_TEXT, text)).click()


@pytest.mark.usefixtures("no_script")
def test_a_visitor_finds_a_film_its_next_screening_and_where_a_fact_comes_from(
    browser: webdriver.Chrome, site_url: str, set_screen: SetScreen, tmp_path: Path
) -> None:
    set_screen(360, "light")
    browser.get(site_url + "/")

    # From the first page to a film's next screening in two clicks.
    assert "Fa yeung nin wah" not in find(browser, ".coming").text, "what is over is not to come"
    follow(browser, "Taxi Driver", ".coming")
    assert find(browser, ".next").rect["y"] < 900, "it stands on the first screen of the page"
    follow(browser, "Fri 16 Apr 2027, 18:30", ".next")
    assert browser.current_url == site_url + "/screening/demo-2027-003"

    # A film is found by a title that is spelled wrongly, in another language than the one it has here.
    find(browser, "#site-search").send_keys("Parasyte")
    find(browser, "header.site .search button").click()
    find(browser, "ol.found a").click()
    assert browser.current_url == site_url + "/film/gisaengchung-2019"
    shown = find(browser, ".next").text
    for words in (
        "Fri 16 Apr 2027, 19:30", "local time, UTC+02:00", "The Tram Depot (fictional), Hall 1", "Subtitles: Dutch, English",
        "Step-free; hearing loop in hall 1.", "fictional",
    ):  # fmt: skip
        assert words in shown
    past = find(browser, "section[aria-labelledby=screenings]")
    assert past.text.startswith("Past screenings")
    assert past.rect["y"] > find(browser, "#credits").rect["y"] > find(browser, ".next").rect["y"]

    # It is told in the visitor's language.
    follow(browser, "Nederlands", "nav.languages")
    assert browser.current_url == site_url + "/nl/film/gisaengchung-2019"
    assert find(browser, "html").get_attribute("lang") == "nl"
    assert "Parasite" in find(browser, ".hero").text
    assert "Engels, Nederlands" in find(browser, ".next").text
    follow(browser, "English", "nav.languages")

    # It goes into a calendar.
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    find(browser, ".next a[type='text/calendar']").click()
    WebDriverWait(browser, 20).until(lambda _: list(tmp_path.glob("*.ics")))
    (event,) = icalendar.Calendar.from_ical(next(tmp_path.glob("*.ics")).read_bytes()).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Gisaengchung"
    assert event.decoded("DTSTART").isoformat() == "2027-04-16T19:30:00+02:00"

    # The programme shows what a visitor asks for, and what became of it.
    follow(browser, "Programme", SITE)
    follow(browser, "Demo Film Festival 2027", "main")
    Select(find(browser, "#section")).select_by_value("demo-2027-classics")
    find(browser, "form.filters button").click()
    assert find(browser, "#found").text.startswith("5 of 15 screenings")
    assert "cancelled" in find(browser, "#demo-2027-012").text
    assert "was Fri 16 Apr 2027, 17:00" in find(browser, "#demo-2027-009").text

    # Lists are narrowed down.
    follow(browser, "Films", SITE)
    find(browser, "nav.facets details:nth-of-type(1) summary").click()
    follow(browser, "1980s 10", "nav.facets")
    assert find(browser, "h1").text == "Films 10"

    # Each fact opens to where it stands.
    follow(browser, "Kagemusha", "ol.index")
    fact = find(browser, ".facts .value details")
    fact.find_element(By.TAG_NAME, "summary").click()
    assert "tables/films.csv, row" in fact.text
    fact.find_element(By.TAG_NAME, "a").click()
    assert browser.current_url == site_url + "/source/cannes-films"
    assert "Films in competition at Cannes" in find(browser, "h1").text
