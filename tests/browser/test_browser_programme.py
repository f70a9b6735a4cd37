"""The programme in a real browser: it fits, needs no script, shows the grid where there is room, and prints as a list."""

from __future__ import annotations

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.conftest import Requests, SetScreen
from tests.conftest import LiveServer

PROGRAMME = "/programme/demo-film-festival-2026"
DAY = PROGRAMME + "/2026-10-17"


@pytest.mark.parametrize(
    "path", [PROGRAMME, DAY, DAY + "?section=demo-2026-classics&language=nl", "/programme/", "/venue/nocturne"]
)
@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_a_programme_fits_the_screen_and_stays_on_its_origin(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, requests: Requests, path: str, width: int
) -> None:
    requests()
    set_screen(width, "light")
    browser.get(live_server.url + path)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert not [url for url in requests() if not url.startswith(live_server.url)]
    assert not [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]


def test_the_grid_is_shown_on_wide_screens_and_the_list_on_all(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    browser.get(live_server.url + DAY)
    for width, is_wide in ((390, False), (1280, True)):
        set_screen(width, "light")
        assert browser.find_element(By.CSS_SELECTOR, ".plan").is_displayed() is is_wide
        assert browser.find_element(By.ID, "demo-2026-011").is_displayed()


def test_a_block_stands_under_its_hours(browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen) -> None:
    set_screen(1280, "light")
    browser.get(live_server.url + DAY)
    hours = {each.text: each.rect["x"] for each in browser.find_elements(By.CSS_SELECTOR, ".hours li")}
    hour = hours["20:00"] - hours["19:00"]
    block = browser.find_element(By.CSS_SELECTOR, ".slots a[href='/screening/demo-2026-011']")
    assert abs(block.rect["x"] - (hours["19:00"] + hour / 2)) < 3
    assert abs(block.rect["width"] - hour * 125 / 60) < 6
    tops = [each.rect["y"] for each in browser.find_elements(By.CSS_SELECTOR, ".lane:nth-child(2) .slots a")]
    assert len(set(tops)) == 1, "screenings after one another stand on one line"


def test_a_visitor_filters_the_programme_without_a_script(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    set_screen(390, "light")
    browser.get(live_server.url + DAY)
    Select(browser.find_element(By.ID, "section")).select_by_value("demo-2026-classics")
    browser.find_element(By.CSS_SELECTOR, "form.filters button").send_keys(Keys.ENTER)
    assert browser.current_url == live_server.url + DAY + "?section=demo-2026-classics&venue=&language="
    shown = [each.get_attribute("id") for each in browser.find_elements(By.CSS_SELECTOR, "li.show[id]")]
    assert shown == ["demo-2026-009", "demo-2026-012", "demo-2026-013"]
    browser.find_element(By.CSS_SELECTOR, ".chips a").click()
    assert browser.current_url == live_server.url + DAY


def test_paper_gets_the_list_and_nothing_to_press(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    set_screen(1280, "light")
    browser.get(live_server.url + DAY)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        hidden = [".plan", "nav.days", "form.filters", ".actions", "header.site nav", ".show .ics"]
        for each in hidden:
            assert not browser.find_element(By.CSS_SELECTOR, each).is_displayed(), each
        assert browser.find_element(By.ID, "demo-2026-011").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_what_is_pressed_is_large_enough_for_a_finger(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    set_screen(390, "light")
    browser.get(live_server.url + DAY)
    # https://www.w3.org/TR/WCAG22/#target-size-minimum asks 24 px of what does not stand within a sentence.
    for each in browser.find_elements(
        By.CSS_SELECTOR, "nav.days a, form.filters select, form.filters button, .actions a, .show .ics"
    ):
        assert each.rect["height"] >= 24, each.text
