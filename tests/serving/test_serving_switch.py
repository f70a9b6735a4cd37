"""A new release is taken up whole, and the old one goes when its last request has ended."""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from filmgraph.errors import ReleaseClosedError, ReleaseError
from filmgraph.iris import IriScheme
from filmgraph.release_lease import claim_release
from filmgraph.serving_release import OpenRelease
from filmgraph.serving_shelf import ReleaseShelf
from filmgraph.serving_switch import ReleaseSwitch
from filmgraph.web.history import NOTICE, KeptRelease
from filmgraph.web.links import Links
from tests.serving.release_maker import BASE, QUERY, make_release, publish


class History:
    def kept(self) -> tuple[KeptRelease, ...]:
        return tuple(KeptRelease(f"r{n}", datetime(2026, 11, 22, n, tzinfo=UTC)) for n in range(3))

    def find(self, release_id: str) -> KeptRelease:
        raise ReleaseClosedError(release_id)

    def current_at(self, moment: datetime) -> KeptRelease | None:
        return None


class Stage:
    """Releases of plain functions: each answers with its name, as often as the path says. `current` is what is published."""

    def __init__(self, broken: Iterable[str] = ()) -> None:
        self.current = "r0"
        self.broken = set(broken)
        self.events: list[tuple[str, str]] = []
        self.notices: list[str] = []
        shelf = ReleaseShelf(self.open, 1)
        self.switch = ReleaseSwitch(
            lambda: Path(self.current), lambda path: self.open(path.name), shelf, History(), Links(IriScheme(BASE)), 1_000
        )

    def open(self, name: str) -> OpenRelease:
        if name in self.broken:
            raise ReleaseError(f"{name} is broken")
        is_open = [True]

        def app(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
            start("200 OK", [("X-Release", name)])
            assert is_open[0], f"{name} was closed"
            self.notices.append(environ.get(NOTICE, ""))
            for _ in range(int(environ["PATH_INFO"].strip("/readyz") or 1)):
                yield f"{name} ".encode()
                assert is_open[0], f"{name} was closed under a reader"

        def close() -> None:
            is_open[0] = False
            self.events.append(("close", name))

        return OpenRelease(Path(name), app, lambda: self.events.append(("end queries", name)), close)

    def is_served(self, name: str) -> bool:
        return self.switch.release_id == name

    def get(self, path: str = "/") -> str:
        body, _, headers = run_wsgi_app(self.switch, EnvironBuilder(path).get_environ(), buffered=True)
        text = b"".join(body).decode()
        assert set(text.split()) == {headers["X-Release"]}
        return headers["X-Release"]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_next_request_is_answered_from_the_new_release(stage: Stage) -> None:
    assert stage.get() == "r0"
    stage.current = "r1"
    assert stage.get() == "r0"
    stage.switch.look()
    assert (stage.get(), stage.switch.release_id) == ("r1", "r1")
    assert stage.events == [("end queries", "r0"), ("close", "r0")]


def test_looking_again_changes_nothing(stage: Stage) -> None:
    stage.switch.look()
    stage.switch.look()
    assert (stage.events, stage.get()) == ([], "r0")


def test_an_open_download_of_the_old_release_finishes_and_only_then_is_it_closed(stage: Stage) -> None:
    body = stage.switch(EnvironBuilder("/3").get_environ(), lambda *_: lambda data: None)
    chunks = iter(body)
    assert next(chunks) == b"r0 "
    for name in ("r1", "r2"):
        stage.current = name
        stage.switch.look()
    assert stage.get() == "r2"
    assert stage.events == [("end queries", "r0"), ("end queries", "r1"), ("close", "r1")]
    assert list(chunks) == [b"r0 ", b"r0 "]
    body.close()  # type: ignore[attr-defined]
    stage.switch.look()
    assert stage.events[-1] == ("close", "r0")


def test_a_download_that_is_broken_off_lets_go(stage: Stage) -> None:
    body = stage.switch(EnvironBuilder("/3").get_environ(), lambda *_: lambda data: None)
    next(iter(body))
    stage.current = "r1"
    stage.switch.look()
    body.close()  # type: ignore[attr-defined]
    body.close()  # type: ignore[attr-defined]
    stage.switch.look()
    assert stage.events[-1] == ("close", "r0")


def test_an_answer_that_the_server_drops_unread_lets_go(stage: Stage) -> None:
    stage.switch(EnvironBuilder("/3").get_environ(), lambda *_: lambda data: None)
    stage.current = "r1"
    stage.switch.look()
    assert stage.events[-1] == ("close", "r0")


def test_a_request_that_fails_lets_go() -> None:
    def fail(environ: dict[str, Any], start: Any) -> list[bytes]:
        raise ZeroDivisionError

    closed: list[bool] = []
    release = OpenRelease(Path("r"), fail, lambda: None, lambda: closed.append(True))
    visit = release.enter()
    assert visit is not None
    assert not release.retire_unused()
    with pytest.raises(ZeroDivisionError):
        visit.respond({}, lambda *_: lambda data: None)
    assert release.retire_unused()
    assert release.close_unused()
    assert closed == [True]
    assert release.enter() is None


def test_a_release_that_cannot_be_opened_leaves_the_old_one_serving_and_says_so(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.broken, stage.current = {"r1"}, "r1"
    stage.switch.look()
    stage.switch.look()
    assert stage.get("/readyz") == "r0"
    assert stage.notices == ["the release r1 cannot be served, so r0 is instead: r1 is broken"]
    assert [each.levelno for each in caplog.records] == [logging.ERROR]
    assert stage.notices[0] in caplog.text
    stage.current = "r2"
    stage.switch.look()
    assert stage.get("/readyz") == "r2"
    assert stage.notices[-1] == ""


def test_it_is_tried_again_and_another_time_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("filmgraph.serving_switch.time.monotonic", lambda: now[0])
    stage.broken, stage.current = {"r1"}, "r1"
    tries = []
    for second in range(120):
        now[0] = second
        before = stage.switch._failure
        stage.switch.look()
        if stage.switch._failure is not before:
            tries.append(second)
    assert tries == [0, 2, 6, 14, 30, 62]
    stage.broken = set()
    now[0] = 200
    stage.switch.look()
    assert stage.get() == "r1"


def test_a_server_that_starts_with_a_broken_release_serves_the_newest_that_is_whole() -> None:
    stage = Stage(broken={"r0", "r2"})
    assert stage.get("/readyz") == "r1"
    assert stage.notices == ["the release r0 cannot be served, so r1 is instead: r0 is broken"]


def test_a_server_without_any_whole_release_does_not_start() -> None:
    with pytest.raises(ReleaseError, match="r0 is broken"):
        Stage(broken={"r0", "r1", "r2"})


def test_going_back_to_the_release_that_is_served_ends_the_warning(stage: Stage) -> None:
    stage.broken, stage.current = {"r1"}, "r1"
    stage.switch.look()
    stage.current = "r0"
    stage.switch.look()
    stage.get("/readyz")
    assert stage.notices == [""]


def test_no_request_is_lost_or_mixed_in_forty_switches(stage: Stage) -> None:
    """Three readers of long answers; an answer from two releases, or from a closed one, fails in `Stage`."""
    stop = threading.Event()

    def read(seed: int) -> int:
        dice, count = random.Random(seed), 0
        while not stop.is_set():
            stage.get("/" + str(dice.randrange(1, 40)))
            count += 1
        return count

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read, seed) for seed in range(3)]
        for n in range(1, 41):
            stage.current = f"r{n}"
            stage.switch.look()
        stop.set()
        assert all(each.result() > 0 for each in readers)
    stage.switch.close()
    closed = [name for event, name in stage.events if event == "close"]
    assert sorted(closed) == sorted(f"r{n}" for n in range(41))


