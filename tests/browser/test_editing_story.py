"""An editor's afternoon: a template, filled in with slips, checked, mended, looked at, published, seen, undone. No scripts."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from filmgraph.checking import Standards
from filmgraph.cli import main
from filmgraph.editing import EditingDesk
from filmgraph.release_folder import find_current
from filmgraph.scaffold import write_catalogue
from filmgraph.settings import load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.edit import create_edit_app
from filmgraph.web.edit.server import open_server
from tests.browser.clocked import serve_app
from tests.browser.conftest import SetScreen
from tests.browser.test_browser_axe import COLOURS, check, load
from tests.browser.vendoring import AXE_PATH
from tests.conftest import NOW
from tests.editing.conftest import build

TOKEN = "the-key-to-the-pages"
BOOK = "tables/programme.xlsx"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Path:
    """A catalogue that was published once, with a blank template in it."""
    path = tmp_path_factory.mktemp("editing") / "catalogue"
    write_catalogue(path, "https://films.example.org/", "Tiny")
    done = CliRunner().invoke(main, ["template", BOOK, "--into", str(path), "--lang", "nl"])
    assert done.exit_code == 0, done.output
    build(path, loaded_vocabulary, loaded_shapes)
    return path


@pytest.fixture
def catalogue(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "catalogue", symlinks=True)
    return tmp_path / "catalogue"


@pytest.fixture
def edit_url(catalogue: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Iterator[str]:
    desk = EditingDesk(catalogue, {}, Standards(loaded_vocabulary, loaded_shapes), lambda: NOW, "Ida")
    server = open_server(lambda hosts: create_edit_app(desk, TOKEN, hosts), "127.0.0.1", 0)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_script(browser: webdriver.Chrome) -> Iterator[None]:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def await_it(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    return WebDriverWait(browser, 30, 0.1, (NoSuchElementException, StaleElementReferenceException))


def find(browser: webdriver.Chrome, selector: str) -> WebElement:
    return await_it(browser).until(lambda page: page.find_element(By.CSS_SELECTOR, selector))


def await_title(browser: webdriver.Chrome, text: str) -> str:
    """Wait for the page with this heading, and return its text."""
    await_it(browser).until(lambda page: page.find_element(By.TAG_NAME, "h1").text == text)
    return find(browser, "main").text


def press(browser: webdriver.Chrome, text: str) -> None:
    def find_named(page: webdriver.Chrome) -> WebElement | None:
        return next((each for each in page.find_elements(By.CSS_SELECTOR, "main button, main a") if each.text == text), None)

    found = await_it(browser).until(find_named)
    assert found is not None
    found.click()


def fill(data: bytes, start: datetime | str, role: str, countries: str) -> bytes:
    workbook = load_workbook(io.BytesIO(data))
    rows: dict[str, tuple[str | int | datetime | None, ...]] = {
        "Films": ("Hier", "Here", None, None, 2023, 82, "Bas Devos", countries, "Nederlands"),
        "Medewerkers": ("Hier (2023)", role, "Stefan Gota", "Stefan"),
        "Voorstellingen": ("Hier (2023)", start, None, "Cinema Nova", "Zaal 1", "Engels", "gepland"),
        "Locaties": ("Cinema Nova", "Straat 1", "1000", "Brussel", "België", "Europe/Brussels", "Zaal 1", 100),
    }
    for sheet, cells in rows.items():
        for column, value in enumerate(cells, 1):
            workbook[sheet].cell(3, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def lay(browser: webdriver.Chrome, path: Path) -> None:
    find(browser, "#file").send_keys(str(path))
    press(browser, "Nakijken")
    await_title(browser, f"Opmerkingen bij {path.name}")


@contextmanager
def public_page(catalogue: Path, vocabulary: Vocabulary) -> Iterator[str]:
    settings = load_settings(catalogue)
    current = find_current(settings.releases_path)
    assert current is not None
    app = create_app(settings, EmbeddedStore.open(current), vocabulary, release_path=current.resolve())
    with serve_app(app) as url:
        yield url


@pytest.mark.usefixtures("no_script")
def test_an_editors_afternoon(
    browser: webdriver.Chrome,
    edit_url: str,
    set_screen: SetScreen,
    catalogue: Path,
    loaded_vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    set_screen(1280, "light")
    book, blank = tmp_path / "programme.xlsx", (catalogue / BOOK).read_bytes()

    # The address that was printed opens the pages, and no other does.
    browser.get(f"{edit_url}/nl/")
    assert "Open the address" in find(browser, "body").text
    browser.get(f"{edit_url}/nl/?token={TOKEN}")
    assert browser.current_url == f"{edit_url}/nl/"
    assert find(browser, "html").get_attribute("lang") == "nl"

    # The workbook comes back with remarks that say where, what, and what was meant.
    book.write_bytes(fill(blank, "31/11/2026 20:00", "acter", "Belgie; Nederlnd"))
    lay(browser, book)
    text = find(browser, "main").text
    assert "Dit kan nog niet gepubliceerd worden" in text
    assert "Voorstellingen, rij 3, Begin" in text
    assert "“31/11/2026 20:00” is geen datum: november 2026 heeft 30 dagen. Bedoelde u 30/11/2026 20:00?" in text
    assert "Bedoelde u Nederland?" in text
    assert not [each for each in browser.find_elements(By.TAG_NAME, "button") if each.text == "Publiceren"]

    # The remarks are in the cells of a copy.
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "saved")})
    press(browser, "Haal een kopie met de opmerkingen in de cellen")
    copy = tmp_path / "saved" / "programme (opmerkingen).xlsx"
    WebDriverWait(browser, 30).until(lambda _: copy.exists())
    assert "Bedoelde u 30/11/2026 20:00?" in load_workbook(copy)["Voorstellingen"]["B3"].comment.text

    # Mended, it can go; and what would change stands there before anything does.
    set_screen(375, "dark")
    book.write_bytes(fill(blank, datetime(2026, 11, 30, 20, 0), "acteur", "België; Nederland"))
    press(browser, "Een verbeterd bestand nakijken")
    await_title(browser, "Een bestand nakijken")
    lay(browser, book)
    assert "Dit kan gepubliceerd worden" in find(browser, ".verdict").text
    press(browser, "Bekijk wat er zou veranderen")
    text = await_title(browser, "Wat er zou veranderen")
    assert "1 film toegevoegd, 1 voorstelling toegevoegd" in text
    assert "Film “Hier” toegevoegd (bron: programme.xlsx, Films, rij 3," in text
    with public_page(catalogue, loaded_vocabulary) as url:
        browser.get(f"{url}/film/hier-2023")
        assert "404" in find(browser, "body").text or "Not Found" in find(browser, "body").text
    assert (catalogue / BOOK).read_bytes() == blank, "nothing is published by surprise"

    # One button publishes it.
    browser.get(f"{edit_url}/nl/changes")
    press(browser, "Publiceren")
    text = await_title(browser, "Een bestand nakijken")
    assert find(browser, "[role=status]").text == "Gepubliceerd. Lezers zien het nu."
    assert "Release 2026-11-22.2" in text
    with public_page(catalogue, loaded_vocabulary) as url:
        browser.get(f"{url}/nl/film/hier-2023")
        text = await_title(browser, "Hier")
        assert "1 u 22 min" in text
        assert "Stefan Gota" in text
        assert "Cinema Nova" in text

    # And one takes it back, once it has said what it does.
    browser.get(f"{edit_url}/nl/")
    press(browser, "De laatste publicatie ongedaan maken…")
    text = await_title(browser, "De laatste publicatie ongedaan maken")
    assert f"Deze bestanden worden weer wat ze waren: {BOOK}." in text
    press(browser, "Maak ongedaan")
    await_title(browser, "Een bestand nakijken")
    assert find(browser, "[role=status]").text == "Ongedaan gemaakt. Lezers zien weer de vorige release."
    assert (catalogue / BOOK).read_bytes() == blank
    with public_page(catalogue, loaded_vocabulary) as url:
        browser.get(f"{url}/film/hier-2023")
        assert "Hier" not in find(browser, "h1").text


def test_the_pages_are_accessible(
    browser: webdriver.Chrome, edit_url: str, set_screen: SetScreen, catalogue: Path, tmp_path: Path
) -> None:
    """Axe finds nothing in any of them, light on a phone and dark on a desk; nothing is wider than the screen."""
    script = (AXE_PATH / "axe.min.js").read_text(encoding="utf-8")
    browser.get(f"{edit_url}/fr/?token={TOKEN}")
    book = tmp_path / "programme.xlsx"
    book.write_bytes(fill((catalogue / BOOK).read_bytes(), "31/11/2026 20:00", "acter", "Belgie; Nederlnd"))
    find(browser, "#file").send_keys(str(book))
    press(browser, "Vérifier")
    await_title(browser, "Remarques sur programme.xlsx")
    number = browser.current_url.rpartition("/")[2]
    for path in ("/", f"/file/{number}", "/questions", "/changes", "/undo", "/no-such"):
        load(browser, f"{edit_url}/fr{path}", script)
        for width, scheme, rules in ((375, "light", None), (1280, "dark", COLOURS)):
            set_screen(width, scheme)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path
            check(browser, rules)
