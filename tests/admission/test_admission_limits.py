"""The table of limits, and the page and the document that are made from it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from flask.testing import FlaskClient

from filmgraph.admission import limits_table
from filmgraph.settings import EndpointSettings

NO_LIMITS = {"ban_counts_timeouts", "trusted_proxies"}


def test_every_setting_that_limits_is_in_the_table() -> None:
    settings = EndpointSettings()
    named = {each.name: each.value for each in limits_table(settings)}
    for field in fields(settings):
        if field.name not in NO_LIMITS:
            assert named[field.name] == getattr(settings, field.name)


def test_names_are_unique_and_statuses_are_errors() -> None:
    limits = limits_table(EndpointSettings())
    assert len({each.name for each in limits}) == len(limits) >= 18
    assert {each.status for each in limits} == {403, 413, 414, 429, 503, 504}
    assert all(each.unit and each.meaning for each in limits)


def test_the_table_says_what_is_done_and_not_what_is_set() -> None:
    one = {each.name: each for each in limits_table(EndpointSettings(workers=1, reserved_workers=5, ban_counts_timeouts=False))}
    assert one["reserved_workers"].value == 0
    assert "deadline" not in one["ban_kills"].meaning


def test_limits_as_json(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/limits.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json is not None
    assert answer.json["endpoint"] == "https://filmgraph.example/sparql"
    expected = limits_table(EndpointSettings())
    assert [(each["name"], each["value"], each["status"]) for each in answer.json["limits"]] == [
        (each.name, each.value, each.status) for each in expected
    ]


def test_limits_as_a_page(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/limits", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for each in limits_table(EndpointSettings()):
        assert f"<code>{each.name}</code>" in answer.text
        assert each.unit in answer.text
    assert "1,073,741,824 bytes" in answer.text
    assert "10 seconds" in answer.text


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", "application/json"),
        ("text/html", "text/html"),
        ("*/*", "text/html"),
        ("text/html;q=0.1, */*", "application/json"),
    ],
)
def test_limits_are_negotiated(demo_client: FlaskClient, accept: str, expected: str) -> None:
    answer = demo_client.get("/limits", headers={"Accept": accept})
    assert answer.mimetype == expected
    assert "Accept" in answer.headers["Vary"]
    if expected == "application/json":
        assert answer.headers["Content-Location"] == "/limits.json"


def test_an_unacceptable_type_is_406(demo_client: FlaskClient) -> None:
    assert demo_client.get("/limits", headers={"Accept": "text/turtle"}).status_code == 406


def test_limits_have_an_entity_tag(demo_client: FlaskClient) -> None:
    tag = demo_client.get("/limits.json").headers["ETag"]
    assert demo_client.get("/limits.json", headers={"If-None-Match": tag}).status_code == 304


def test_no_two_defaults_contradict_each_other() -> None:
    settings = EndpointSettings()
    assert settings.reserved_workers < settings.workers
    assert settings.client_queries <= settings.workers + settings.queue
    assert settings.client_burst_seconds >= settings.deadline_seconds
    assert replace(settings) == settings
