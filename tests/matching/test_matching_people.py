from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.matching import main, score
from benchmarks.matching_made import make_two_lists
from filmgraph.matching_model import Outcome, PersonRecord, Work
from filmgraph.matching_people import compare_people, match_people

ADA = PersonRecord(
    "a", ("Ada van Quill",), (Work("lantern", "editor", "north"), Work("salt", "editor", "north")), (1999, 2004), ("PL",)
)
TWIN = PersonRecord("b", ("Ada van Quill",), (Work("lantern", "editor", "south"),), (1999,), ("PL",))
ELSEWHERE = replace(TWIN, works=(Work("harbour", "editor", "south"),), years=(2001,))


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (replace(TWIN, names=("Quill, A. van",)), Outcome.SAME),
        (replace(TWIN, names=("Ada Vann Quill",)), Outcome.SAME),
        (replace(ELSEWHERE, names=("van Quill, Ada",)), Outcome.SAME),
        (replace(ELSEWHERE, names=("Adá van Quill",)), Outcome.SAME),
        (replace(ELSEWHERE, names=("Adá van Quill",), countries=()), Outcome.ASK),
        (replace(ELSEWHERE, names=("Quill Ada",)), Outcome.ASK),
        (replace(ELSEWHERE, names=("Adá van Quill",), years=(1911,)), Outcome.DIFFERENT),
        (replace(ELSEWHERE, names=("Eva van Quill",)), Outcome.DIFFERENT),
        (replace(TWIN, names=("Eva van Quill",)), Outcome.DIFFERENT),
    ],
)
def test_two_people_are_the_same_different_or_a_question(other: PersonRecord, outcome: Outcome) -> None:
    assert compare_people(ADA, other).outcome is outcome
    assert compare_people(other, ADA).outcome is outcome


def test_who_stands_beside_another_in_one_source_is_somebody_else() -> None:
    brother = PersonRecord("b", ("A. van Quill",), (Work("lantern", "editor", "north"),), (1999,), ("PL",))
    assert compare_people(ADA, brother).outcome is Outcome.DIFFERENT


def test_co_workers_tell_that_an_initial_is_somebody() -> None:
    crew = [PersonRecord(f"c{n}", (f"Crew Member{n}",), (Work("salt", "actor"), Work("harbour", "actor"))) for n in range(3)]
    initial = replace(ELSEWHERE, names=("A. van Quill",))
    (verdict,) = match_people([ADA, initial, *crew]).verdicts
    assert verdict.outcome is Outcome.SAME
    assert "they worked with the same people (3)" in verdict.pros
    assert not match_people([ADA, initial]).verdicts


@pytest.mark.parametrize(
    ("mine", "its", "outcome"),
    [
        (("1970-05-01",), ("1970-05-01",), Outcome.SAME),
        (("1970",), ("1970-05-01",), Outcome.SAME),
        (("1970",), ("1941",), Outcome.DIFFERENT),
        (("1970-05-01",), ("1970-06-01",), Outcome.DIFFERENT),
    ],
)
def test_dates_of_birth_speak_for_or_against(mine: tuple[str, ...], its: tuple[str, ...], outcome: Outcome) -> None:
    a, b = replace(ADA, births=mine), replace(ELSEWHERE, names=("Adá van Quill",), births=its, countries=())
    assert compare_people(a, b).outcome is outcome


def test_other_dates_of_birth_never_go_unasked() -> None:
    verdict = compare_people(replace(ADA, births=("1970",)), replace(TWIN, births=("1971",)))
    assert verdict.points >= 6
    assert verdict.outcome is Outcome.ASK


@pytest.mark.parametrize(
    ("mine", "its", "outcome", "is_conflict"),
    [
        ("1", "1", Outcome.SAME, False),
        ("1", "2", Outcome.DIFFERENT, False),
    ],
)
def test_codes_of_people_decide(mine: str, its: str, outcome: Outcome, is_conflict: bool) -> None:
    a, b = replace(ADA, identifiers=(("viaf", mine),)), replace(ELSEWHERE, names=("Quill Ada",), identifiers=(("viaf", its),))
    verdict = compare_people(a, b)
    assert (verdict.outcome, verdict.is_conflict) == (outcome, is_conflict)


def test_a_source_that_tells_namesakes_apart_makes_the_name_alone_too_little() -> None:
    keyed = [replace(each, is_keyed=True, sources=(each.works[0].source,)) for each in (ADA, ELSEWHERE)]
    namesake = PersonRecord(
        "c", ("Ada van Quill",), (Work("x", "actor", "south"),), (1950,), ("BE",), sources=("south",), is_keyed=True
    )
    a, b = keyed
    assert compare_people(a, b).outcome is Outcome.SAME
    assert compare_people(a, b, [namesake]).outcome is Outcome.ASK


def test_a_source_that_gives_two_people_keys_means_two() -> None:
    a, b = (replace(each, is_keyed=True, sources=("south",)) for each in (ADA, replace(ELSEWHERE, names=("Adá van Quill",))))
    assert compare_people(a, b).outcome is Outcome.DIFFERENT
    assert compare_people(replace(a, is_keyed=False), b).outcome is Outcome.SAME


def test_made_up_people_are_told_apart() -> None:
    people, who = make_two_lists(900)
    matching = match_people(people)
    found = score(matching, who)
    assert found.gold > 700
    assert found.precision >= 0.98
    assert found.answered_f1 >= 0.97
    assert matching.pairs < 3 * len(people)
    random.Random(3).shuffle(people)
    assert match_people(people) == matching


def test_the_benchmark_prints_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shared", str(tmp_path), "--people", "120", "--sizes"]) == 0
    assert main(["--one", "films", "100"]) == 0
    assert main(["--one", "people", "100"]) == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()]
    assert rows == ["gold", "---", "people, made up", "films", "people"]
