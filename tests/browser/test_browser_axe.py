"""What axe-core (https://github.com/dequelabs/axe-core) finds wrong for people with disabilities: nothing, on any page.

`make test` looks at some kinds of pages on two screens; `make audit` at all of them, on all screens, in all languages.
"""

from __future__ import annotations

import hashlib

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from filmgraph.languages import LANGUAGES, to_prefix
from tests.browser.conftest import SetScreen
from tests.browser.page_kinds import PAGE_KINDS
from tests.browser.vendoring import AXE, AXE_PATH
from tests.conftest import LiveServer
from tests.vendor.test_vendor import read_sums

SLICE = (
    "home", "list-narrowed", "film", "person", "festival", "screening-moved", "venue", "country", "programme", "programme-day",
    "search-near", "search-refused", "datasets", "query", "sparql-rows", "sparql-refused", "limits", "not-found",
)  # fmt: skip
#: Dark differs from light in its colours alone.
COLOURS = ["color-contrast", "link-in-text-block"]
PHONE, DESK = 390, 1280
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
    browser.set_script_timeout(60)
    browser.get(url)
    if "/sparql" in url:
        WebDriverWait(browser, 20).until(lambda shown: shown.find_element(By.CSS_SELECTOR, "form[data-ready] .CodeMirror"))
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    browser.execute_script(axe)


def check(browser: webdriver.Chrome, rules: list[str] | None) -> None:
    passes, found = browser.execute_async_script(RUN, rules)
    assert passes > (0 if rules else 10), "too few rules applied"
    assert found == []


@pytest.mark.parametrize("kind", SLICE)
def test_a_page_has_no_violation_on_a_phone_in_light_and_on_a_desk_in_dark(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, axe: str, kind: str
) -> None:
    load(browser, live_server.url + PAGE_KINDS[kind], axe)
    for width, scheme, rules in ((PHONE, "light", None), (DESK, "dark", COLOURS)):
        set_screen(width, scheme)
        check(browser, rules)


@pytest.mark.audit
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_no_page_has_a_violation_on_any_screen(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen, axe: str, kind: str, language: str
) -> None:
    load(browser, live_server.url + to_prefix(language) + PAGE_KINDS[kind], axe)
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
    for width in (PHONE, DESK):
        for scheme, rules in (("light", None), ("dark", COLOURS)):
            set_screen(width, scheme)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
            check(browser, rules)


def test_the_checker_finds_what_is_wrong(browser: webdriver.Chrome, axe: str) -> None:
    load(browser, "data:text/html,<title>x</title><img src='x'><p style='color:%23ccc;background:%23fff'>pale</p>", axe)
    _, violations = browser.execute_async_script(RUN, None)
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {each.partition(":")[0] for each in violations}


def test_the_checker_is_the_one_that_was_fetched_with_its_licences() -> None:
    sums = read_sums(AXE_PATH)
    assert set(sums) == set(AXE.files) == {path.name for path in AXE_PATH.iterdir()} - {"SHA256SUMS"}
    assert {name: hashlib.sha256((AXE_PATH / name).read_bytes()).hexdigest() for name in sums} == sums
    assert "Mozilla Public License" in (AXE_PATH / "LICENSE").read_text(encoding="utf-8")
