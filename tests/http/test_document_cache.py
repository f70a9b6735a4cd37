from __future__ import annotations

import threading

import pytest

from filmgraph.web.cache import CachedDocument, DocumentCache


def document(size: int) -> CachedDocument:
    return CachedDocument(b"x" * size, ())


def test_a_document_is_made_once() -> None:
    cache, made = DocumentCache(), []

    def make() -> CachedDocument:
        made.append(1)
        return document(10)

    assert cache.recall(("a",), make) is cache.recall(("a",), make)
    assert len(made) == 1


def test_the_limit_is_kept_and_the_least_used_goes_first() -> None:
    cache = DocumentCache(limit=4_000)
    first = cache.recall(("a",), lambda: document(1_000))
    cache.recall(("b",), lambda: document(1_000))
    cache.recall(("a",), lambda: pytest.fail("a is kept"))
    cache.recall(("c",), lambda: document(1_000))
    assert cache.size <= 4_000
    assert cache.recall(("a",), lambda: pytest.fail("a was used last")) is first
    again = document(5)
    assert cache.recall(("b",), lambda: again) is again


def test_what_is_larger_than_the_limit_is_answered_but_not_kept() -> None:
    cache = DocumentCache(limit=600)
    assert len(cache.recall(("a",), lambda: document(5_000)).body) == 5_000
    assert cache.size == 0


def test_one_large_document_drives_out_nobody() -> None:
    cache = DocumentCache(limit=50_000, largest=10_000)
    small = cache.recall(("a",), lambda: document(1_000))
    cache.recall(("b",), lambda: document(20_000))
    assert cache.recall(("a",), lambda: pytest.fail("a is kept")) is small
    assert cache.size < 10_000


def test_an_error_is_not_kept() -> None:
    cache = DocumentCache()

    def fail() -> CachedDocument:
        raise KeyError("no such thing")

    with pytest.raises(KeyError):
        cache.recall(("a",), fail)
    assert cache.recall(("a",), lambda: document(1)).body == b"x"


def test_threads_agree_on_the_size() -> None:
    cache = DocumentCache(limit=50_000)

    def work(seed: int) -> None:
        for n in range(300):
            cache.recall((str((n * seed) % 97),), lambda: document(900))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < cache.size <= 50_000