def test_the_switch_follows_by_itself(stage: Stage) -> None:
    stage.switch.start()
    for name in ("r1", "r2", "r0"):
        stage.current = name
        wait_until(partial(stage.is_served, name))
    stage.switch.close()
    assert ("close", "r2") in stage.events


def wait_until(is_so: Callable[[], bool]) -> None:
    changed = threading.Event()
    for _ in range(600):
        if is_so():
            return
        changed.wait(0.05)
    pytest.fail("it did not come to pass within half a minute")


# With releases on a disk.


def open_files(path: Path) -> int:
    links = Path("/proc/self/fd")
    return sum(os.path.realpath(each).startswith(str(path)) for each in links.iterdir())


def name_in(client: Client) -> str:
    answer = client.get("/sparql", query_string={"query": QUERY})
    return str(json.loads(answer.data)["results"]["bindings"][0]["name"]["value"])


def test_publish_and_roll_back_with_everything_that_is_served(switch: ReleaseSwitch, releases: Path) -> None:
    client = Client(switch)
    old, new = releases / "2026-11-22.1", releases / "2026-11-22.2"
    for name in ("2026-11-22.1", "2026-11-22.2"):
        publish(releases, name)
        switch.look()
        tag = client.get("/film/here.ttl").headers["ETag"]
        assert name in client.get("/film/here", headers={"Accept": "text/html"}).text
        assert name in client.get("/readyz").text
        assert (name_in(client), tag.strip('"').startswith(name)) == (name, True)
    assert (open_files(old), open_files(new) > 0) == (0, True)
    assert claim_release(new) is None
    claim = claim_release(old)
    assert claim is not None
    claim.close()


def test_a_release_without_a_store_is_not_taken_up(switch: ReleaseSwitch, releases: Path) -> None:
    broken = make_release(releases, "2026-11-22.3")
    shutil.rmtree(broken / "store")
    publish(releases, "2026-11-22.3")
    switch.look()
    ready = json.loads(Client(switch).get("/readyz").data)
    assert ready["release"] == "2026-11-22.2"
    assert "the release 2026-11-22.3 cannot be served" in ready["warning"]
    assert open_files(broken) == 0
    claim = claim_release(broken)
    assert claim is not None
    claim.close()


def test_a_link_to_nothing_is_not_followed(switch: ReleaseSwitch, releases: Path) -> None:
    publish(releases, "2026-11-22.9")
    switch.look()
    ready = json.loads(Client(switch).get("/readyz").data)
    assert ready["release"] == "2026-11-22.2"
    assert "'current' names no release" in ready["warning"]


def test_a_release_before_the_current_one_is_leased_while_it_is_open(switch: ReleaseSwitch, releases: Path) -> None:
    old = releases / "2026-11-22.1"
    assert Client(switch).get("/as-of/2026-11-22.1/film/here.ttl").status_code == 200
    assert (claim_release(old), open_files(old) > 0) == (None, True)
    switch._shelf.close()
    assert open_files(old) == 0
