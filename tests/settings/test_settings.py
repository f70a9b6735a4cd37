from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest

from filmgraph.errors import SettingsError
from filmgraph.settings import EndpointSettings, Settings, load_settings

GOOD = """
[catalogue]
id = "films"
base_iri = "https://films.example.org/"
title = "Films"
publisher = "Somebody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"

[[sources]]
id = "table"
kind = "sheet"
path = "films.csv"
profile = "films.toml"

[[sources]]
id = "book"
kind = "cited"
precedence = 9

[endpoint]
deadline_seconds = 2
"""


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    (tmp_path / "filmgraph.toml").write_text(text, encoding="utf-8")
    return load_settings(tmp_path, environ)


def test_good_settings_are_typed(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD)
    assert [source.id for source in settings.sources] == ["table", "book"]
    assert settings.endpoint.deadline_seconds == 2.0
    assert settings.releases_path == tmp_path / "releases"
    assert settings.source("book") == settings.sources[1]
    assert settings.source("absent") is None


def test_a_source_ranks_by_its_position_unless_told(tmp_path: Path) -> None:
    assert [source.precedence for source in load(tmp_path, GOOD).sources] == [1, 9]


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    environ = {"FILMGRAPH_BASE_IRI": "https://other.example/", "FILMGRAPH_RELEASES": "out"}
    settings = load(tmp_path, GOOD, environ)
    assert (settings.base_iri, settings.releases_path) == ("https://other.example/", tmp_path / "out")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "films"', "", "id is missing"),
        ('title = "Films"', 'title = ""', "title is missing"),
        ('title = "Films"', "title = 3", "title = 3 should be a text"),
        ("https://films.example.org/", "https://films.example.org", "ends in a slash"),
        ('base_iri = "https://films.example.org/"', "", "should be an http(s) address"),
        ("https://films.example.org/", "ftp://films.example.org/", "http(s) address"),
        ("https://films.example.org/", "https://films.example.org/?a=/", "http(s) address"),
        ("https://films.example.org/", "https://films.example.org/a b/", "http(s) address"),
        ('id = "films"', 'id = "my films"', "single hyphens"),
        ('kind = "sheet"', 'kind = "sheat"', "one of page, sheet, calendar, html, links, rdf, cited"),
        ('path = "films.csv"', "", "path is missing"),
        ('profile = "films.toml"', "", "profile is missing"),
        ('id = "book"', 'id = "table"', "two sources have the id 'table'"),
        ("precedence = 9", 'precedence = "high"', "should be a whole number"),
        ("precedence = 9", 'colour = "red"', "unknown setting 'colour'"),
        ("deadline_seconds = 2", "deadline_seconds = 0", "greater than 0"),
        ("deadline_seconds = 2", "deadline_seconds = true", "should be a number"),
        ("[endpoint]", "[endpiont]", "unknown setting 'endpiont'"),
        ("[catalogue]", "[catalogue", "not valid TOML"),
    ],
)
def test_nonsense_is_refused_with_name_and_expectation(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert says in str(refused.value)
    assert "filmgraph.toml" in str(refused.value) or "base_iri" in str(refused.value) or "two sources" in str(refused.value)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="filmgraph init"):
        load_settings(tmp_path)


ENDPOINT_NUMBERS = [each.name for each in fields(EndpointSettings) if each.name != "ban_counts_timeouts"]


@pytest.mark.parametrize("name", ENDPOINT_NUMBERS)
@pytest.mark.parametrize("value", ["-1", '"many"', "true", "inf", "nan"])
def test_a_limit_that_makes_no_sense_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"\[endpoint\]: {name} = "):
        load(tmp_path, GOOD.replace("deadline_seconds = 2", f"{name} = {value}"))


def test_only_a_few_limits_may_be_nothing(tmp_path: Path) -> None:
    allowed = []
    for name in ENDPOINT_NUMBERS:
        with suppress(SettingsError):
            load(tmp_path, GOOD.replace("deadline_seconds = 2", f"{name} = 0"))
            allowed.append(name)
    assert allowed == ["queue", "reserved_workers", "trusted_proxies"]


def test_a_body_must_have_room_for_a_query(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"body_bytes = 65536 should be at least query_bytes \(65537\)"):
        load(tmp_path, GOOD.replace("deadline_seconds = 2", "query_bytes = 65537"))
    endpoint = load(tmp_path, GOOD.replace("deadline_seconds = 2", "query_bytes = 70000\nbody_bytes = 70000")).endpoint
    assert (endpoint.query_bytes, endpoint.body_bytes) == (70_000, 70_000)


def test_whether_the_deadline_counts_is_true_or_false(tmp_path: Path) -> None:
    endpoint = load(tmp_path, GOOD.replace("deadline_seconds = 2", "ban_counts_timeouts = false")).endpoint
    assert endpoint.ban_counts_timeouts is False
    with pytest.raises(SettingsError, match="ban_counts_timeouts = 1 should be true or false"):
        load(tmp_path, GOOD.replace("deadline_seconds = 2", "ban_counts_timeouts = 1"))


def test_a_limit_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unknown setting 'client_querys'"):
        load(tmp_path, GOOD.replace("deadline_seconds = 2", "client_querys = 2"))
