from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.decisions import Decision, decisions_csv, load_decisions, with_decision
from filmgraph.errors import UnreadableInputError

HEADER = "kind,a,b,decision,decided_by,date,note\n"
ROW = Decision("film", "rust-2012", "rust-2013", "same", "Ida", "2026-11-22", 'the long one, "uncut"', 2)


def test_decisions_read_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    assert load_decisions(path) == ()
    path.write_text(decisions_csv([ROW]), encoding="utf-8")
    assert load_decisions(path) == (ROW,)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_decisions(path) == (ROW,)


def test_the_last_word_about_a_pair_counts_in_whatever_order_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(f"{HEADER}film,a,b,same,,,\nfilm,c,d,same,,,\n\nfilm,b,a,different,,,\n", encoding="utf-8")
    assert [(each.pair, each.decision, each.row) for each in load_decisions(path)] == [
        (("film", "a", "b"), "different", 5),
        (("film", "c", "d"), "same", 3),
    ]
    changed = with_decision([ROW], Decision("film", "rust-2013", "rust-2012", "different"))
    assert [each.decision for each in changed] == ["different"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a,b\n", "line 1"),
        (HEADER + "film,a,b,same\n", "row 2"),
        (HEADER + "venue,a,b,same,,,\n", "row 2"),
        (HEADER + "film,a,b,maybe,,,\n", "row 2"),
        (HEADER + "film,a,a,same,,,\n", "row 2"),
        (HEADER + "film,a,not a key,same,,,\n", "row 2"),
        (HEADER + 'film,"a', "cannot read"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_number(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInputError, match=where):
        load_decisions(path)
