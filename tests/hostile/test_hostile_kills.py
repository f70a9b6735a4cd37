"""Processes of the real server are killed while clients ask: no wrong answer, no hang, a clear 503 at worst, and nothing is left.

`python -m benchmarks.hostile.killing` kills two hundred.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.hostile.killing import Askers, await_whole, kill_at_random, list_web_processes, list_workers, take_census
from benchmarks.hostile.run import DEADLINE_SECONDS, serve_for_siege
from benchmarks.hostile.siege import family
from tests.conftest import Built

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="clients need addresses 127.0.0.2 and on, and /proc")

KILLS = 8
#: Beyond the deadline, on a machine that does other things too.
SLACK_SECONDS = 5.0
GONE_SECONDS = 30.0


def test_killed_query_workers_are_replaced_and_nobody_gets_a_wrong_answer(demo_release: Built, tmp_path: Path) -> None:
    settings = demo_release.settings
    with serve_for_siege(settings.catalogue_path, settings.releases_path, tmp_path) as (url, pid):
        processes = len(family(pid))
        with Askers(url):
            time.sleep(1)
        before = take_census(pid)
        with Askers(url) as askers:
            assert kill_at_random(lambda: list_workers(pid), KILLS, 0.3, seed=1) == KILLS
        assert askers.wrong == []
        assert set(askers.statuses) <= {200, 503}
        assert askers.statuses[200] > KILLS
        assert askers.slowest < DEADLINE_SECONDS + SLACK_SECONDS
        assert await_whole(url, pid, processes)
        assert take_census(pid) == before


def test_a_killed_web_process_is_replaced_and_takes_its_workers_with_it(demo_release: Built, tmp_path: Path) -> None:
    settings = demo_release.settings
    with serve_for_siege(settings.catalogue_path, settings.releases_path, tmp_path, web_processes=2) as (url, pid):
        _await(lambda: len(list_workers(pid)) == 6)
        victim = list_web_processes(pid)[0]
        its_workers = family(victim)[1:]
        with Askers(url) as askers:
            os.kill(victim, signal.SIGKILL)
            _await(lambda: not any(map(_is_alive, its_workers)) and len(list_workers(pid)) == 6)
        assert askers.wrong == []
        assert victim not in list_web_processes(pid)
        assert await_whole(url, pid, 1 + 2 + 6)
        with Askers(url) as askers:
            time.sleep(1)
        assert set(askers.statuses) == {200}


def test_when_the_whole_server_is_killed_nothing_of_it_lives_on(demo_release: Built, tmp_path: Path) -> None:
    settings = demo_release.settings
    with serve_for_siege(settings.catalogue_path, settings.releases_path, tmp_path) as (url, pid):
        everybody = family(pid)
        assert len(everybody) == 5
        os.kill(pid, signal.SIGKILL)
        _await(lambda: not any(map(_is_alive, everybody)))
        # A connection that waits in the socket's queue while the last process goes is reset; the next one is refused.
        with pytest.raises(OSError, match=r"refused|reset"):
            urllib.request.urlopen(url + "/healthz", timeout=5)


def _await(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + GONE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
