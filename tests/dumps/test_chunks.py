"""Chunks of sorted lines: where they begin depends on what is near, and a change leaves the others as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph import chunks
from filmgraph.chunks import ChunkDigests, Cutter, chunk_of, cut_lines, digest_all, last_part, subject_of, whole_of
from filmgraph.chunks_things import ChunkThings
from filmgraph.dataset_counts import Counts, Landmarks
from filmgraph.dumps_files import pack
from filmgraph.dumps_lines import Terms, group_things, split_line
from filmgraph.dumps_parts import Chunk, Parts
from filmgraph.dumps_rows import Survey
from filmgraph.errors import ReleaseError
from filmgraph.incremental_chunks import Changes, Fresh, OldChunks, recut
from filmgraph.release_verify import ALL_QUADS

BASE = "https://films.example/id/film"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thing in three begins a chunk."""
    monkeypatch.setattr(chunks, "_THINGS", 3)


#: Things whose IRIs begin alike, with and without parts: where the order of bytes plays tricks.
SUBJECTS = st.builds(
    lambda key, part: f"<{BASE}/{key}{part}>".encode(),
    st.text("ab-0", min_size=1, max_size=3),
    st.sampled_from(["", "", "#p", "#q", "#p-1"]),
)
LINES = st.sets(st.builds(lambda subject, n: b'%s <p:%d> "x" .\n' % (subject, n), SUBJECTS, st.integers(0, 3)), max_size=60)


def cut(lines: Iterable[bytes]) -> tuple[list[bytes], list[list[bytes]]]:
    ordered = sorted(lines)
    cutter = Cutter()
    cutter.take_lines(ordered)
    return cutter.starts, list(cut_lines([ordered[:7], ordered[7:]], cutter.starts)) if ordered else []


@given(LINES)
def test_every_line_is_in_one_chunk_and_the_parts_of_a_thing_in_the_same(lines: set[bytes]) -> None:
    starts, parts = cut(lines)
    assert [line for part in parts for line in part] == sorted(lines)
    assert all(part and subject_of(part[0]) == start for start, part in zip(starts, parts, strict=True))
    for number, part in enumerate(parts):
        for line in part:
            subject = subject_of(line)
            assert chunk_of(starts, line) == number
            assert number == chunk_of(starts, last_part(whole_of(subject)) if b"#" in subject else subject)


def terms(lines: Iterable[bytes]) -> list[Terms]:
    return [split_line(line, has_graph=False) for line in lines]


@given(LINES)
def test_the_things_of_all_chunks_are_those_of_all_lines(lines: set[bytes]) -> None:
    starts, parts = cut(lines)
    chunked = ChunkThings(starts, parts.__getitem__)
    found = [thing for number in range(len(parts)) for thing in group_things(terms(chunked.lines(number)))]
    assert found == list(group_things(terms(sorted(lines))))


@given(LINES, st.integers(1, 9))
def test_digests_are_those_of_the_chunks_however_the_lines_come(lines: set[bytes], size: int) -> None:
    ordered = sorted(lines)
    digests = ChunkDigests()
    for begin in range(0, len(ordered), size):
        digests.take(ordered[begin : begin + size])
    expected = [hashlib.sha256(b"".join(part)).digest() for part in cut(lines)[1]] or [hashlib.sha256().digest()]
    assert digests.finish() == expected
    assert digest_all(expected) == hashlib.sha256(b"".join(expected)).hexdigest()


def old_chunks(folder: Path, lines: Iterable[bytes]) -> OldChunks:
    starts, parts = cut(lines)
    packed = [pack(b"".join(part)) for part in parts]
    (folder / ALL_QUADS).write_bytes(b"".join(packed))
    described = [
        Chunk(start, b"", {ALL_QUADS: len(data)}, {}, Survey(), Landmarks()) for start, data in zip(starts, packed, strict=True)
    ]
    return OldChunks(folder, Parts(tuple(described), {}, Counts(), 0, {}), "https://films.example/id/dataset/x")


def changes_of(old: OldChunks, removed: Iterable[bytes], added: Iterable[bytes]) -> Changes:
    changes = Changes()
    for line in removed:
        changes.removed[old.number_of(line)].add(line)
    for line in added:
        changes.added[old.number_of(line)].add(line)
    return changes


@settings(max_examples=300)
@given(LINES.filter(bool), LINES, st.sets(st.integers(0, 20)), st.randoms())
def test_after_a_change_the_chunks_are_those_of_the_new_lines(
    tmp_path_factory: pytest.TempPathFactory, before: set[bytes], after: set[bytes], touched: set[int], chance: object
) -> None:
    old = old_chunks(tmp_path_factory.mktemp("release"), before)
    changes = changes_of(old, before - after, after - before)
    found = recut(old, changes, {*changes.numbers, *(n for n in touched if n < len(old.starts))})
    lines = [each.lines if isinstance(each, Fresh) else old.lines(each.number) for each in found]
    assert lines == cut(after)[1]
    kept = {n for n in range(len(old.starts)) if n not in changes.numbers and n not in touched}
    near = {n + step for n in changes.numbers | touched for step in (-1, 0, 1)}
    assert kept - near <= {each.number for each in found if not isinstance(each, Fresh)}


def test_a_change_of_other_lines_is_refused(tmp_path: Path) -> None:
    old = old_chunks(tmp_path, [b'<%s/a> <p:1> "x" .\n' % BASE.encode()])
    for removed, added in (([b'<%s/a> <p:2> "x" .\n' % BASE.encode()], []), ([], [b'<%s/a> <p:1> "x" .\n' % BASE.encode()])):
        with pytest.raises(ReleaseError, match="build --full"):
            recut(old, changes_of(old, removed, added), {0})


def test_a_torn_piece_is_refused(tmp_path: Path) -> None:
    old = old_chunks(tmp_path, [b'<%s/a> <p:1> "x" .\n' % BASE.encode()])
    path = tmp_path / ALL_QUADS
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ReleaseError, match=r"all\.nq\.gz is damaged"):
        old.lines(0)
