"""Names compare as people expect, whatever the language."""

from __future__ import annotations

import unicodedata

import pytest

from filmgraph import folding
from filmgraph.folding import fold, iter_clues, spellings, split_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Cléo de 5 à 7", "cleo de 5 a 7"),
        ("SØREN ØSTERGÅRD", "soren ostergard"),
        ("Łódź", "lodz"),
        ("Đorđe", "dorde"),
        ("Groß & Œuvre", "gross oeuvre"),
        ("İstanbul ısı", "istanbul isi"),
        ("Þór Ðæ", "thor dae"),
        ("ﬁlm ＡＢＣ", "film abc"),
        ("8½", "8 1 2"),
        ("L’été d'hiver", "l ete d hiver"),
        ("  a \t b\u00a0c ", "a b c"),
        ("snake_case", "snake case"),
        ("花樣年華 2046", "花 樣 年 華 2046"),
        ("기생충", "기생충"),
        ("Ἀθῆναι ς", "αθηναι σ"),
        ("Ёлки", "елки"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("?!", "?!"),
        ("😀", "😀"),
        ("\0", "\0"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["Åström", "Ἀθῆναι", "Straße", "Dvořák", "Ǆ"])
def test_the_same_letters_composed_or_not_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_the_table_of_european_signs_says_what_taking_them_apart_says() -> None:
    for code, plain in folding._PLAIN.items():
        # A sign from elsewhere beside it takes the long way.
        assert fold(f"x{chr(code)}x 中") == fold(f"x{plain}x 中"), hex(code)
        assert fold(f"x{chr(code)}x") == fold(f"x{plain}x"), hex(code)


@pytest.mark.parametrize("text", ["Jean-Luc", "L’été – Œuvres", "花樣年華", "8½", "$", "O'Brien", "Тарковский"])
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Bas Devos", ()),
        ("Müller", ("mueller",)),
        ("Østergård", ("oestergaard",)),
        ("O'Brien", ("obrien",)),
        ("Jean-Luc Godard", ("jeanluc godard",)),
        ("Тарковский", ("tarkovskii",)),
        ("Αγγελόπουλος", ("aggelopoylos",)),
    ],
)
def test_a_name_has_other_spellings(text: str, others: tuple[str, ...]) -> None:
    assert spellings(text) == (fold(text), *others)


def test_signs_without_spaces_between_are_one_word() -> None:
    assert split_words("映画 film") == ["映 画", "film"]


@pytest.mark.parametrize(
    ("word", "slip"),
    [("here", "hree"), ("here", "hre"), ("here", "heree"), ("devos", "davos"), ("devos", "evos"), ("zemeckis", "semekis")],
)
def test_a_word_and_its_slip_share_a_clue(word: str, slip: str) -> None:
    assert set(iter_clues(word)) & set(iter_clues(slip))
