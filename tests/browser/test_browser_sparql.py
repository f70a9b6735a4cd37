"""The query page in a real browser: type, complete, run, follow, fail, with a script and without one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import Requests, SetScreen
from tests.conftest import ROOT, Builder, LiveServer, _await_ready, copy_demo, free_port

FILMS = "SELECT ?film ?title WHERE { ?film a schema:Movie ; schema:name ?title } ORDER BY ?title LIMIT 3"
PREFIX = "PREFIX schema: <http://schema.org/>\n"
BROKEN = "SELECT ?film WHERE {\n  ?film a a schema:Movie .\n}\n"
SLOW = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) > 9999) }"
)

OpenPage = Callable[..., None]


@pytest.fixture
def open_page(browser: webdriver.Chrome, live_server: LiveServer) -> Iterator[OpenPage]:
    """Open the query page and wait for its editor."""

    def run(query: str = "", url: str = live_server.url, path: str = "/sparql") -> None:
        browser.get(url + path + (f"?query={quote(query)}" if query else ""))
        wait_for(browser, "form[data-ready] .CodeMirror")

    yield run
    # A page that is left takes its complaints along.
    browser.get("about:blank")


@pytest.fixture(scope="module")
def hasty_server(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Iterator[LiveServer]:
    """The server of a catalogue whose queries may run for two seconds."""
    catalogue = copy_demo(tmp_path_factory.mktemp("hasty") / "data")
    text = (catalogue / "filmgraph.toml").read_text(encoding="utf-8")
    assert "[endpoint]" not in text
    (catalogue / "filmgraph.toml").write_text(text + "\n[endpoint]\ndeadline_seconds = 2\n", encoding="utf-8")
    build_catalogue(catalogue)
    port, log_path = free_port(), catalogue / "server.log"
    with log_path.open("w") as log:
        command = [sys.executable, "-m", "filmgraph", "serve", str(catalogue), "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    try:
        _await_ready(process, f"http://127.0.0.1:{port}", log_path)
        yield LiveServer(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(browser: webdriver.Chrome, selector: str) -> WebElement:
    return WebDriverWait(browser, 20).until(lambda shown: shown.find_element(By.CSS_SELECTOR, selector), selector)


def type_query(browser: webdriver.Chrome, query: str) -> None:
    """Write `query` into the editor, at once: typed letter by letter, it would close brackets by itself."""
    browser.execute_script("editor.setValue(arguments[0]); editor.execCommand('goDocEnd'); editor.focus()", query)


def press(browser: webdriver.Chrome, *keys: str) -> None:
    actions = ActionChains(browser)
    for key in keys[:-1]:
        actions.key_down(key)
    actions.send_keys(keys[-1])
    for key in keys[:-1]:
        actions.key_up(key)
    actions.perform()


def press_run(browser: webdriver.Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, "form.query button[type=submit]").click()


def rows(browser: webdriver.Chrome) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, "#answer table.results tbody tr")


def complaints(browser: webdriver.Chrome) -> list[str]:
    """Return what the console says, but for the note that an answer was an error."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [each["message"] for each in entries if each["source"] != "network"]


def test_a_query_gives_rows_with_labels_and_local_links(
    browser: webdriver.Chrome, live_server: LiveServer, open_page: OpenPage
) -> None:
    open_page()
    type_query(browser, PREFIX + FILMS)
    press_run(browser)
    wait_for(browser, "#answer table.results")
    assert len(rows(browser)) == 3
    first = rows(browser)[0]
    link, title = first.find_element(By.TAG_NAME, "a"), first.find_elements(By.TAG_NAME, "td")[1]
    assert link.text == title.text != ""
    assert str(link.get_attribute("href")).startswith(live_server.url + "/film/")
    assert "3 rows" in browser.find_element(By.ID, "status").text
    assert complaints(browser) == []


def test_the_address_of_an_answer_is_its_permalink(
    browser: webdriver.Chrome, live_server: LiveServer, open_page: OpenPage
) -> None:
    open_page()
    type_query(browser, PREFIX + FILMS)
    press(browser, Keys.CONTROL, Keys.ENTER)
    wait_for(browser, "#answer table.results")
    permalink = str(browser.find_element(By.CSS_SELECTOR, "#answer a[rel=bookmark]").get_attribute("href"))
    assert parse_qs(urlsplit(permalink).query)["query"] == [PREFIX + FILMS]
    WebDriverWait(browser, 20).until(lambda shown: shown.current_url == permalink)
    shown = [row.text for row in rows(browser)]
    browser.get(permalink)
    wait_for(browser, "form[data-ready]")
    assert [row.text for row in rows(browser)] == shown
    assert browser.execute_script("return editor.getValue()") == PREFIX + FILMS


