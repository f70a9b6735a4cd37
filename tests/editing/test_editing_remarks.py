"""What findings are called in three languages: every rule that a sheet can break has words, and they fit the findings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.languages import LANGUAGES
from filmgraph.remarks import tell
from filmgraph.remarks_texts import load_texts
from filmgraph.remarks_words import ANY_RULE, find_saying, load_sayings
from filmgraph.validation import Shapes, full_catalogue

SRC = Path(__file__).resolve().parents[2] / "src" / "filmgraph"
PLACE = SourcePlace("book.xlsx", None, 14, "Start", "Screenings")

#: Rules that no sheet can break, and why. Whatever is in neither list has to get words.
NEVER = {
    "the readers mint IRIs and give terms their class": r".*-iri|IriKind|ThingHasType|NoBlankNode|NoHttpsSchema|SchemaTerm",
    "the vocabulary is shipped, and not in sheets": r"Concept-.*|BroaderCycle|NotationUnique|RoleDirectProperty",
    "what the data say of themselves is made by the build": r"Dataset-.*|Distribution-.*|Source-.*",
    "sheets have no such things": r"Award.*|ImageObject-.*|Quotation-.*|Text-.*|TextAmongFacts|Character-.*"
    r"|Movie-(image|award|awardDecision|character|inspiredBy|contentLocation)",
    "direct edges are derived from credits": r"Movie-(actor|contributor|credit|director|musicBy|producer)"
    r"|CreditDirectEdge|CreditProperty|DirectEdgeCredit|ScreeningEvent-credit|Credit-(certainty|wasDerivedFrom|work|roleName)",
    "the readers give these the right form, or report the cell": r"Movie-(alternateName|countryOfOrigin|genre)|PropertyValue-.*"
    r"|Thing-identifier|ScreeningEvent-eventAttendanceMode|DurationTwin",
}


def is_never(rule: str) -> bool:
    return any(re.fullmatch(pattern, rule) for pattern in NEVER.values())


def rules_in(*folders: str) -> set[str]:
    """All rules that the modules of some folders name, as they stand in their texts."""
    texts = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(SRC.glob(folder))]
    return {rule for text in texts for rule in re.findall(r'"((?:read|identity|resolve|check|source)-[a-z]+)"', text)}


def test_every_rule_of_the_readers_has_words() -> None:
    found = rules_in("sources/sheet/*.py", "identity*.py", "resolve.py", "checking*.py", "assembly.py")
    assert len(found) >= 30
    assert found - set(load_sayings()) == set()


def test_every_rule_of_the_shapes_has_words_or_a_reason_to_have_none(loaded_shapes: Shapes) -> None:
    rules = {each.id for each in full_catalogue(loaded_shapes)}
    assert {rule for rule in rules if rule not in load_sayings() and not is_never(rule)} == set()
    assert {rule for rule in load_sayings() if is_never(rule)} == set(), "has words and is said to need none"


def test_words_stand_for_rules_that_there_are(loaded_shapes: Shapes) -> None:
    known = {each.id for each in full_catalogue(loaded_shapes)} | rules_in(
        "sources/sheet/*.py", "identity*.py", "resolve.py", "checking*.py", "assembly.py"
    )
    assert set(load_sayings()) - known == {ANY_RULE}


def test_sayings_fit_the_messages_of_the_shapes(loaded_shapes: Shapes) -> None:
    """A message with names in it is taken apart again to be said in another language."""
    for info in full_catalogue(loaded_shapes):
        sayings = load_sayings().get(info.id, ())
        for saying in sayings:
            if saying.pattern is None:
                assert "{" not in info.message, f"{info.id}: its message has names, so it needs `says`"
                continue
            template = re.sub(r"\{\?(\w+)\}", r"<\1>", info.message.removesuffix(".")) + "."
            template = template.replace("<detail>", details(info.id))
            match = saying.pattern.fullmatch(template)
            assert match, f"{info.id}: {saying.says!r} does not fit {template!r}"
            assert {name for name, text in match.groupdict().items() if text == f"<{name}>"} >= {
                name for name in match.groupdict() if f"<{name}>" in template
            }


def details(rule: str) -> str:
    """What some checks in Python put into their messages."""
    return {
        "HallOverlap": "<other> runs until <end> in <hall>",
        "SlotLongEnough": "ends at <end>, before its films do: they have <minutes> minutes together",
    }.get(rule, "<detail>")


def test_all_languages_have_all_words_and_fields() -> None:
    for sayings in load_sayings().values():
        for each in sayings:
            assert set(each.words) == set(LANGUAGES)
            known = {"message", "value", "kinds", *(each.pattern.groupindex if each.pattern else ())}
            assert all(text.strip() for text in each.words.values())
            assert each.fields <= known, f"{each.rule}: {each.fields - known} is in no message"


def test_the_tools_have_the_same_words_in_all_languages() -> None:
    english = load_texts("en")
    for language in LANGUAGES:
        texts = load_texts(language)
        assert set(texts.texts) == set(english.texts)
        assert set(texts.forms) == set(english.forms)
        for key, text in texts.texts.items():
            assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english.texts[key])), key


#: Words that are asked for by a name that is put together: of a severity, a part of the copy, a step, a question, a message.
BUILT = r"severity\..*|report\.(errors|warnings|hints)|marked\..*|edit\.(step|question|said)-.*"


def test_no_word_of_the_tools_is_left_over() -> None:
    paths = [*SRC.glob("*.py"), *SRC.glob("web/edit/*.py"), *SRC.glob("web/edit/templates/*.html")]
    code = "".join(path.read_text(encoding="utf-8") for path in paths)
    own = tomllib.loads((SRC / "words" / "editing.en.toml").read_text(encoding="utf-8"))
    keys = [f"{table}.{name}" for table, names in own.items() for name in names]
    assert [key for key in keys if key not in code and not re.fullmatch(BUILT, key)] == []


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Screenings, row 14, Start: “31/11/2026” is not a date: November 2026 has 30 days. Did you mean 30/11/2026?"),
        ("nl", "Screenings, rij 14, Start: “31/11/2026” is geen datum: november 2026 heeft 30 dagen. Bedoelde u 30/11/2026?"),
        ("fr", "Screenings, ligne 14, Start : « 31/11/2026 » n’est pas une date : novembre 2026 compte 30 jours. "
               "Vouliez-vous dire 30/11/2026 ?"),
    ],
)  # fmt: skip
def test_a_remark_says_where_what_and_what_was_meant(language: str, line: str) -> None:
    message = "'31/11/2026' is not a date; November 2026 has 30 days. Correct the day."
    finding = Finding("read-date", Severity.VIOLATION, message, value="31/11/2026", places=(PLACE,))
    (remark,) = tell([finding], language, proposals={finding: "30/11/2026"})
    assert remark.line == line


def test_a_proposal_of_the_program_is_said_in_the_language() -> None:
    message = "'Belgum' is not a country that the vocabulary knows. Correct it, or leave it blank. Perhaps Belgium?"
    (remark,) = tell([Finding("read-country", Severity.VIOLATION, message, places=(PLACE,))], "nl")
    assert (remark.proposal, remark.text) == (
        "Belgium", "“Belgum” is geen land dat hier bekend is. Kies er een uit de lijst, of laat de cel leeg."
    )  # fmt: skip


def test_things_are_called_by_their_names() -> None:
    message = "screening/here-1 at 2020-10-17T19:30:00+02:00 shows film/here-2023, which was made later (2023). "
    message += "Correct the date or the year."
    finding = Finding("ScreeningAfterProduction", Severity.VIOLATION, message, places=(PLACE,))
    (remark,) = tell([finding], "fr", {"film/here-2023": "Here"}.get)
    assert "le 2020-10-17 19:30, montre « Here », réalisé plus tard (2023)" in remark.text


def test_dates_are_asked_for_in_the_letters_of_the_language() -> None:
    finding = Finding(
        "read-date", Severity.VIOLATION, "'soon' is not a time. Write DD/MM/YYYY HH:MM or YYYY-MM-DD HH:MM.", places=(PLACE,)
    )
    assert tell([finding], "nl")[0].text.endswith("Schrijf het zo: DD/MM/JJJJ UU:MM of JJJJ-MM-DD UU:MM.")
    assert tell([finding], "fr")[0].text.endswith("Écrivez ainsi : JJ/MM/AAAA HH:MM ou AAAA-MM-JJ HH:MM.")


def test_what_nothing_is_said_of_is_told_as_the_program_says_it() -> None:
    finding = Finding("no-such-rule", Severity.WARNING, "It isn't 'right'.")
    assert find_saying(finding)[0].rule == ANY_RULE
    (remark,) = tell([finding], "nl")
    assert remark.text.endswith("It isn't 'right'.")
    assert remark.where == "Het hele bestand"


def test_the_worst_comes_first_and_then_the_order_of_the_sheet() -> None:
    places = [SourcePlace("a.csv", n, n, "Title") for n in (9, 2, 5)]
    severities = (Severity.VIOLATION, Severity.WARNING, Severity.VIOLATION)
    findings = [Finding("read-row", each, "odd", places=(place,)) for each, place in zip(severities, places, strict=True)]
    assert [each.where for each in tell(findings, "en")] == ["a.csv, row 5, Title", "a.csv, row 9, Title", "a.csv, row 2, Title"]
