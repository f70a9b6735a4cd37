"""Times the door of the query endpoint against the smallest query behind it.

Run `python benchmarks/admission.py`. It measures letting one query in and out, with the counts in a file as web processes share
them, first alone and then by four processes at once; and a bare `ASK {}` in a worker.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filmgraph.admission import Admission
from filmgraph.errors import NoReleaseError
from filmgraph.formats import ResultsFormat
from filmgraph.queryworkers import WorkerPool
from filmgraph.serving import release_path
from filmgraph.settings import EndpointSettings, load_settings

_LIMITS = EndpointSettings(workers=8, client_seconds_per_minute=1e6, client_burst_seconds=1e6)


def main() -> int:
    """Print medians in milliseconds and their ratio; 1 when letting in takes half a millisecond or longer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=Path("data"))
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--beside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.beside is not None:
        _tell(f"{_median(_door(options.beside), options.count):.6f}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        state_path = Path(folder) / "admission.sqlite"
        door = _median(_door(state_path), options.count)
        _tell(f"one process:    {door * 1e3:.3f} ms to let a query in and out, median of {options.count}")
        crowd = _measure_crowd(state_path, options.count)
        _tell(f"four processes: {crowd * 1e3:.3f} ms, median of their medians")
    try:
        path = release_path(load_settings(options.catalogue))
    except NoReleaseError as error:
        _tell(f"no ratio: {error}")
        return int(door >= 0.0005)
    with WorkerPool(path, replace(_LIMITS, workers=1)) as pool:
        ask = _median(lambda: pool.run("ASK {}", ResultsFormat.JSON), options.count)
    _tell(f"bare ASK {{}}:    {ask * 1e3:.3f} ms in a worker; the door takes {door / ask:.2f} times as long")
    return int(door >= 0.0005)


def _door(state_path: Path) -> Callable[[], object]:
    admission = Admission(_LIMITS, state_path)
    clients = (f"192.0.2.{number % 200}" for number in range(1_000_000_000))

    def enter() -> None:
        with admission.admit(next(clients), "ASK {}"):
            pass

    return enter


def _median(action: Callable[[], object], count: int) -> float:
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _measure_crowd(state_path: Path, count: int) -> float:
    command = [sys.executable, __file__, "--beside", str(state_path), "--count", str(count)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    return statistics.median(float(each.communicate()[0]) for each in processes)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
