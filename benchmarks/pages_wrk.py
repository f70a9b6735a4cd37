"""Loads an address with wrk, Debian's load generator, and reads what it says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["Load", "processor_seconds", "read_report", "run_wrk"]

_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_P99 = re.compile(r"\s99%\s+([0-9.]+)(us|ms|s|m)\b")
_REQUESTS = re.compile(r"([0-9]+) requests in")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: ([0-9]+)")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second, the 99th percentile of the answers in seconds, how many there were, and the processor time of each.

    `cost` is in seconds, of the server and its processes; 0 where nobody looked.
    """

    rate: float
    p99: float
    requests: int = 0
    cost: float = 0.0


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and those that it started have had so far, in seconds.

    0 where the system has no `/proc`, and for a process that has ended.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(each)) for each in children)


def run_wrk(url: str, headers: Mapping[str, str], clients: int, seconds: int, pid: int) -> Load:
    """Ask for one address by so many clients at once, each again as soon as it has its answer; `pid` is the server's process."""
    command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    before = processor_seconds(pid)
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    load = read_report(done.stdout)
    return replace(load, cost=(processor_seconds(pid) - before) / load.requests)


def read_report(text: str) -> Load:
    """Return the figures of a report; ValueError when requests were refused, or when it has none."""
    rate, p99, requests, refused = (each.search(text) for each in (_RATE, _P99, _REQUESTS, _REFUSED))
    if rate is None or p99 is None or requests is None or refused is not None:
        raise ValueError(f"wrk's requests were not all answered:\n{text}")
    return Load(float(rate[1]), float(p99[1]) * _UNITS[p99[2]], int(requests[1]))
