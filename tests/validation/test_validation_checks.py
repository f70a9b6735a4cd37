"""Codes and their check characters."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.validation import full_catalogue, load_shapes
from filmgraph.validation_checks import CHECKS, eidr_check_character, identifier_fault

_HEX = st.text("0123456789ABCDEF", min_size=20, max_size=20)


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, 20, 4))


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("imdb", "tt0000001"),
        ("IMDb", "nm0000001"),
        ("imdb", "tt18550182"),
        ("wikidata", "Q240"),
        ("uuid", "3403742a-8a58-4466-a58d-2ca62d72d558"),
        ("eidr", "10.5240/7791-8534-2C23-9030-8610-5"),
        ("archive", "anything goes"),
    ],
)
def test_a_well_formed_code_has_no_fault(scheme: str, code: str) -> None:
    assert identifier_fault(scheme, code) is None


@pytest.mark.parametrize(
    ("scheme", "code", "said"),
    [
        ("imdb", "tt123", "looks like tt0000000"),
        ("imdb", "tt0000001 ", "no imdb code"),
        ("wikidata", "Q0", "looks like Q240"),
        ("uuid", "3403742A-8A58-4466-A58D-2CA62D72D558", "lower case"),
        ("eidr", "10.5240/7791-8534-2C23-9030-8610", "check character"),
        ("eidr", "10.5240/7791-8534-2C23-9030-8610-6", "should be 5"),
        ("eidr", "10.5240/7791-8534-2C23-9030-8601-5", "should be"),
    ],
)
def test_a_fault_says_what_the_code_should_look_like(scheme: str, code: str, said: str) -> None:
    assert said in (identifier_fault(scheme, code) or "")


@given(_HEX, st.integers(0, 19), st.sampled_from("0123456789ABCDEF"))
def test_one_wrong_digit_changes_the_check_character(digits: str, position: int, other: str) -> None:
    changed = digits[:position] + other + digits[position + 1 :]
    same = eidr_check_character(_grouped(digits)) == eidr_check_character(_grouped(changed))
    assert same == (changed == digits)


def test_nearly_all_neighbours_in_the_wrong_order_change_the_check_character() -> None:
    # ISO/IEC 7064 promises no more than this of its hybrid systems.
    base, missed, pairs = "41077BC0B3B678000000", 0, 0
    for position, (a, b) in product(range(19), permutations("0123456789ABCDEF", 2)):
        before, after = base[:position], base[position + 2 :]
        both = {eidr_check_character(_grouped(f"{before}{each}{after}")) for each in (a + b, b + a)}
        missed, pairs = missed + (len(both) == 1), pairs + 1
    assert missed / pairs < 0.01


def test_checks_stand_in_the_catalogue_beside_the_shapes() -> None:
    ids = {info.id for info in full_catalogue(load_shapes())}
    assert {check.info.id for check in CHECKS} < ids
    assert {check.info.origin for check in CHECKS} == {"python"}
