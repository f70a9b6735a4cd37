"""What axe-core (https://github.com/dequelabs/axe-core) finds wrong for people with disabilities: nothing, on any page."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import SetScreen
from tests.browser.vendoring import AXE, AXE_PATH
from tests.conftest import LiveServer
from tests.vendor.test_vendor import read_sums

ROWS = "PREFIX schema: <http://schema.org/>\nSELECT ?film ?title WHERE { ?film a schema:Movie ; schema:name ?title } LIMIT 3"
PAGES = (
    "/", "/film/", "/film/here-2023", "/person/bas-devos", "/screening/demo-2026-001", "/limits", "/film/absent", "/datasets/",
    "/search?q=a", "/search?q=man+of+irn", "/search?q=zzzz", f"/search?q={'x' * 300}",
    "/programme/demo-film-festival-2026", "/programme/demo-film-festival-2026/2026-10-17", "/venue/nocturne",
    "/queries/", "/queries/screenings-of-a-day", "/sparql", f"/sparql?query={quote(ROWS)}",
    f"/sparql?query={quote('SELECT * { ?s ?p }')}",
)  # fmt: skip
#: What runs on each screen: dark differs from light in its colours alone.
COLOURS = ["color-contrast", "link-in-text-block"]
SCREENS = {(width, scheme): None if scheme == "light" else COLOURS for width in (390, 1280) for scheme in ("light", "dark")}
RUN = """
    const [rules, done] = arguments;
    const place = (node) => node.target.join(" ") + " " + node.failureSummary;
    const tell = (rule) => rule.id + ": " + rule.nodes.map(place).join("; ");
    axe.run(document, rules ? {runOnly: {type: "rule", values: rules}} : {}).then(
        (found) => done([found.passes.length, found.violations.map(tell)]), (error) => done([0, [String(error)]])
    );
"""


@pytest.fixture(scope="module")
def axe() -> str:
    return (AXE_PATH / "axe.min.js").read_text(encoding="utf-8")


def load(browser: webdriver.Chrome, url: str, axe: str) -> None:
    """Open a page with all its details, and bring the checker in: by the driver, so that the page's policy stays as it is."""
    browser.get(url)
    if "/sparql" in url:
        WebDriverWait(browser, 20).until(lambda shown: shown.find_element(By.CSS_SELECTOR, "form[data-ready] .CodeMirror"))
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    browser.execute_script(axe)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_violation_light_or_dark_on_a_phone_or_a_desk(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, axe: str, path: str
) -> None:
    browser.set_script_timeout(60)
    found = {}
    load(browser, live_server.url + path, axe)
    for (width, scheme), rules in SCREENS.items():
        set_screen(width, scheme)
        passes, found[width, scheme] = browser.execute_async_script(RUN, rules)
        assert passes > (0 if rules else 10), f"too few rules applied to {path}"
    assert found == {each: [] for each in SCREENS}


def test_the_checker_finds_what_is_wrong(browser: webdriver.Chrome, axe: str) -> None:
    load(browser, "data:text/html,<title>x</title><img src='x'><p style='color:%23ccc;background:%23fff'>pale</p>", axe)
    _, violations = browser.execute_async_script(RUN, None)
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {each.partition(":")[0] for each in violations}


def test_the_checker_is_the_one_that_was_fetched_with_its_licences() -> None:
    sums = read_sums(AXE_PATH)
    assert set(sums) == set(AXE.files) == {path.name for path in AXE_PATH.iterdir()} - {"SHA256SUMS"}
    assert {name: hashlib.sha256((AXE_PATH / name).read_bytes()).hexdigest() for name in sums} == sums
    assert "Mozilla Public License" in (AXE_PATH / "LICENSE").read_text(encoding="utf-8")
