"""What portals ask of a catalogue's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.errors import SettingsError
from filmgraph.settings import Settings, load_settings
from filmgraph.themes import Theme
from tests.conftest import Builder

CATALOGUE = """
[catalogue]
id = "films"
base_iri = "https://films.example.org/"
title = "Films"
publisher = "Somebody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
"""


def load(tmp_path: Path, line: str) -> Settings:
    (tmp_path / "filmgraph.toml").write_text(CATALOGUE + line, encoding="utf-8")
    return load_settings(tmp_path)


def test_all_are_optional(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert (settings.contact, settings.themes, settings.keywords) == ("", (), ())


@pytest.mark.parametrize("contact", ["data@example.org", "https://example.org/contact?about=data", "http://example.org/é"])
def test_an_address_or_a_page_is_a_contact(tmp_path: Path, contact: str) -> None:
    assert load(tmp_path, f'contact = "{contact}"').contact == contact


def test_themes_and_keywords_are_lists(tmp_path: Path) -> None:
    settings = load(tmp_path, 'themes = ["EDUC", "SOCI"]\nkeywords = ["film"]')
    assert [Theme[each].iri.rpartition("/")[2] for each in settings.themes] == ["EDUC", "SOCI"]
    assert settings.keywords == ("film",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('contact = "call us"', "'call us' should be an e-mail address"),
        ('contact = "mailto:a@example.org"', "should be an e-mail address"),
        ('contact = "javascript:alert(1)"', "should be an e-mail address"),
        ('contact = "https://example.org/<b>"', "should be an e-mail address"),
        ("contact = 7", "contact = 7 should be a text"),
        ('themes = ["CULT"]', "'CULT', but there are only AGRI"),
        ('themes = "EDUC"', "themes = 'EDUC' should be a list"),
        ('keywords = ["film", 7]', "should be a list of texts"),
        ('keywords = [""]', "should be a list of texts"),
    ],
)
def test_anything_else_is_refused_with_what_was_expected(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load(tmp_path, line)
    assert words in str(failure.value)


def test_a_change_of_these_settings_alone_makes_a_new_release(tiny_catalogue: Path, build_catalogue: Builder) -> None:
    first = build_catalogue(tiny_catalogue).publication
    path = tiny_catalogue / "filmgraph.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('keywords = ["film", ', 'keywords = ["cinema", '), encoding="utf-8")
    second = build_catalogue(tiny_catalogue).publication
    assert (first.is_new, second.is_new) == (True, True)
    assert '"cinema"@en' in (second.path / "dataset.ttl").read_text(encoding="utf-8")
    assert not build_catalogue(tiny_catalogue).publication.is_new