def test_going_back_shows_the_query_before(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page(PREFIX + FILMS)
    type_query(browser, "ASK { ?s ?p ?o }")
    press_run(browser)
    WebDriverWait(browser, 20).until(lambda shown: "Yes" in shown.find_element(By.ID, "answer").text)
    browser.back()
    wait_for(browser, "#answer table.results")
    wait_for(browser, "form[data-ready]")
    assert browser.execute_script("return editor.getValue()") == PREFIX + FILMS


def test_a_result_can_be_had_as_csv(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page(PREFIX + FILMS)
    link = browser.find_element(By.CSS_SELECTOR, "#answer .actions").find_element(By.LINK_TEXT, "CSV")
    text = browser.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.text()).then(done)", link.get_attribute("href")
    )
    assert text.splitlines()[0] == "film,title"
    assert len(text.splitlines()) == 4


def test_a_syntax_error_names_its_line_and_leads_there(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page()
    type_query(browser, PREFIX + BROKEN)
    press_run(browser)
    problem = wait_for(browser, "#answer .problem")
    assert "line 3" in problem.text
    wait_for(browser, ".failed-line")
    problem.find_element(By.TAG_NAME, "button").click()
    assert browser.execute_script("return [editor.hasFocus(), editor.getDoc().getCursor().line]") == [True, 2]
    assert browser.execute_script("return editor.getValue()") == PREFIX + BROKEN, "nothing that was typed is lost"
    assert complaints(browser) == []


def test_a_query_past_the_deadline_is_told_so(browser: webdriver.Chrome, hasty_server: LiveServer, open_page: OpenPage) -> None:
    open_page(url=hasty_server.url)
    assert "run for 2 seconds" in browser.find_element(By.TAG_NAME, "main").text
    type_query(browser, SLOW)
    press_run(browser)
    assert browser.find_element(By.ID, "stop").is_displayed()
    problem = wait_for(browser, "#answer .problem")
    assert "2 seconds" in problem.text
    assert not browser.find_element(By.ID, "stop").is_displayed()


def test_a_running_query_can_be_stopped(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page()
    type_query(browser, SLOW.replace("9999", "9998"))
    press_run(browser)
    browser.find_element(By.ID, "stop").click()
    WebDriverWait(browser, 5).until(lambda shown: shown.find_element(By.ID, "status").text == "Stopped.")
    assert not browser.find_elements(By.CSS_SELECTOR, "#answer .problem")


@pytest.mark.parametrize(
    ("typed", "offered", "written"),
    [
        ("?film schema:direc", "schema:director · directed by", "?film schema:director"),
        ("?film fg:runt", "fg:runtimeMinutes", "?film fg:runtimeMinutes"),
        ("?credit fg:billi", "fg:billing", "?credit fg:billing"),
        ("?film a schema:Mov", "schema:Movie", "?film a schema:Movie"),
        ("?hall a audit", "fg:Auditorium", "?hall a fg:Auditorium"),
    ],
)
def test_the_editor_completes_our_terms_and_adds_their_prefix(
    browser: webdriver.Chrome, open_page: OpenPage, typed: str, offered: str, written: str
) -> None:
    open_page()
    type_query(browser, "SELECT * WHERE { ")
    ActionChains(browser).send_keys(typed).perform()
    press(browser, Keys.CONTROL, Keys.SPACE)
    hint = wait_for(browser, ".CodeMirror-hint-active")
    assert hint.text.startswith(offered)
    assert hint.text.endswith(")"), "it says how often the term is used"
    press(browser, Keys.ENTER)
    query = browser.execute_script("return editor.getValue()")
    prefix = written.rpartition(" ")[2].partition(":")[0]
    assert written in query
    assert query.count(f"PREFIX {prefix}: <") == 1
    assert complaints(browser) == []


def test_tab_leaves_the_editor_both_ways(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page()
    type_query(browser, PREFIX + FILMS)
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "Run the query"
    press(browser, Keys.SHIFT, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("aria-label") == "Query"
    press(browser, Keys.SHIFT, Keys.TAB)
    assert browser.switch_to.active_element.tag_name == "a"
    assert browser.execute_script("return editor.getValue()") == PREFIX + FILMS


def test_every_field_of_the_page_has_a_name(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    open_page(PREFIX + FILMS)
    nameless = """
        return [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href]")].filter((each) =>
            each.checkVisibility() && !each.ariaLabel && !each.textContent.trim() && !(each.labels && each.labels.length)
        ).map((each) => each.outerHTML)
    """
    assert browser.execute_script(nameless) == []
    assert browser.find_element(By.CSS_SELECTOR, "#answer .scroll").get_attribute("tabindex") == "0"


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_and_the_answer_fit_the_screen_and_can_be_read(
    browser: webdriver.Chrome, open_page: OpenPage, set_screen: SetScreen, width: int, scheme: str
) -> None:
    set_screen(width, scheme)
    open_page(PREFIX + FILMS)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    # WCAG 2.2, 1.4.3: text has a contrast of 4.5 to 1 with what is behind it.
    contrast = """
        const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        const light = (colour) => { const [r, g, b] = rgb(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const paper = light(getComputedStyle(document.querySelector(".CodeMirror")).backgroundColor);
        return [...document.querySelectorAll(".CodeMirror-line span[class^=cm-]")].map((each) => {
            const ink = light(getComputedStyle(each).color);
            return [each.textContent, each.className, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)];
        });
    """
    measured = browser.execute_script(contrast)
    assert len({name for _, name, _ in measured}) >= 4, "words of several kinds were measured"
    assert [each for each in measured if each[2] < 4.5] == []


def test_nothing_leaves_the_origin_and_nothing_is_kept(
    browser: webdriver.Chrome, live_server: LiveServer, open_page: OpenPage, requests: Requests
) -> None:
    requests()
    open_page()
    type_query(browser, "SELECT * WHERE { ")
    ActionChains(browser).send_keys("?s foaf:na").perform()
    press(browser, Keys.CONTROL, Keys.SPACE)
    type_query(browser, PREFIX + FILMS)
    press_run(browser)
    wait_for(browser, "#answer table.results")
    asked = requests()
    assert live_server.url + "/sparql/schema.json" in asked
    assert [url for url in asked if not url.startswith(live_server.url) and url != "about:blank"] == []
    assert browser.execute_script("return localStorage.length + sessionStorage.length") == 0
    assert browser.get_cookies() == []
    assert complaints(browser) == []


def test_a_page_that_the_browser_keeps_still_has_its_editor(browser: webdriver.Chrome, open_page: OpenPage) -> None:
    """The second answer is a 304 whose headers replace those of the page: its policy must let the script run."""
    for _ in range(2):
        open_page(PREFIX + FILMS)
    assert complaints(browser) == []


@pytest.fixture
def no_script(browser: webdriver.Chrome) -> Iterator[None]:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.usefixtures("no_script")
def test_the_form_does_the_whole_job_without_a_script(
    browser: webdriver.Chrome, live_server: LiveServer, set_screen: SetScreen
) -> None:
    set_screen(390, "light")
    browser.get(live_server.url + "/sparql")
    assert not browser.find_elements(By.CLASS_NAME, "CodeMirror")
    box = browser.find_element(By.NAME, "query")
    box.clear()
    box.send_keys(PREFIX + FILMS)
    press_run(browser)
    wait_for(browser, "#answer table.results")
    assert len(rows(browser)) == 3
    browser.find_element(By.CSS_SELECTOR, "#answer a[rel=bookmark]").click()
    wait_for(browser, "#answer table.results")
    rows(browser)[0].find_element(By.TAG_NAME, "a").click()
    wait_for(browser, "h1")
    assert urlsplit(browser.current_url).path.startswith("/film/")


@pytest.mark.usefixtures("no_script")
def test_an_error_without_a_script_keeps_the_query(browser: webdriver.Chrome, live_server: LiveServer) -> None:
    browser.get(live_server.url + "/sparql")
    box = browser.find_element(By.NAME, "query")
    box.clear()
    box.send_keys(PREFIX + BROKEN)
    press_run(browser)
    problem = wait_for(browser, "#answer .problem")
    assert "line 3" in problem.text
    assert "?film a a schema:Movie ." in problem.text
    assert BROKEN.strip() in str(browser.find_element(By.NAME, "query").get_attribute("value")).replace("\r", "")


def test_the_script_names_no_other_place() -> None:
    text = (Path(ROOT) / "src/filmgraph/web/static/sparql.js").read_text(encoding="utf-8")
    assert "http" not in text
