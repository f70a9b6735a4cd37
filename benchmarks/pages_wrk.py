"""Loads an address with wrk, Debian's load generator, and reads what it says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Load", "read_report", "run_wrk"]

_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_P99 = re.compile(r"\s99%\s+([0-9.]+)(us|ms|s|m)\b")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: ([0-9]+)")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second, and the 99th percentile of the answers in seconds."""

    rate: float
    p99: float


def run_wrk(url: str, headers: Mapping[str, str], clients: int, seconds: int) -> Load:
    """Ask for one address by so many clients at once, each again as soon as it has its answer."""
    command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return read_report(done.stdout)


def read_report(text: str) -> Load:
    """Return the figures of a report; ValueError when requests were refused, or when it has none."""
    rate, p99, refused = _RATE.search(text), _P99.search(text), _REFUSED.search(text)
    if rate is None or p99 is None or refused is not None:
        raise ValueError(f"wrk's requests were not all answered:\n{text}")
    return Load(float(rate[1]), float(p99[1]) * _UNITS[p99[2]])
