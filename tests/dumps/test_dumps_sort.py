from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.dumps_sort import merge_blocks, merge_lines, sort_lines


@pytest.mark.parametrize("run_bytes", [1, 50, 1000, 10**6])
def test_lines_come_sorted_by_their_bytes_and_once(tmp_path: Path, run_bytes: int) -> None:
    chance = random.Random(4)
    lines = [f"{chance.randrange(900)} é\n".encode() for _ in range(2000)]
    assert list(sort_lines(lines, tmp_path, run_bytes)) == sorted(set(lines))


def test_no_line_is_sorted_too(tmp_path: Path) -> None:
    assert list(sort_lines([], tmp_path)) == []


def test_the_folder_is_left_as_it_was(tmp_path: Path) -> None:
    list(sort_lines([b"b\n", b"a\n", b"c\n"], tmp_path, run_bytes=2))
    unfinished = sort_lines([b"b\n", b"a\n", b"c\n"], tmp_path, run_bytes=2)
    next(unfinished)
    unfinished.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


def test_runs_longer_than_a_block_are_merged(tmp_path: Path) -> None:
    lines = [f"{n:06}\n".encode() for n in range(30_000)]
    shuffled = random.Random(1).sample(lines, len(lines))
    assert list(sort_lines(shuffled, tmp_path, run_bytes=50_000)) == lines


@given(st.lists(st.lists(st.binary(max_size=3).filter(lambda each: b"\n" not in each)), max_size=5))
def test_sources_are_merged_as_if_sorted_together(sources: list[list[bytes]]) -> None:
    assert list(merge_lines([sorted(set(each)) for each in sources])) == sorted({line for each in sources for line in each})


@given(st.lists(st.lists(st.binary(max_size=3).filter(lambda each: b"\n" not in each)), max_size=5))
def test_blocks_hold_the_lines_in_their_order(sources: list[list[bytes]]) -> None:
    ordered = [sorted(set(each)) for each in sources]
    assert [line for block in merge_blocks(ordered) for line in block] == list(merge_lines(ordered))
