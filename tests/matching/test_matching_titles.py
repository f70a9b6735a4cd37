from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.matching_titles import TitleLikeness, compare_titles, parse_title


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("The Paper Lantern", "Paper Lantern, The", TitleLikeness.EQUAL),
        ("La lanterne & la mer", "lanterne et la mer", TitleLikeness.EQUAL),
        ("Été de papier", "ETE DE PAPIER!", TitleLikeness.EQUAL),
        ("Lantern, Part II", "Lantern part 2", TitleLikeness.EQUAL),
        ("Бумага", "Bumaga", TitleLikeness.EQUAL),
        ("Papierowa latarnia (The Paper Lantern)", "the paper lantern", TitleLikeness.EQUAL),
        ("Sous la mer / Under the Sea", "under the sea", TitleLikeness.EQUAL),
        ("Girl with a Lanterne", "Girl with a Lantern", TitleLikeness.NEAR),
        ("Are You There", "You Are There", TitleLikeness.NEAR),
        ("Lantern: A Story of Paper", "Lantern", TitleLikeness.PART),
        ("Lantern: The Beginning", "Lantern: The Return", TitleLikeness.SERIES),
        ("Lantern - Volume 1", "Lantern - Volume 2", TitleLikeness.SERIES),
        ("The Lantern 2", "The Lantern 3", TitleLikeness.DIFFERENT),
        ("Paper", "Papers of the Sea", TitleLikeness.DIFFERENT),
        ("Salt", "Silt", TitleLikeness.DIFFERENT),
    ],
)
def test_titles_are_as_alike_as_a_reader_would_say(a: str, b: str, likeness: TitleLikeness) -> None:
    assert compare_titles(parse_title(a), parse_title(b)) is likeness
    assert compare_titles(parse_title(b), parse_title(a)) is likeness


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_a_title(text: str) -> None:
    title = parse_title(text)
    assert compare_titles(title, title) in (TitleLikeness.EQUAL, TitleLikeness.SERIES, TitleLikeness.NEAR)
