"""A catalogue with two releases made by hand, and the switch that serves them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import Client

from filmgraph.serving import open_switch
from filmgraph.serving_switch import ReleaseSwitch
from filmgraph.settings import load_settings
from filmgraph.vocabulary import load_vocabulary
from tests.serving.release_maker import make_catalogue, make_release, publish


def make_two(path: Path) -> Path:
    releases_path = make_catalogue(path / "films") / "releases"
    make_release(releases_path, "2026-11-22.1", created="2026-11-22T12:00:00+00:00")
    make_release(releases_path, "2026-11-22.2", created="2026-11-22T13:00:00+00:00")
    publish(releases_path, "2026-11-22.2")
    return releases_path


@contextmanager
def opened(releases_path: Path) -> Iterator[ReleaseSwitch]:
    settings = load_settings(releases_path.parent)
    few = replace(settings, endpoint=replace(settings.endpoint, workers=1))
    switch = open_switch(few, load_vocabulary(), spares=0)
    yield switch
    switch.close()


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Asks a switch whose releases nobody changes."""
    with opened(make_two(tmp_path_factory.mktemp("switch"))) as switch:
        yield Client(switch)


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """The folder of releases: two, of which the second is current."""
    return make_two(tmp_path)


@pytest.fixture
def switch(releases: Path) -> Iterator[ReleaseSwitch]:
    """A switch of its own, over `releases`; it looks for another release when it is told to."""
    with opened(releases) as switch:
        yield switch


@pytest.fixture
def client(switch: ReleaseSwitch) -> Client:
    return Client(switch)
