"""A headless Chromium with its logs, shared by the tests of one file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip

SetScreen = Callable[[int, str], None]
Requests = Callable[[], list[str]]


@contextmanager
def open_browser(chromium: str, driver: str, profile_path: Path) -> Iterator[webdriver.Chrome]:
    """Start a headless Chromium, and end it when the block ends."""
    # Selenium would ask for news of drivers and send statistics.
    os.environ.update(SE_OFFLINE="true", SE_AVOID_STATS="true")
    options = Options()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile_path}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


def set_metrics(browser: webdriver.Chrome, width: int, scheme: str) -> None:
    """Give a browser a screen of a width, light or dark."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and under CI nothing may skip: run 'make browser' as root")
        pytest.skip("Chromium is not installed: run 'make browser' as root")
    with open_browser(chromium, driver, tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


@pytest.fixture
def set_screen(browser: webdriver.Chrome) -> SetScreen:
    """Give the browser a screen of a width, light or dark."""
    return partial(set_metrics, browser)


@pytest.fixture
def requests(browser: webdriver.Chrome) -> Requests:
    """Return the addresses that pages asked for since the last call; the browser's own pages are left out."""

    def run() -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]  # type: ignore[no-untyped-call]
        urls = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(("chrome:", "data:"))]

    return run
