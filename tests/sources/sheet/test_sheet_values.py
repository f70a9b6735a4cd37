from __future__ import annotations

import dataclasses

import pytest

from filmgraph.iris import Kind
from filmgraph.model import Certainty, ConceptRef, Degrees, EventStatus, Identifier, Link, Minutes, PartialDate, Ref, Text, Value
from filmgraph.sources.sheet.column import Column, Use
from filmgraph.sources.sheet.dates import Inferred
from filmgraph.sources.sheet.values import VALUE_TYPES, Problem, parse_cell, parse_certainty
from filmgraph.vocabulary import Vocabulary


def column(value_type: str, **settings: object) -> Column:
    return dataclasses.replace(
        Column("h", Use.VALUE, type=value_type, formats=("YYYY-MM-DD",)),
        **settings,  # type: ignore[arg-type]
    )


def good(text: str, vocabulary: Vocabulary, value_type: str, **settings: object) -> tuple[Value, ...]:
    values, problems = parse_cell(text, column(value_type, **settings), vocabulary)
    assert problems == ()
    assert not [each for each in values if isinstance(each, Inferred)]
    return tuple(each for each in values if not isinstance(each, Inferred))


def bad(text: str, vocabulary: Vocabulary, value_type: str, **settings: object) -> Problem:
    values, problems = parse_cell(text, column(value_type, **settings), vocabulary)
    assert values == ()
    assert [piece for piece, _ in problems] == [text]
    return problems[0][1]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("82", 82),
        ("82'", 82),
        ("82′", 82),
        ("82 min", 82),
        ("82 min.", 82),
        ("82m", 82),
        ("82 minuten", 82),
        ("1h 22m", 82),
        ("1h22", 82),
        ("1 h 22 min", 82),
        ("1 h 5 min.", 65),
        ("1u22", 82),
        ("1 uur 22", 82),
        ("2h", 120),
        ("2 hrs", 120),
        ("PT1H22M", 82),
        ("PT82M", 82),
        ("PT2H", 120),
    ],
)
def test_running_time_is_read(text: str, minutes: int, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "minutes") == (Minutes(minutes),)


@pytest.mark.parametrize("text", ["long", "1:22", "82.5", "-82", "PT", "1h 22m 10s", "82 km", "٨٢", "99999"])
def test_what_is_no_running_time_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    problem = bad(text, vocabulary, "minutes")
    assert problem.rule == "read-minutes"
    assert repr(text) in problem.message
    assert "1h 22m" in problem.message


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("51.0536", "51.0536"),
        ("51,0536", "51.0536"),
        ("-3.70", "-3.7"),
        ("−3.7", "-3.7"),
        ("+4", "4"),
        ("004.50", "4.5"),
        ("0.0", "0"),
        ("-0", "0"),
        ("3.72°", "3.72"),
        ("3.72 °", "3.72"),
        ("180", "180"),
    ],
)
def test_degrees_are_read_as_a_store_spells_them(text: str, degrees: str, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "degrees") == (Degrees(degrees),)


@pytest.mark.parametrize("text", ["north", "51°3'13\"N", "51.05, 3.72", "1e2", "51.", ".5", "1234", "٥١", "51.0.5"])
def test_what_is_no_number_of_degrees_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    problem = bad(text, vocabulary, "degrees")
    assert problem.rule == "read-degrees"
    assert repr(text) in problem.message
    assert "51.0536" in problem.message


@pytest.mark.parametrize("text", ["1.0", "-0", "01", "1.", "+1", "1e3", ""])
def test_degrees_that_a_store_would_spell_otherwise_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="decimal number"):
        Degrees(text)


@pytest.mark.parametrize("text", ["0", "0h 0m", "PT0M"])
def test_no_running_time_at_all_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    assert "Leave the cell blank" in bad(text, vocabulary, "minutes").message


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("nl", "nl"),
        ("Dutch", "nl"),
        ("dutch", "nl"),
        ("Nederlands", "nl"),
        ("néerlandais", "nl"),
        ("Chinese", "zh"),
        ("zh-Hant", "zh-Hant"),
    ],
)
def test_language_is_read_by_tag_or_name(text: str, tag: str, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "language") == (tag,)


def test_misspelt_language_is_a_problem_with_a_suggestion(vocabulary: Vocabulary) -> None:
    problem = bad("Duch", vocabulary, "language")
    assert problem.rule == "read-language"
    assert problem.message.endswith("Perhaps Dutch?")


