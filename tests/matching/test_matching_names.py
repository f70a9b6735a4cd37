from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.matching_names import Likeness, block_name, compare_names, parse_name


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("Ada Quill", "ada  QUILL", Likeness.EXACT),
        ("Quill, Ada", "Ada Quill", Likeness.EXACT),
        ("de Quill, Ada", "Ada de Quill", Likeness.EXACT),
        ("Żofia Łąkowa", "Zofia Lakowa", Likeness.EQUAL),
        ("Jörg Müllerin", "Joerg Muellerin", Likeness.EQUAL),
        ("Ada O'Quill", "Ada OQuill", Likeness.EQUAL),
        ("Тарас Вымышленный", "Taras Vymyshlennyi", Likeness.EQUAL),
        ("Mei Xu-lan", "Xulan Mei", Likeness.ORDER),
        ("Kuroda Akira", "Akira Kuroda", Likeness.ORDER),
        ("Gus van Quill", "Gus Vanquill", Likeness.ORDER),
        ("Ada van der Quill", "Ada Quill", Likeness.PARTICLE),
        ("Samir al-Quill", "Samir Quill", Likeness.PARTICLE),
        ("Sergei Quillovsky", "Sergey Quillovskij", Likeness.SOUND),
        ("Mohamed Quill", "Muhammad Quill", Likeness.SOUND),
        ("Ada Maria Quill", "Ada Quill", Likeness.PART),
        ("A. Quill", "Ada Quill", Likeness.INITIAL),
        ("T. Quill", "Tess Quill", Likeness.INITIAL),
        ("A. M. Quill", "Ada Maria Quill", Likeness.INITIAL),
        ("Jonathan Quill", "Jonathn Quill", Likeness.SLIP),
        ("Christina Quill", "Christine Quill", Likeness.ENDING),
        ("Alexander Quill", "Alexandra Quill", Likeness.ENDING),
        ("Ada Quill", "Eva Quill", Likeness.DIFFERENT),
        ("Ada Quill", "Ada Quinn", Likeness.DIFFERENT),
        ("Jan Quill", "Jon Quill", Likeness.DIFFERENT),
        ("A. Quill", "Eva Quill", Likeness.DIFFERENT),
        ("Bo Quill Jr.", "Bo Quill Sr.", Likeness.DIFFERENT),
        ("Ada", "Ada Quill", Likeness.DIFFERENT),
    ],
)
def test_names_are_as_alike_as_a_reader_would_say(a: str, b: str, likeness: Likeness) -> None:
    assert compare_names(parse_name(a), parse_name(b)) is likeness
    assert compare_names(parse_name(b), parse_name(a)) is likeness


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Mei Xu-lan", "Xulan Mei"),
        ("Quill, Ada", "Ada Quill"),
        ("Żofia Łąkowa", "Zofia Lakowa"),
        ("Sergei Quill", "Sergey Quill"),
    ],
)
def test_alike_names_are_found_by_their_letters(a: str, b: str) -> None:
    assert block_name(a)[0] == block_name(b)[0]


@pytest.mark.parametrize(
    ("a", "b"), [("T. Quill", "Tess Quill"), ("Quill, T.", "Tess Quill"), ("Jonathn Quill", "Jonathan Quill")]
)
def test_initials_and_slips_are_found_by_the_ends(a: str, b: str) -> None:
    assert set(block_name(a)[1]) & set(block_name(b)[1])


@given(st.text(min_size=1, max_size=40))
def test_any_text_is_a_name_and_like_itself(text: str) -> None:
    assert compare_names(parse_name(text), parse_name(text)) is Likeness.EXACT
    assert block_name(text) == block_name(text)
