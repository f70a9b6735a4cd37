"""What the benchmark of pages reads and writes; its servers are run by hand."""

from __future__ import annotations

import os

import pytest

from benchmarks.pages import CASES, Result, _find_missed, format_table
from benchmarks.pages_wrk import Load, processor_seconds, read_report

REPORT = """Running 3s test @ http://127.0.0.1:8000/film/here-2023
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.25ms    3.50ms  60.17ms   96.44%
  Latency Distribution
     50%  397.00us
     99%   15.60ms
  30000 requests in 3.00s, 900.00MB read
Requests/sec:  10000.50
Transfer/sec:    300.00MB
"""


def test_a_report_is_read_in_seconds() -> None:
    load = read_report(REPORT)
    assert load.rate == 10000.5
    assert load.p99 == pytest.approx(0.0156)
    assert load.requests == 30_000
    assert read_report(REPORT.replace("15.60ms", "900.00us")).p99 == pytest.approx(0.0009)
    assert read_report(REPORT.replace("15.60ms", "1.20s")).p99 == pytest.approx(1.2)


@pytest.mark.parametrize("text", ["", REPORT + "  Non-2xx or 3xx responses: 12\n", REPORT.replace("Requests/sec", "x")])
def test_a_run_with_refusals_is_no_measurement(text: str) -> None:
    with pytest.raises(ValueError, match="not all answered"):
        read_report(text)


def result(system: str, rate: float) -> Result:
    return Result(system, CASES[0], 30_000, [0.02, 0.03], [Load(rate, 0.001, 3 * int(rate), 1 / rate)] * 3)


def test_the_table_has_ratios_and_the_goals_are_checked() -> None:
    plain = result("nginx, plain file", 20_000)
    lines = format_table([result("filmgraph", 10_000), plain])
    assert lines[2] == "| HTML | filmgraph | 30,000 | 25.0 (30.0) | 10,000 | 1.0 | ×0.50 | 100 | ×0.50 |"
    assert (
        list(_find_missed([result("filmgraph", 10_000), result("export under nginx", 19_000), plain, result("trifid", 900)]))
        == []
    )
    missed = _find_missed([result("filmgraph", 2_000), result("export under nginx", 15_000), plain, result("trifid", 900)])
    assert [each.partition(" is ")[2] for each in missed] == [
        "×0.10 of nginx with a plain file, not ×0.15", "×0.75 of nginx with a plain file, not ×0.9", "×2.2 of Trifid, not ×10"
    ]  # fmt: skip


def test_the_processor_time_of_a_server_counts_what_it_started() -> None:
    before = processor_seconds(os.getpid())
    spent = sum(n * n for n in range(2_000_000))
    assert spent > 0
    assert processor_seconds(os.getpid()) > before
    assert processor_seconds(2**22 + 1) == 0.0