@pytest.mark.parametrize("text", ["xx", "Klingonese", "nl_BE", "xq-Latn"])
def test_unknown_language_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    assert bad(text, vocabulary, "language").rule == "read-language"


@pytest.mark.parametrize(
    ("text", "key"),
    [("BE", "BE"), ("Belgium", "BE"), ("België", "BE"), ("Belgique", "BE"), ("SUHH", "SUHH"), ("Soviet Union", "SUHH")],
)
def test_country_is_read_by_code_or_name(text: str, key: str, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "country") == (ConceptRef(Kind.COUNTRY, key),)


def test_country_in_a_plain_string_is_its_code(vocabulary: Vocabulary) -> None:
    assert good("Belgium", vocabulary, "country", is_string=True) == ("BE",)


def test_unknown_country_is_a_problem_with_a_suggestion(vocabulary: Vocabulary) -> None:
    problem = bad("Belguim", vocabulary, "country")
    assert problem.rule == "read-country"
    assert problem.message.endswith("Perhaps Belgium?")


@pytest.mark.parametrize(
    ("value_type", "text", "expected"),
    [
        ("genre", "Drama", ConceptRef(Kind.GENRE, "drama")),
        ("genre", "science-fiction", ConceptRef(Kind.GENRE, "science-fiction")),
        ("form", "short", ConceptRef(Kind.FORM, "short")),
        ("role", "Director", ConceptRef(Kind.ROLE, "director")),
        ("role", "Regisseur", ConceptRef(Kind.ROLE, "director")),
    ],
)
def test_concept_is_read_by_key_or_label(value_type: str, text: str, expected: ConceptRef, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, value_type) == (expected,)


@pytest.mark.parametrize(("value_type", "rule"), [("genre", "read-genre"), ("form", "read-form"), ("role", "read-role")])
def test_unknown_concept_is_a_problem(value_type: str, rule: str, vocabulary: Vocabulary) -> None:
    assert bad("qwertyuiop", vocabulary, value_type).rule == rule


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("220", 220), ("-3", -3), ("007", 7)])
def test_integer_is_read(text: str, number: int, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "integer") == (number,)


@pytest.mark.parametrize("text", ["220 seats", "2.5", "1e3", "", "²", "9999999999", "--1"])
def test_what_is_no_integer_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    if text:
        assert bad(text, vocabulary, "integer").rule == "read-integer"
    else:
        assert parse_cell(text, column("integer"), vocabulary) == ((), ())


@pytest.mark.parametrize("text", ["1.200", "1,200", "1 200"])
def test_grouped_digits_get_a_suggestion(text: str, vocabulary: Vocabulary) -> None:
    assert bad(text, vocabulary, "integer").message.endswith("Perhaps 1200?")


@pytest.mark.parametrize(
    ("text", "answer"), [("yes", True), ("TRUE", True), ("ja", True), ("1", True), ("no", False), ("Non", False), ("0", False)]
)
def test_boolean_is_read(text: str, answer: bool, vocabulary: Vocabulary) -> None:
    (value,) = good(text, vocabulary, "boolean")
    assert value is answer


def test_maybe_is_no_boolean(vocabulary: Vocabulary) -> None:
    assert bad("maybe", vocabulary, "boolean").rule == "read-boolean"


@pytest.mark.parametrize("text", ["https://example.org/x?y=1#z", "http://www.wikidata.org/entity/Q42"])
def test_link_is_read(text: str, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "link") == (Link(text),)


@pytest.mark.parametrize(
    "text", ["example.org/x", "ftp://example.org", "https://exa mple.org", "javascript:alert(1)", 'https://e.org/"', "https://"]
)
def test_what_is_no_link_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    assert bad(text, vocabulary, "link").rule == "read-link"


def test_address_without_scheme_gets_a_suggestion(vocabulary: Vocabulary) -> None:
    assert bad("example.org/x", vocabulary, "link").message.endswith("Perhaps https://example.org/x?")


def test_identifier_has_the_scheme_of_its_column(vocabulary: Vocabulary) -> None:
    assert good("tt0036855", vocabulary, "identifier", scheme="imdb") == (Identifier("imdb", "tt0036855"),)
    assert bad("tt1 tt2", vocabulary, "identifier", scheme="imdb").rule == "read-identifier"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("scheduled", EventStatus.SCHEDULED),
        ("Cancelled", EventStatus.CANCELLED),
        ("canceled", EventStatus.CANCELLED),
        ("EventPostponed", EventStatus.POSTPONED),
        ("https://schema.org/EventRescheduled", EventStatus.RESCHEDULED),
        ("moved online", EventStatus.MOVED_ONLINE),
    ],
)
def test_status_is_read(text: str, status: EventStatus, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "status") == (status,)


