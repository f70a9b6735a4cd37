from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.matching import is_held_out, pairs_of, read_films, score
from benchmarks.matching_made import make_films
from filmgraph.matching_films import compare_films, match_films
from filmgraph.matching_model import FilmRecord, Matching, Outcome

LANTERN = FilmRecord("a", ("The Paper Lantern",), (1999,), ("Łucja Żarnowska",), (91,), ("PL",), sources=("north",))
TWIN = replace(LANTERN, key="b", sources=("south",))


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (TWIN, Outcome.SAME),
        (replace(TWIN, titles=("Lantern of paper", "PAPER LANTERN"), directors=("Zarnowska, Lucja",)), Outcome.SAME),
        (replace(TWIN, years=(2000,), minutes=(93,)), Outcome.SAME),
        (replace(TWIN, directors=("L. Żarnowska",), minutes=()), Outcome.SAME),
        (replace(TWIN, titles=("Papierowa latarnia",)), Outcome.ASK),
        (replace(TWIN, directors=(), minutes=(), countries=()), Outcome.ASK),
        (replace(TWIN, titles=("Another Film",), minutes=(47,)), Outcome.DIFFERENT),
        (replace(TWIN, titles=("The Paper Lantern: Ashes",), years=(2001,), minutes=(100,)), Outcome.ASK),
        (replace(TWIN, directors=("Ida Norr",)), Outcome.ASK),
        (replace(TWIN, directors=("Ida Norr",), minutes=(88,)), Outcome.DIFFERENT),
        (replace(TWIN, years=(1931,), directors=(), minutes=()), Outcome.DIFFERENT),
    ],
)
def test_two_films_are_the_same_different_or_a_question(other: FilmRecord, outcome: Outcome) -> None:
    assert compare_films(LANTERN, other).outcome is outcome
    assert compare_films(other, LANTERN).outcome is outcome


@pytest.mark.parametrize(
    ("mine", "its", "other", "outcome", "is_conflict"),
    [
        ((("imdb", "tt1"),), (("imdb", "tt1"),), replace(TWIN, titles=("Papierowa latarnia",)), Outcome.SAME, False),
        ((("imdb", "tt1"),), (("imdb", "tt2"),), TWIN, Outcome.ASK, True),
        ((("imdb", "tt1"),), (("imdb", "tt2"),), replace(TWIN, titles=("Papierowa latarnia",)), Outcome.DIFFERENT, False),
        ((("imdb", "tt1"), ("eidr", "1")), (("imdb", "tt1"), ("eidr", "2")), TWIN, Outcome.ASK, True),
        ((("imdb", "tt1"),), (("imdb", "tt1"),), replace(TWIN, titles=("Salt",), directors=("Ida Norr",)), Outcome.ASK, True),
        ((("imdb", "tt1"),), (("eidr", "1"),), TWIN, Outcome.SAME, False),
    ],
)
def test_codes_decide_and_their_conflicts_are_asked_about(
    mine: tuple[tuple[str, str], ...], its: tuple[tuple[str, str], ...], other: FilmRecord, outcome: Outcome, is_conflict: bool
) -> None:
    verdict = compare_films(replace(LANTERN, identifiers=mine), replace(other, identifiers=its))
    assert (verdict.outcome, verdict.is_conflict) == (outcome, is_conflict)


def test_a_verdict_tells_its_reasons_in_words() -> None:
    verdict = compare_films(LANTERN, replace(TWIN, years=(2000,), countries=("BE",)))
    assert verdict.pros == (
        "a title is the same ('The Paper Lantern')",
        "the same director (Łucja Żarnowska)",
        "the same length (91 min)",
        "the years are next to each other (1999 and 2000)",
    )
    assert verdict.cons == ("no country is the same (PL; BE)",)


def test_the_order_of_the_films_makes_no_difference() -> None:
    films, _ = make_films(400)
    again = films.copy()
    random.Random(3).shuffle(again)
    assert match_films(again) == match_films(films)


def test_made_up_films_are_found_again_without_a_mistake() -> None:
    films, truth = make_films(1500)
    found = score(match_films(films), truth)
    assert found.gold > 100
    assert found.precision == 1.0
    assert found.right + found.asked_right == found.gold
    # All pairs of films would be a million.
    assert match_films(films).pairs < 500


@pytest.fixture(scope="module")
def real(shared_path: Path) -> tuple[list[FilmRecord], dict[str, str]]:
    if not (shared_path / "data" / "cannes").is_dir():
        pytest.skip("the real tables are not beside the project")
    return read_films(shared_path)


@pytest.fixture(scope="module")
def blind(real: tuple[list[FilmRecord], dict[str, str]]) -> Matching:
    return match_films(real[0])


def test_real_films_are_found_again_without_their_numbers(real: tuple[list[FilmRecord], dict[str, str]], blind: Matching) -> None:
    films, numbers = real
    held_out: Callable[[tuple[str, str]], bool] = lambda pair: is_held_out(pair, numbers)  # noqa: E731
    both, half = score(blind, numbers), score(blind, numbers, held_out)
    assert (both.gold, half.gold) == (197, 94)
    assert both.answered_f1 >= 0.985
    assert half.answered_f1 >= 0.985
    assert both.precision >= 0.99
    questions = sum(each.outcome is Outcome.ASK for each in blind.verdicts)
    assert 1000 * questions / len(films) <= 20


def test_real_films_with_their_numbers_are_never_joined_against_these(
    real: tuple[list[FilmRecord], dict[str, str]], blind: Matching
) -> None:
    films, numbers = real
    coded = {each.key: replace(each, identifiers=(("imdb", numbers[each.key]),)) for each in films if each.key in numbers}
    found = [compare_films(coded[each.a], coded[each.b]) for each in blind.verdicts if each.a in coded and each.b in coded]
    assert all(numbers[each.a] == numbers[each.b] for each in found if each.outcome is Outcome.SAME)
    # In one of the tables a film has another film's number.
    assert [each.cons for each in found if each.is_conflict] == [("the IMDb numbers differ (tt0067814 and tt6279650)",)]
    verdicts = [compare_films(coded[a], coded[b]) for a, b in sorted(pairs_of(numbers))]
    # One row has another title, and names as director whom the film is about.
    assert [each.points for each in verdicts if each.outcome is not Outcome.SAME] == [5]
