"""Several web processes share one state; one that is killed leaves nothing behind."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filmgraph.admission import Admission, query_fingerprint
from filmgraph.errors import QueryBarredError, QueryBusyError, QueryQuotaError, QueryTimeoutError, StoreError
from filmgraph.settings import EndpointSettings

SETTINGS = EndpointSettings(workers=1, queue=0, client_queries=1)
HOLD = """
import sys
from pathlib import Path
from filmgraph.admission import Admission
from filmgraph.settings import EndpointSettings
admission = Admission(EndpointSettings(workers=1, queue=0, client_queries=1), Path(sys.argv[1]))
with admission.admit("192.0.2.1", "ASK {}"):
    print("held", flush=True)
    sys.stdin.read()
"""
WORK = """
import sys
from pathlib import Path
from filmgraph.admission import Admission
from filmgraph.settings import EndpointSettings
settings = EndpointSettings(workers=3, queue=50, queue_seconds=60.0, client_queries=4, client_seconds_per_minute=6e4)
admission = Admission(settings, Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(50):
    with admission.admit(f"192.0.2.{n % 5}", "ASK {}") as ticket:
        pass
print("done", flush=True)
"""

Starter = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    return tmp_path / "admission.sqlite"


@pytest.fixture
def start(state_path: Path) -> Iterator[Starter]:
    started: list[subprocess.Popen[str]] = []

    def run(program: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(state_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run
    for each in started:
        each.kill()
        each.communicate()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_what_one_process_runs_counts_for_another(state_path: Path, start: Starter) -> None:
    holder = start(HOLD)
    assert read_line(holder) == "held"
    admission = Admission(SETTINGS, state_path)
    with pytest.raises(QueryQuotaError, match="under way"), admission.admit("192.0.2.1", "ASK {}"):
        pass
    with pytest.raises(QueryBusyError), admission.admit("192.0.2.2", "ASK {}"):
        pass
    holder.communicate()
    with admission.admit("192.0.2.1", "ASK {}"):
        pass
    admission.close()


@pytest.mark.parametrize("client", ["192.0.2.1", "192.0.2.2"], ids=["its own client", "another client"])
def test_a_killed_process_leaves_nothing_counted(state_path: Path, start: Starter, client: str) -> None:
    admission = Admission(SETTINGS, state_path)
    holder = start(HOLD)
    assert read_line(holder) == "held"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with admission.admit(client, "ASK {}"):
        pass
    admission.close()
    assert not list(state_path.parent.glob("*.alive"))


def test_a_waiting_query_starts_when_the_process_before_it_is_killed(state_path: Path, start: Starter) -> None:
    holder = start(HOLD)
    assert read_line(holder) == "held"
    seconds = iter(range(1_000))

    def wait(*_: object) -> None:
        if next(seconds) >= 3 and holder.poll() is None:
            holder.kill()
            holder.wait()

    admission = Admission(
        EndpointSettings(workers=1, queue=1, queue_seconds=500.0), state_path, lambda: float(next(seconds)), wait
    )
    with admission.admit("192.0.2.2", "ASK {}"):
        assert holder.poll() is not None
    admission.close()


def test_a_new_process_clears_the_signs_of_dead_ones(state_path: Path, start: Starter) -> None:
    holder = start(HOLD)
    assert read_line(holder) == "held"
    holder.kill()
    holder.wait()
    assert len(list(state_path.parent.glob("*.alive"))) == 1
    admission = Admission(SETTINGS, state_path)
    assert [path.name for path in state_path.parent.glob("*.alive")] == [f"admission.sqlite.{admission._state.process}.alive"]
    admission.close()


def test_a_stopped_process_is_not_a_dead_one(state_path: Path, start: Starter) -> None:
    holder = start(HOLD)
    assert read_line(holder) == "held"
    holder.send_signal(signal.SIGSTOP)
    admission = Admission(SETTINGS, state_path)
    with pytest.raises(QueryBusyError), admission.admit("192.0.2.2", "ASK {}"):
        pass
    holder.send_signal(signal.SIGCONT)
    admission.close()


def test_many_processes_begin_and_count_at_once(state_path: Path, start: Starter) -> None:
    workers = [start(WORK) for _ in range(4)]
    assert [read_line(each) for each in workers] == ["ready"] * 4
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert [read_line(each) for each in workers] == ["done"] * 4
    admission = Admission(SETTINGS, state_path)
    with admission._state.change() as book:
        assert book.entries() == []
    admission.close()


def test_never_more_run_at_once_than_there_are_workers(state_path: Path) -> None:
    settings = EndpointSettings(workers=2, reserved_workers=0, queue=50, queue_seconds=60.0, client_queries=50)
    doors = [Admission(settings, state_path, wait=lambda *_: None) for _ in range(2)]
    lock, inside, most = threading.Lock(), 0, 0

    def ask(door: Admission) -> None:
        nonlocal inside, most
        for _ in range(10):
            with door.admit("192.0.2.1", "ASK {}"):
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=ask, args=(each,)) for each in doors * 3]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for door in doors:
        door.close()
    assert 1 <= most <= 2
    assert inside == 0


def test_processes_share_what_bars_a_query(state_path: Path) -> None:
    doors = [Admission(EndpointSettings(), state_path) for _ in range(2)]
    for each in doors:
        with pytest.raises(QueryTimeoutError), each.admit("192.0.2.1", "SELECT * { bomb }"):
            raise QueryTimeoutError("late")
    for each in doors:
        with pytest.raises(QueryBarredError), each.admit("192.0.2.2", "SELECT * { bomb }"):
            pass
        each.close()


def test_a_state_from_before_a_restart_of_the_machine_refuses_nobody(state_path: Path) -> None:
    old = Admission(EndpointSettings(client_failures_per_minute=1, ban_kills=1), state_path, lambda: 9_000_000.0)
    with pytest.raises(QueryTimeoutError), old.admit("192.0.2.1", "ASK {}"):
        raise QueryTimeoutError("late")
    old.close()
    new = Admission(EndpointSettings(client_failures_per_minute=1, ban_kills=1), state_path, lambda: 5.0)
    with new.admit("192.0.2.1", "ASK {}"):
        pass
    new.close()


@pytest.mark.parametrize("is_shared", [True, False], ids=["in SQLite", "in memory"])
def test_clients_and_queries_of_long_ago_are_forgotten(state_path: Path, is_shared: bool) -> None:
    now = 1_000.0
    admission = Admission(EndpointSettings(), state_path if is_shared else None, lambda: now)
    for n in range(50):
        with pytest.raises(QueryTimeoutError), admission.admit(f"192.0.2.{n}", f"ASK {{ {n} }}"):
            raise QueryTimeoutError("late")
    with admission._state.change() as book:
        assert all(book.account(f"192.0.2.{n}") for n in range(50))
    now += 1_000
    with admission.admit("192.0.2.200", "ASK {}"):
        pass
    with admission._state.change() as book:
        assert not any(book.account(f"192.0.2.{n}") for n in range(50))
        assert not any(book.kills(query_fingerprint(f"ASK {{ {n} }}")) for n in range(50))
    admission.close()


def test_a_state_that_cannot_be_kept_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot keep its counts in"):
        Admission(EndpointSettings(), tmp_path / "absent" / "admission.sqlite")
    (tmp_path / "text.sqlite").write_text("this is not a database, but long enough to be taken for a bad one\n" * 20)
    with pytest.raises(StoreError, match="see that it can be written"):
        Admission(EndpointSettings(), tmp_path / "text.sqlite")


def test_an_answer_is_given_although_its_end_cannot_be_written_down(state_path: Path) -> None:
    admission = Admission(EndpointSettings(workers=1, queue=0, client_queries=1), state_path)
    with admission.admit("192.0.2.1", "ASK {}"), contextlib.closing(sqlite3.connect(state_path)) as database:
        database.execute("ALTER TABLE client RENAME TO hidden")
    with pytest.raises(StoreError, match="no such table"), admission.admit("192.0.2.1", "ASK {}"):
        pass
    with contextlib.closing(sqlite3.connect(state_path)) as database:
        database.execute("ALTER TABLE hidden RENAME TO client")
    for _ in range(2):
        with admission.admit("192.0.2.1", "ASK {}"):
            pass
    admission.close()