def test_misspelt_status_gets_a_suggestion(vocabulary: Vocabulary) -> None:
    problem = bad("cancled", vocabulary, "status")
    assert problem.rule == "read-status"
    assert "Perhaps canceled?" in problem.message or "Perhaps cancelled?" in problem.message


def test_reference_by_key(vocabulary: Vocabulary) -> None:
    assert good("here-2023", vocabulary, "ref", to=Kind.FILM) == (Ref(Kind.FILM, "here-2023", key="here-2023"),)


def test_reference_by_key_to_no_key_is_a_problem_with_a_suggestion(vocabulary: Vocabulary) -> None:
    problem = bad("Here 2023", vocabulary, "ref", to=Kind.FILM)
    assert problem.rule == "read-ref"
    assert problem.message.endswith("Perhaps here-2023?")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.FILM, "Here (2023)", Ref(Kind.FILM, "Here", year=2023)),
        (Kind.FILM, "Here", Ref(Kind.FILM, "Here")),
        (Kind.FILM, "Close (Up) (1990)", Ref(Kind.FILM, "Close (Up)", year=1990)),
        (Kind.FESTIVAL, "Demo (2026)", Ref(Kind.FESTIVAL, "Demo", year=2026)),
        (Kind.PERSON, "Bas (2023)", Ref(Kind.PERSON, "Bas (2023)")),
    ],
)
def test_reference_by_name(kind: Kind, text: str, expected: Ref, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "ref", to=kind, by_name=True) == (expected,)


def test_text_has_the_language_of_its_column(vocabulary: Vocabulary) -> None:
    assert good("Ici", vocabulary, "text", language="fr") == (Text("Ici", "fr"),)
    assert good("Here", vocabulary, "text") == (Text("Here"),)
    assert good("Gent", vocabulary, "text", is_string=True) == ("Gent",)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a￾b", "a\x9fb"])
def test_control_character_is_a_problem_of_any_type(text: str, vocabulary: Vocabulary) -> None:
    assert bad(text, vocabulary, "text").rule == "read-text"
    assert bad(text, vocabulary, "genre").rule == "read-text"


def test_separator_cuts_a_cell_and_one_bad_piece_does_not_spoil_the_others(vocabulary: Vocabulary) -> None:
    values, problems = parse_cell("nl; Frenchish ;;ro", column("language", separators=(";",)), vocabulary)
    assert values == ("nl", "ro")
    assert [(piece, problem.rule) for piece, problem in problems] == [("Frenchish", "read-language")]


def test_without_separator_a_cell_is_one_value(vocabulary: Vocabulary) -> None:
    assert good("One; Two", vocabulary, "text") == (Text("One; Two"),)


@pytest.mark.parametrize(("text", "expected"), [("2023", PartialDate("2023")), ("1895", PartialDate("1895"))])
def test_year_is_read(text: str, expected: PartialDate, vocabulary: Vocabulary) -> None:
    assert good(text, vocabulary, "year") == (expected,)


@pytest.mark.parametrize("text", ["23", "2023-10", "0000", "20233", "ca. 2023", "２０２３"])
def test_what_is_no_year_is_a_problem(text: str, vocabulary: Vocabulary) -> None:
    assert bad(text, vocabulary, "year").rule == "read-date"


@pytest.mark.parametrize(
    ("text", "certainty"), [("stated", Certainty.STATED), ("External", Certainty.EXTERNAL), ("inferred", Certainty.INFERRED)]
)
def test_certainty_is_read(text: str, certainty: Certainty) -> None:
    assert parse_certainty(text) is certainty


def test_unknown_certainty_is_a_problem() -> None:
    problem = parse_certainty("sure")
    assert isinstance(problem, Problem)
    assert "stated, external or inferred" in problem.message


def test_every_type_has_its_own_rule_name() -> None:
    assert {each.rule for each in VALUE_TYPES.values()} >= {
        "read-date",
        "read-minutes",
        "read-language",
        "read-country",
        "read-genre",
        "read-status",
        "read-integer",
        "read-ref",
    }
    assert all(each.rule.startswith("read-") for each in VALUE_TYPES.values())
