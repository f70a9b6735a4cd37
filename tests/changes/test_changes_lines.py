"""Sorted lines: compared, patched and gathered by thing, each as plain sets say."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.changes_lines import apply_delta, compare, group_by_thing, join_things, read_lines
from filmgraph.errors import UnreadableInputError

keys = st.text(alphabet="ab1-", min_size=1, max_size=4)
subjects = st.tuples(keys, st.sampled_from(["", "#a", "#b-1"])).map("".join)
lines = st.builds(lambda subject, value: f'<x/{subject}> <p> "{value}" .\n'.encode(), subjects, st.sampled_from("12"))
graphs = st.frozensets(lines, max_size=30)


@given(graphs, graphs)
def test_compare_finds_what_only_one_side_has(old: frozenset[bytes], new: frozenset[bytes]) -> None:
    found = list(compare(sorted(old), sorted(new)))
    assert [line for side, line in found if side < 0] == sorted(old - new)
    assert [line for side, line in found if side > 0] == sorted(new - old)


@given(graphs, graphs)
def test_old_and_difference_give_new(old: frozenset[bytes], new: frozenset[bytes]) -> None:
    assert list(apply_delta(sorted(old), sorted(new - old), sorted(old - new))) == sorted(new)


@given(graphs)
def test_lines_are_gathered_by_thing_in_the_order_of_bracketed_iris(graph: frozenset[bytes]) -> None:
    expected: dict[bytes, set[bytes]] = {}
    for line in graph:
        expected.setdefault(line[1 : line.index(b">")].partition(b"#")[0], set()).add(line)
    found = list(group_by_thing(sorted(graph)))
    assert {thing: set(group) for thing, group in found} == expected
    assert [thing for thing, _ in found] == sorted(expected, key=lambda thing: b"<%b>" % thing)
    assert all(group == sorted(group) for _, group in found)


@given(graphs, graphs)
def test_things_are_joined_with_all_their_lines(old: frozenset[bytes], new: frozenset[bytes]) -> None:
    joined = list(join_things(sorted(old), sorted(new)))
    assert len({thing for thing, _, _ in joined}) == len(joined)
    assert {line for _, before, _ in joined for line in before} == old
    assert {line for _, _, after in joined for line in after} == new


@pytest.mark.parametrize(
    ("added", "removed", "says"),
    [([b"b\n"], [], "adds a triple which the old file has already: b"), ([], [b"c\n"], "removes a triple which the old file"),
     ([], [b"z\n"], "removes a triple"), ([b"d\n"], [], "adds a triple")],
)  # fmt: skip
def test_a_difference_to_another_file_is_refused(added: list[bytes], removed: list[bytes], says: str) -> None:
    with pytest.raises(UnreadableInputError, match=says):
        list(apply_delta([b"a\n", b"b\n", b"d\n"], added, removed))


def test_packed_and_plain_files_read_the_same(tmp_path: Path) -> None:
    data = b"a\nb\n"
    (tmp_path / "plain").write_bytes(data)
    (tmp_path / "packed").write_bytes(gzip.compress(data))
    assert list(read_lines(tmp_path / "plain")) == list(read_lines(tmp_path / "packed")) == [b"a\n", b"b\n"]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:-9], "after line"),
        (lambda data: data[:12] + bytes([data[12] ^ 0xFF]) + data[13:], "cannot read"),
        (lambda data: gzip.compress(b"b\na\n"), "line 2: the lines are not sorted"),
        (lambda data: gzip.compress(b"a\na\n"), "line 2: the lines are not sorted"),
    ],
    ids=["torn", "flipped", "unsorted", "repeated"],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path, damage: Callable[[bytes], bytes], says: str) -> None:
    path = tmp_path / "old.nt.gz"
    path.write_bytes(damage(gzip.compress(b"".join(b"%06d\n" % n for n in range(5000)), mtime=0)))
    with pytest.raises(UnreadableInputError, match=says):
        list(read_lines(path))
