"""The book in memory and the book in SQLite: whatever is written into both, both say the same afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph.admission_book import Account, Book
from filmgraph.admission_state import AdmissionState

CLIENTS = ("192.0.2.1", "192.0.2.2", "2001:db8::/64")
QUERIES = (b"one", b"two")
TIMES = st.floats(0, 1_000, allow_nan=False)
Change = Callable[[Book], object]

CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(lambda client, now: lambda book: book.enter(client, now), st.sampled_from(CLIENTS), TIMES),
    st.builds(lambda entry_id, now: lambda book: book.mark_started(entry_id, now), st.integers(1, 6), TIMES),
    st.builds(lambda entry_id: lambda book: book.strike(entry_id), st.integers(1, 6)),
    st.builds(
        lambda client, *used: lambda book: book.set_account(client, Account(*used)),
        *(st.sampled_from(CLIENTS), st.floats(0, 100), st.floats(0, 100), st.none() | st.floats(0, 10), TIMES),
    ),
    st.builds(
        lambda query, kills, now: lambda book: book.set_kills(query, kills, now),
        *(st.sampled_from(QUERIES), st.integers(1, 9), TIMES),
    ),
    st.builds(lambda now: lambda book: book.forget(now, 0.5, 0.25, 300.0), TIMES),
)


class UndoneError(Exception):
    """Thrown to have a change undone."""


def read(state: AdmissionState) -> tuple[object, ...]:
    with state.change() as book:
        entries = sorted(book.entries(), key=lambda each: each.id)
        return entries, [book.account(each) for each in CLIENTS], [book.kills(each) for each in QUERIES]


def write(state: AdmissionState, changes: list[Change], *, is_undone: bool) -> None:
    try:
        with state.change() as book:
            for each in changes:
                each(book)
            if is_undone:
                raise UndoneError
    except UndoneError:
        return


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(CHANGES, max_size=5), st.booleans()), max_size=8))
def test_both_books_say_the_same(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[list[Change], bool]]) -> None:
    path: Path = tmp_path_factory.mktemp("book") / "admission.sqlite"
    own, shared = AdmissionState(None, 1e9), AdmissionState(path, 1e9)
    for each, is_undone in changes:
        before = read(own)
        for state in (own, shared):
            write(state, each, is_undone=is_undone)
        if is_undone:
            assert read(own) == before
        # SQLite gives a number again that was undone; the numbers differ then, and nothing else.
        if any(undone for _, undone in changes):
            assert read(own)[1:] == read(shared)[1:]
        else:
            assert read(own) == read(shared)
    own.close()
    shared.close()


def test_a_number_is_never_given_twice() -> None:
    state = AdmissionState(None, 0.0)
    numbers = []
    for _ in range(3):
        with state.change() as book:
            numbers.append(book.enter("192.0.2.1", 0.0).id)
            book.strike(numbers[-1])
    assert len(set(numbers)) == 3
