"""A client that leaves gives its worker back long before the deadline."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from benchmarks.hostile.attacks import Attack
from benchmarks.hostile.run import serve_for_siege
from benchmarks.hostile.siege import leave, send
from tests.conftest import Built

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="clients need addresses 127.0.0.2 and on, and /proc")

#: One worker, which an endless query would hold for two minutes; who waits for it waits twenty seconds.
ENDPOINT = """
[endpoint]
workers = 1
deadline_seconds = 120.0
client_burst_seconds = 1000.0
queue_seconds = 20.0
"""
SMALL = Attack("good", "a small query", frozenset({200}), b"ASK { ?s a <http://schema.org/Movie> }")


@pytest.fixture(scope="module")
def patient_url(demo_release: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = demo_release.settings
    folder_path = tmp_path_factory.mktemp("patient")
    with serve_for_siege(settings.catalogue_path, settings.releases_path, folder_path, ENDPOINT) as (url, _):
        yield url


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_leaves_frees_the_worker(patient_url: str, method: str) -> None:
    endless = "SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fa%20%3Fb%20%3Fc.%20%3Fd%20%3Fe%20%3Ff.%20%3Fg%20%3Fh%20%3Fi%7D"
    attack = (
        Attack("leaver", "by GET", frozenset(), b"", "GET", f"/sparql?query={endless}", {})
        if method == "GET"
        else Attack("leaver", "by POST", frozenset(), b"SELECT (COUNT(*) AS ?m) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    )
    leave(patient_url, attack)
    assert send(patient_url, SMALL, "127.0.0.3").status == 200


def test_leaving_is_no_failure_and_bars_no_query(patient_url: str) -> None:
    attack = Attack("leaver", "again", frozenset(), b"SELECT (COUNT(*) AS ?again) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    for _ in range(3):
        leave(patient_url, attack, "127.0.0.9")
        assert send(patient_url, SMALL, "127.0.0.3").status == 200
