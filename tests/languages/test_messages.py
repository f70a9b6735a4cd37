"""The texts of the interface: whole in each language, with the same fields, and with the forms that CLDR asks for."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import pytest
from babel import Locale

from filmgraph.iris import Kind
from filmgraph.languages import LANGUAGES
from filmgraph.pages.kinds import plural, singular
from filmgraph.pages.messages import Messages, load_messages
from filmgraph.pages.moments import duration_text, read_moment
from filmgraph.remarks_texts import load_texts
from filmgraph.web.sparql_examples import EXAMPLES
from tests.conftest import ROOT

SOURCES = ROOT / "src" / "filmgraph"
TEMPLATES = sorted((SOURCES / "web" / "templates").glob("*.html"))
EDIT_TEMPLATES = sorted((SOURCES / "web" / "edit" / "templates").glob("*.html"))
OTHERS = [each for each in LANGUAGES if each != "en"]
ENGLISH = load_messages("en")
#: Words that are the same in all languages: names of formats and licences.
SAME = {"SHA-256", "UTC", "added.nt.gz", "removed.nt.gz", "log.json"}
#: Tables whose keys are put together by the program.
MADE = {
    "kind", "group", "state", "navigation", "problem", "drawing", "download", "use", "field", "facet", "expected", "programme",
    "count", "sparql", "dataset", "dictionary", "severity", "change", "place", "text-kind",
}  # fmt: skip
CALL = re.compile(r'\b(?:t|say|messages)(?:\.html|\.count|\.count_html|\.get)?\(\s*f?"([a-z]+\.[A-Za-z0-9-]+)"')


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_has_the_same_texts(language: str) -> None:
    messages = load_messages(language)
    assert sorted(messages.texts) == sorted(ENGLISH.texts)
    assert sorted(messages.forms) == sorted(ENGLISH.forms)
    assert len(ENGLISH.texts) > 400


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_the_same_fields_and_links_in_each_language(language: str) -> None:
    messages = load_messages(language)
    for key, text in ENGLISH.texts.items():
        assert fields_of(messages.texts[key]) == fields_of(text), key
        assert sorted(re.findall("<[a-z]+", messages.texts[key])) == sorted(re.findall("<[a-z]+", text)), key
    for key, forms in ENGLISH.forms.items():
        wanted = fields_of(forms["other"])
        assert [fields_of(each) for each in messages.forms[key].values()] == [wanted] * len(messages.forms[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_a_number_has_the_plural_forms_of_its_language(language: str) -> None:
    categories = {*Locale.parse(language).plural_form.tags, "other"}
    for key, forms in load_messages(language).forms.items():
        assert set(forms) == categories, key
        assert all(forms.values()), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_an_entity_that_plain_text_would_show(language: str) -> None:
    for key, text in load_messages(language).texts.items():
        assert text.strip() == text, key
        assert text, key
        assert "<" in text or not re.search(r"&\w+;", text), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_name_in_each_language(kind: Kind, language: str) -> None:
    messages = load_messages(language)
    assert singular(kind, messages)
    assert plural(kind, messages)


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("en", 0, "0 screenings"), ("en", 1, "1 screening"), ("en", 1234, "1,234 screenings"),
        ("nl", 0, "0 voorstellingen"), ("nl", 1, "1 voorstelling"), ("nl", 1234, "1.234 voorstellingen"),
        ("fr", 0, "0 séance"), ("fr", 1, "1 séance"), ("fr", 2, "2 séances"), ("fr", 1234, "1\u202f234 séances"),
        ("fr", 1_000_000, "1\u202f000\u202f000 de séances"),
    ],
)  # fmt: skip
def test_a_number_has_the_form_and_the_signs_of_its_language(language: str, number: int, shown: str) -> None:
    assert load_messages(language).count("count.screenings", number) == shown


@pytest.mark.parametrize(
    ("language", "moment", "long_day", "runtime"),
    [
        ("en", "Sat 17 Oct 2026, 19:30", "Friday 1 May 2026", "1 h 22 min"),
        ("nl", "za 17 okt 2026, 19:30", "vrijdag 1 mei 2026", "1 u 22 min"),
        ("fr", "sam. 17 oct. 2026, 19:30", "vendredi 1er mai 2026", "1 h 22 min"),
    ],
)
def test_times_have_the_names_of_their_language(language: str, moment: str, long_day: str, runtime: str) -> None:
    messages = load_messages(language)
    assert str(read_moment("2026-10-17T19:30:00+02:00", messages)) == moment
    assert messages.long_day(date(2026, 5, 1)) == long_day
    assert duration_text("PT1H22M", messages) == runtime


def test_what_is_filled_into_markup_is_escaped() -> None:
    shown = ENGLISH.html("queries.own", path='"><script>')
    assert "<script>" not in shown
    assert '<a href="' in shown


@pytest.mark.parametrize("template", [*TEMPLATES, *EDIT_TEMPLATES], ids=lambda each: each.name)
def test_no_template_has_words_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|pre|code)\b.*?</\1>", " ", text, flags=re.DOTALL)
    spoken = re.findall(r'\s(?:aria-label|alt|title|placeholder)="([^"]*)"', text)
    words = {each for part in (*spoken, re.sub(r"<[^>]*>", " ", text)) for each in re.findall(r"[^\W\d_][\w./-]+", part)}
    assert words <= SAME


def test_each_text_that_a_template_or_a_module_asks_for_is_there() -> None:
    files = [*TEMPLATES, *EDIT_TEMPLATES, *SOURCES.rglob("*.py")]
    text = "\n".join(each.read_text(encoding="utf-8") for each in files)
    asked, there = set(CALL.findall(text)), {*ENGLISH.texts, *ENGLISH.forms}
    of_editors = load_texts("en")
    assert len(asked) > 200
    assert {each for each in asked if not each.endswith("-")} <= {*of_editors.texts, *of_editors.forms}
    unused = {key for key in there if key.partition(".")[0] not in MADE and f'"{key}"' not in text and f"'{key}'" not in text}
    assert not unused


def test_the_words_of_the_examples_are_those_of_the_query_page() -> None:
    assert {each.key: each.title for each in EXAMPLES} == {each.key: ENGLISH(f"sparql.example-{each.key}") for each in EXAMPLES}


def test_all_texts_are_of_one_language_each() -> None:
    def count_same(one: Messages, other: Messages) -> int:
        return sum(one.texts[key] == other.texts[key] for key in one.texts)

    for language in OTHERS:
        assert count_same(load_messages(language), ENGLISH) < len(ENGLISH.texts) / 5
