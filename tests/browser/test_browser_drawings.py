"""Drawings in a real browser: their style is let in, light and dark, and no text runs out of the picture."""

from __future__ import annotations

import pytest
from selenium import webdriver

from filmgraph.drawings.colour import DARK, LIGHT
from tests.browser.conftest import SetScreen
from tests.conftest import LiveServer

PATHS = (
    "/person/bas-devos/collaboration.svg", "/person/bas-devos/timeline.svg", "/film/here-2023/poster.svg",
    "/film/violet-2013/poster.svg",
    "/datasets/roles.svg",
)  # fmt: skip
BOXES = """
    const root = document.documentElement, {width, height} = root.viewBox.baseVal;
    const out = (box) => box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height;
    const texts = [...root.querySelectorAll("text")];
    return [texts.length, texts.filter((each) => out(each.getBBox())).map((each) => each.textContent)];
"""


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))})"


@pytest.mark.parametrize("path", PATHS)
def test_no_text_runs_out_of_the_picture(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, path: str
) -> None:
    set_screen(1280, "light")
    browser.get(live_server.url + path)
    count, outside = browser.execute_script(BOXES)
    assert count >= 2
    assert outside == []


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_picture_by_itself_has_the_colours_of_the_scheme(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, scheme: str, palette: object
) -> None:
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    set_screen(1280, scheme)
    browser.get(live_server.url + "/person/bas-devos/timeline.svg")
    for name in ("paper", "ink", "soft", "accent"):
        fill = browser.execute_script("return getComputedStyle(document.querySelector(arguments[0])).fill", f".{name}")
        assert fill == rgb(getattr(palette, name))
    assert not [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]]  # type: ignore[no-untyped-call]


def test_a_picture_in_a_page_is_loaded_at_its_size(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    set_screen(1280, "light")
    browser.get(live_server.url + "/person/bas-devos")
    sizes = browser.execute_async_script(
        "const done = arguments[0], all = [...document.querySelectorAll('.drawn img')];"
        "all.forEach((each) => { each.loading = 'eager'; });"
        "Promise.all(all.map((each) => each.decode())).then(() => done(all.map((each) => [each.naturalWidth, each.width > 0])));"
    )
    assert sizes == [[400, True], [400, True]]
