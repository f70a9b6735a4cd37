"""Thirty attacks in every place that a text or an address of others can reach: none runs, and no policy has to stop one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from selenium import webdriver

from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from tests.browser.clocked import serve_app
from tests.browser.hostile_release import PAYLOADS, HostileStore, fill, make_settings
from tests.http.sparql_pool import DirectPool

NOW = datetime(2027, 4, 14, 6, 0, tzinfo=UTC)
#: Tells of whatever runs, and of whatever the policy had to stop.
WATCH = """
    for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => console.error("attack: " + name);
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error("attack: " + event.effectiveDirective + " " + event.blockedURI + " " + event.sample));
"""
#: What an attack would have made: elements that no page has, handlers, addresses that are programs.
LOOK = """
    const found = [...document.querySelectorAll("iframe, object, embed, base, math, style, form[action^=javascript]")].map(
        (each) => each.outerHTML);
    for (const each of document.querySelectorAll("*"))
        for (const { name, value } of each.attributes)
            if (name.startsWith("on")) found.push(name + "=" + value);
            else if (["href", "src", "action", "formaction", "xlink:href", "data", "poster"].includes(name)
                && !["http:", "https:", "mailto:", "webcal:"].includes(new URL(value, location).protocol)) found.push(value);
    return [found, document.documentElement.textContent];
"""
SHARED = (
    "/", "/film/", "/person/", "/person/?role=actor", "/venue/", "/screening/", "/source/", "/film/all/facts", "/person/person-3",
    "/org/org-4", "/festival/fest", "/programme/", "/programme/fest", "/programme/fest/2027-04-15", "/venue/venue-5",
    "/hall/hall-6", "/section/section-7", "/source/source-8", "/screening/show-9", "/character/all-10", "/award/award-11",
    "/work/work-12", "/image/image-13", "/text/text-14", "/place/place-15", "/credit/all-actor-16", "/datasets/", "/role/actor",
)  # fmt: skip
SEARCH = "/search?q={}"
ASKED = (
    "/film/?country={}", "/film/?page={}", "/programme/fest?section={}", "/programme/{}", "/film/{}", "/{}",
    "/search?q=all&kind={}", "/suggest?q={}", "/film/title-1?{}", "/search?format={}",
)  # fmt: skip


@pytest.fixture(scope="module")
def site_url(loaded_vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store, folder = HostileStore(), tmp_path_factory.mktemp("hostile")
    fill(store, folder)
    settings = make_settings(folder, loaded_vocabulary, store)
    app = create_app(
        settings, store, loaded_vocabulary, DirectPool(store), release_path=folder, clock=lambda: NOW
    )  # fmt: skip
    with serve_app(app) as url:
        yield url


def test_no_attack_runs_and_no_policy_is_needed(browser: webdriver.Chrome, site_url: str) -> None:
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    browser.execute_cdp_cmd("Network.enable", {})
    browser.get_log("browser")  # type: ignore[no-untyped-call]

    def look(path: str) -> str:
        browser.get(site_url + path)
        found, text = browser.execute_script(LOOK)
        assert found == [], path
        return str(text)

    shown = look("/film/all")
    assert [each for each in PAYLOADS if shown.count(each) < 6] == [], "they stand there, as texts"
    for path in (*(f"/film/title-{n}" for n in range(len(PAYLOADS))), *SHARED):
        look(path)
    for n, payload in enumerate(PAYLOADS):
        look(SEARCH.format(quote(payload, safe="")))
        if n < len(ASKED):
            look(ASKED[n].format(quote(payload, safe="")))
    look("/sparql?query=" + quote("SELECT ?s ?name WHERE { ?s <http://schema.org/name> ?name } # " + " ".join(PAYLOADS[:15])))
    look("/sparql?query=" + quote("SELECT " + " ".join(PAYLOADS[15:29])))
    for name in ("Accept-Language", "X-Forwarded-Host", "X-Forwarded-Prefix", "Cookie", "If-None-Match"):
        headers = {name: " ".join(PAYLOADS[:28])}
        browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": headers})
        look("/absent")
    browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})

    told = [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    assert [each for each in told if "Failed to load resource" not in each] == []
