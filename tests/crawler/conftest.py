"""Every page of the demo, asked for once: those that the sitemap names, and those of all things that the release speaks of."""

from __future__ import annotations

import re
from html import unescape

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from filmgraph.languages import FIRST_LANGUAGE, split_language
from filmgraph.scaffold import write_catalogue
from tests.conftest import Builder, Built


@pytest.fixture(scope="session")
def sitemap_urls(demo_client: FlaskClient, demo_release: Built) -> list[str]:
    base = demo_release.settings.base_iri
    parts = re.findall("<loc>(.*?)</loc>", demo_client.get("/sitemap.xml").text)
    paths = [unescape(each).removeprefix(base) for each in parts]
    urls = [unescape(url) for path in paths for url in re.findall("<loc>(.*?)</loc>", demo_client.get(f"/{path}").text)]
    # What they say is the same in each language; tests/languages looks at the others.
    return [each for each in urls if split_language("/" + each.removeprefix(base))[0] == FIRST_LANGUAGE]


@pytest.fixture(scope="session")
def thing_urls(demo_release: Built) -> dict[str, str]:
    """The pages of all things in the published graph and the texts, by IRI."""
    triples = (*demo_release.assembly.published, *demo_release.assembly.resolution.texts)
    iris = {each.subject.value.partition("#")[0] for each in triples if isinstance(each.subject, ox.NamedNode)}
    scheme = demo_release.settings.iris
    found = {iri: thing for iri in sorted(iris) if (thing := scheme.parse(iri)) is not None}
    return {iri: scheme.document(thing.kind, thing.key) for iri, thing in found.items()}


@pytest.fixture(scope="session")
def pages(demo_client: FlaskClient, demo_release: Built, sitemap_urls: list[str], thing_urls: dict[str, str]) -> dict[str, str]:
    """The text of each page by its public URL."""
    base, found = demo_release.settings.base_iri, {}
    for url in dict.fromkeys([*sitemap_urls, *thing_urls.values()]):
        answer = demo_client.get("/" + url.removeprefix(base), headers={"Accept": "text/html"})
        assert answer.status_code == 200, url
        found[url] = answer.text
    return found


@pytest.fixture(scope="session")
def tiny_built(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Built:
    """A catalogue of one film, with a release."""
    path = tmp_path_factory.mktemp("tiny") / "catalogue"
    write_catalogue(path, "https://films.example.org/", "Tiny")
    return build_catalogue(path)
