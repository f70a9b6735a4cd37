"""Writes a picture of each kind of page, on a phone and on a desk, in light and in dark: for people to look at."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from pathlib import Path

from selenium import webdriver

from tests.browser.conftest import open_browser, set_metrics
from tests.browser.page_kinds import PAGE_KINDS
from tests.live.server import serve_catalogue

__all__ = ["take_pictures"]

#: In pixels; a longer page is cut, so that its picture can be looked at.
_TALLEST = 4_000
_SCREENS = ((390, "light"), (1280, "dark"))


def take_pictures(browser: webdriver.Chrome, url: str, folder: Path) -> list[Path]:
    """Write all pictures into a folder and return their paths; `url` is that of the server, without a slash at its end."""
    paths = []
    for kind, path in PAGE_KINDS.items():
        for width, scheme in _SCREENS:
            set_metrics(browser, width, scheme)
            browser.get(url + path)
            height = min(_TALLEST, browser.execute_script("return document.documentElement.scrollHeight"))
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            picture = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
            paths.append(folder / f"{kind}-{width}-{scheme}.png")
            paths[-1].write_bytes(base64.b64decode(picture["data"]))
    return paths


def _main(catalogue: str, target: str) -> None:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        sys.exit("Chromium is not installed: run 'make browser' as root")
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        server_log = place / "server.log"
        with serve_catalogue(Path(catalogue), server_log) as server, open_browser(chromium, driver, place / "profile") as browser:
            paths = take_pictures(browser, f"http://127.0.0.1:{server.port}", folder)
    print(f"{len(paths)} pictures are in {folder}")  # noqa: T201


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
