"""Releases before the current one: few are open at a time, and only as long as they are wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from filmgraph.errors import ReleaseClosedError
from filmgraph.formats import ResultsFormat
from filmgraph.serving_release import OpenRelease, Visit
from filmgraph.serving_shelf import LatePool, ReleaseShelf
from filmgraph.settings import EndpointSettings
from tests.serving.release_maker import QUERY, make_release


class Opener:
    """Opens releases that answer with their name, and counts."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []

    def __call__(self, release_id: str) -> OpenRelease:
        self.opened.append(release_id)

        def app(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
            # A list would be whole: nobody would have to wait for its last byte.
            yield release_id.encode()

        return OpenRelease(Path(release_id), app, lambda: None, lambda: self.closed.append(release_id))


class Clock:
    """Time that goes on by itself, by `step` with each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def use(visit: Visit) -> str:
    text = b"".join(visit.respond({}, lambda *_: lambda data: None)).decode()
    visit.close()
    return text


def test_the_release_asked_for_longest_ago_makes_room() -> None:
    opener = Opener()
    shelf = ReleaseShelf(opener, 2, clock=Clock(2.0))
    for each in ("a", "b", "a", "c"):
        assert use(shelf.enter(each)) == each
    assert opener.opened == ["a", "b", "c"]
    assert (opener.closed, shelf.release_ids) == (["b"], ("a", "c"))


def test_fifty_releases_are_never_open_at_once() -> None:
    opener = Opener()
    shelf = ReleaseShelf(opener, 2, clock=Clock(2.0))
    for n in range(50):
        use(shelf.enter(str(n)))
        assert len(opener.opened) - len(opener.closed) <= 2
    assert len(opener.closed) == 48


def test_one_that_is_read_just_now_is_not_closed() -> None:
    opener = Opener()
    shelf = ReleaseShelf(opener, 1, clock=Clock(2.0))
    reading = shelf.enter("a")
    reading.respond({}, lambda *_: lambda data: None)
    with pytest.raises(ReleaseClosedError, match="1 other releases before the current one are being read"):
        shelf.enter("b")
    assert opener.closed == []
    reading.close()
    assert use(shelf.enter("b")) == "b"
    assert opener.closed == ["a"]


def test_who_has_a_whole_answer_has_left() -> None:
    release = OpenRelease(Path("a"), lambda environ, start: [b"whole"], lambda: None, lambda: None)
    visit = release.enter()
    assert visit is not None
    assert visit.respond({}, lambda *_: lambda data: None) == [b"whole"]
    assert release.retire_unused()
    assert release.close_unused()


def test_one_that_was_asked_for_just_now_is_not_closed_for_another() -> None:
    opener, clock = Opener(), Clock(0.0)
    shelf = ReleaseShelf(opener, 1, clock=clock)
    use(shelf.enter("a"))
    for clock.now in (0.0, 1.9):
        with pytest.raises(ReleaseClosedError):
            shelf.enter("b")
    clock.now = 2.0
    assert use(shelf.enter("b")) == "b"
    assert opener.opened == ["a", "b"]


def test_one_that_nobody_asks_for_is_closed_after_a_while() -> None:
    opener, now = Opener(), [0.0]
    shelf = ReleaseShelf(opener, 3, idle_seconds=60.0, clock=lambda: now[0])
    use(shelf.enter("a"))
    reading = shelf.enter("b")
    now[0] = 59.9
    shelf.close_idle()
    assert opener.closed == []
    now[0] = 60.0
    shelf.close_idle()
    assert (opener.closed, shelf.release_ids) == (["a"], ("b",))
    use(reading)
    assert use(shelf.enter("a")) == "a"


def test_two_who_want_the_same_open_it_once_and_a_third_who_would_wait_is_sent_away() -> None:
    go, come = threading.Event(), threading.Event()
    opener = Opener()

    def slow(release_id: str) -> OpenRelease:
        come.set()
        assert go.wait(30)
        return opener(release_id)

    shelf = ReleaseShelf(slow, 2)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shelf.enter, "a")
        assert come.wait(30)
        second = threads.submit(shelf.enter, "a")
        while shelf._places.acquire(blocking=False):
            shelf._places.release()
        with pytest.raises(ReleaseClosedError, match="being opened just now") as refused:
            shelf.enter("b")
        assert refused.value.retry_after_seconds > 0
        go.set()
        assert use(first.result()) == use(second.result()) == "a"
    assert opener.opened == ["a"]


def test_what_fails_to_open_takes_no_place() -> None:
    def fail(release_id: str) -> OpenRelease:
        raise ReleaseClosedError(release_id)

    shelf = ReleaseShelf(fail, 1)
    for _ in range(5):
        with pytest.raises(ReleaseClosedError, match=r"\Aa\Z"):
            shelf.enter("a")
    assert shelf.release_ids == ()


def test_closing_waits_for_nobody_and_forgets_nobody() -> None:
    opener = Opener()
    shelf = ReleaseShelf(opener, 2)
    use(shelf.enter("a"))
    reading = shelf.enter("b")
    shelf.close()
    assert opener.closed == ["a"]
    use(reading)
    assert opener.closed == ["a", "b"]


def test_a_late_pool_starts_one_worker_with_the_first_query(tmp_path: Path) -> None:
    pool = LatePool(make_release(tmp_path, "2026-11-22.1"), EndpointSettings(workers=2))
    assert (pool.state.ready, pool.state.size) == (0, 0)
    assert b"2026-11-22.1" in pool.run(QUERY, ResultsFormat.JSON).body
    assert (pool.state.ready, pool.state.size) == (1, 1)
    pool.close()
    pool.close()
