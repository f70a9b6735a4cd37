"""Lines of prose on film pages, read by labels where a profile asks for it, and not otherwise."""

from __future__ import annotations

import pytest

from filmgraph.errors import SettingsError, UnreadableInputError
from tests.sources.html.conftest import ReadHtml
from tests.sources.html.test_html_pages import FILM, facts_of, ld, left, remarks_of


def profile(*languages: str, title: str = "h1") -> str:
    return f'[prose]\ntitle = "{title}"\nline = ".credits"\nlanguages = {list(languages)}\n'


def page(*lines: str, title: str = "Aquí (2023)") -> str:
    """Return a page whose first line of credits stands in line 3."""
    return f"<!doctype html>\n<h1>{title}</h1>\n" + "\n".join(f'<p class="credits">{each}</p>' for each in lines)


LINES = {
    "es": (
        "Dir.: Ann Aert. Int.: Bo Bex, Cy Cox y Di Dex. Bélgica, 2023. DCP. VOSE. 121'",
        ["director 1 Ann Aert", "actor 1 Bo Bex", "actor 2 Cy Cox", "actor 3 Di Dex", "BE", "2023", "121 min"],
    ),
    "ca": ("Direcció: Ann Aert | Guió: Bo Bex | Durada: 82 min", ["director 1 Ann Aert", "screenwriter 1 Bo Bex", "82 min"]),
    "fr": (
        "Réalisation : Ann Aert – Avec : Bo Bex et Cy Cox – Pays : France, Belgique – Durée : 1h22",
        ["director 1 Ann Aert", "actor 1 Bo Bex", "actor 2 Cy Cox", "FR", "BE", "82 min"],
    ),
    "nl": ("Regie: Ann Aert. Met: Bo Bex en Cy Cox. Land: België. Jaar: 2023. Duur: 82 min.",
           ["director 1 Ann Aert", "actor 1 Bo Bex", "actor 2 Cy Cox", "BE", "2023", "82 min"]),
    "de": ("R: Ann Aert, B: Bo Bex, K: Cy Cox, D: Di Dex und Ed Eex. Belgien, 2023. OmeU",
           ["director 1 Ann Aert", "screenwriter 1 Bo Bex", "cinematographer 1 Cy Cox", "actor 1 Di Dex", "actor 2 Ed Eex"]),
    "it": ("Regia: Ann Aert. Sceneggiatura: Bo Bex. Paese: Italia. Durata: 95'",
           ["director 1 Ann Aert", "screenwriter 1 Bo Bex", "IT", "95 min"]),
    "en": ("Directed by: Ann Aert. Starring: Bo Bex and Cy Cox. Country: Spain. Language: Spanish. Running time: 121 min",
           ["director 1 Ann Aert", "actor 1 Bo Bex", "actor 2 Cy Cox", "ES", "es", "121 min"]),
}  # fmt: skip


@pytest.mark.parametrize("language", LINES)
def test_labels_of_each_language_are_known(language: str, read: ReadHtml) -> None:
    line, expected = LINES[language]
    reading = read(page(line), profile(language), language=language)
    told = " ".join(facts_of(reading)).replace("person ", "")
    assert [each for each in expected if each not in told] == []
    assert reading.findings == ()


def test_prose_without_a_profile_gives_nothing(read: ReadHtml) -> None:
    reading = read(page(LINES["es"][0]))
    assert (reading.records, remarks_of(reading)) == ((), ["html-no-markup Warning 1"])


def test_what_a_line_says_of_showings_is_understood_and_left(read: ReadHtml) -> None:
    reading = read(page(LINES["es"][0]), profile("es"), language="es")
    assert [(each.text, each.is_understood) for each in reading.unread] == [("DCP", True), ("VOSE", True)]
    assert facts_of(reading)[:2] == ["2 film: name Aquí", "3 film: dateCreated 2023"]


def test_prose_adds_to_the_film_that_the_markup_tells_of(read: ReadHtml) -> None:
    html = ld({"@context": "https://schema.org", **FILM}) + '\n<p class="credits">Int.: Bo Bex. Sorpresa total.</p>'
    reading = read(html, profile("es", title=""), language="es")
    assert facts_of(reading)[-1] == "4 film: credit actor 1 person Bo Bex"
    assert len(reading.records) == 1
    assert left(reading) == ["4 Sorpresa total"]


def test_labels_of_ones_own(read: ReadHtml) -> None:
    own = profile() + '[prose.labels]\n"Una película de" = "director"\n"Premios" = "ignore"\n'
    reading = read(page("Una película de: Ann Aert", "Premios: uno"), own, language="es")
    assert facts_of(reading)[-1] == "3 film: credit director 1 person Ann Aert"
    assert left(reading) == []


def test_year_behind_the_title_is_inferred_until_a_line_states_it(read: ReadHtml) -> None:
    assert "2 film: dateCreated 2023 [inferred]" in facts_of(read(page("Dir.: Ann Aert"), profile("es"), language="es"))
    assert "3 film: dateCreated 2023" in facts_of(read(page("Año: 2023"), profile("es"), language="es"))


def test_text_that_is_too_long_for_a_line_is_listed(read: ReadHtml) -> None:
    reading = read(page("Dir.: Ann Aert. " + "palabra " * 400), profile("es"), language="es")
    assert [each.why for each in reading.unread] == ["a text of more than 2000 signs is no line of credits"]


def test_value_that_is_no_name_is_reported(read: ReadHtml) -> None:
    reading = read(page("Dir.: véase la página siguiente, por favor"), profile("es"), language="es")
    assert remarks_of(reading) == ["html-name Warning 3"]


def test_lines_of_a_page_with_several_films_are_listed(read: ReadHtml) -> None:
    films = [{"@context": "https://schema.org", **FILM, "name": name} for name in ("A", "B")]
    reading = read(ld(*films) + '\n<p class="credits">Dir.: Ann Aert</p>', profile("es"))
    assert left(reading) == ["5 Dir.: Ann Aert"]


def test_selector_that_finds_nothing_is_reported(read: ReadHtml) -> None:
    assert remarks_of(read(page(), profile("es"))) == ["html-prose Warning 1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[prose]\n", "line is missing: give a CSS selector"),
        ('[prose]\nline = "p"\nlanguages = ["xx"]\n', "languages = ['xx'] should be out of ca, de, en, es, fr, it, nl"),
        ('[prose]\nline = "p"\n[prose.labels]\n"A" = "boss"\n', "'A' = 'boss' should be a role, or one of country"),
        ('events = "all"\n', "events = 'all' should be one of"),
        ('colour = "red"\n', "unknown setting 'colour'"),
        ('[prose]\nline = "p[["\n', "'p[[' in the profile is no CSS selector"),
        ("events = ", "is not valid TOML"),
    ],
)
def test_profile_that_makes_no_sense_is_refused(text: str, message: str, read: ReadHtml) -> None:
    with pytest.raises((SettingsError, UnreadableInputError)) as caught:
        read(page("x"), text)
    assert message in str(caught.value)
