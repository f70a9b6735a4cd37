"""Times pages: our own server, the exported site under nginx, nginx with the same bytes as a plain file, and Trifid.

Run `python -m benchmarks.pages`. It needs nginx and wrk (`make nginx`), and for Trifid `make trifid`; without that it is left
out, and the run says so. All systems are asked one after the other in the same run, for the same film of the catalogue's current
release. Cold is the first request for each of many films, warm the same one again and again by eight clients, in short rounds by
turns, so that what else the machine does hits all alike. Beside rates stands the processor time of the server for a request,
which other work on the machine changes little: the goals are held against that.

The plain file is served by the same nginx without any rules, once with Debian's settings (`sendfile`, `tcp_nopush`), which is the
measure, and once with files kept open, as the export has them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.endpoint.server import UnavailableError
from benchmarks.pages_servers import System, load_average, nginx_system, own_system, serving, trifid_system
from benchmarks.pages_wrk import Load, run_wrk
from filmgraph.describe import find_things
from filmgraph.errors import FilmgraphError
from filmgraph.serving import release_path
from filmgraph.settings import load_settings
from filmgraph.stores.embedded import EmbeddedStore

__all__ = ["CASES", "Case", "Result", "format_table", "main"]

_CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_GOALS = {"filmgraph": 0.15, "export under nginx": 0.9}
_TRIFID_GOAL = 10


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked for."""

    name: str
    accept: str
    packing: str = "identity"


CASES = (
    Case("HTML", _CHROME),
    Case("HTML, gzip", _CHROME, "gzip"),
    Case("Turtle", "text/turtle"),
    Case("JSON-LD", "application/ld+json"),
)


@dataclass(slots=True)
class Result:
    """What was measured of one system and case: `cold` in seconds, one for each film."""

    system: str
    case: Case
    size: int
    cold: list[float] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Warm requests per second: the median of the rounds."""
        return statistics.median(each.rate for each in self.loads)

    @property
    def p99(self) -> float:
        """The 99th percentile of the warm answers in seconds: the median of the rounds."""
        return statistics.median(each.p99 for each in self.loads)

    @property
    def cost(self) -> float:
        """The server's processor time for a warm request in seconds: the median of the rounds."""
        return statistics.median(each.cost for each in self.loads)


def main() -> int:
    """Print the table and what it is in ratios; 1 when a goal is missed, 2 when something that is needed is missing."""
    options = _read_options()
    try:
        results = _measure(options)
    except (FilmgraphError, UnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(format_table(results)) + f"\nload average at the end: {load_average()}\n")
    missed = list(_find_missed(results))
    sys.stdout.write("".join(f"missed: {each}\n" for each in missed))
    return int(bool(missed))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=Path("data"))
    parser.add_argument("--seconds", type=int, default=1, help="of load in each round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--films", type=int, default=30, help="asked for once, cold")
    parser.add_argument("--without-trifid", action="store_true")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> list[Result]:
    settings = load_settings(options.catalogue)
    path = release_path(settings)
    things = find_things(EmbeddedStore.open(path), settings.iris)
    keys = [iri.rpartition("/")[2] for iri in things["film"]][: options.films]
    with tempfile.TemporaryDirectory(prefix="filmgraph-pages-") as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)
        systems = [own_system(folder, settings, path), *nginx_system(folder, settings, path, keys, CASES)]
        if not options.without_trifid:
            systems += trifid_system(folder, path, settings.base_iri)
        pids: list[int] = []
        for each in systems:
            # What has no process of its own is served by the one before.
            pids.append(running.enter_context(serving(each, folder)) or pids[-1])
        return _ask_all(systems, pids, keys, options)


def _ask_all(systems: list[System], pids: list[int], keys: list[str], options: argparse.Namespace) -> list[Result]:
    results = []
    for case in CASES:
        found = [Result(each.name, case, 0) for each in systems]
        for result, system in zip(found, systems, strict=True):
            # Packed, a page that was drawn for the case before is cold no more.
            result.cold = list(_ask_cold(system, case, keys)) if system.has_cold and case.packing == "identity" else []
            result.size = _size(system, case, keys[0])
        for _ in range(options.rounds):
            for result, system, pid in zip(found, systems, pids, strict=True):
                url, headers = system.url(case, keys[0]), _headers(case)
                result.loads.append(run_wrk(url, headers, options.clients, options.seconds, pid))
        results += found
    return results


def _headers(case: Case) -> dict[str, str]:
    return {"Accept": case.accept, "Accept-Encoding": case.packing}


def _ask_cold(system: System, case: Case, keys: list[str]) -> Iterator[float]:
    for key in keys:
        started = time.perf_counter()
        _get(system.url(case, key), case)
        yield time.perf_counter() - started


def _size(system: System, case: Case, key: str) -> int:
    return len(_get(system.url(case, key), case))


def _get(url: str, case: Case) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=_headers(case)), timeout=60) as answer:
        body: bytes = answer.read()
        return body


def format_table(results: list[Result]) -> list[str]:
    """Return the table in Markdown."""
    lines = [
        "| document | system | bytes | cold, ms (p99) | warm, 1/s | p99, ms | of nginx | processor, µs | of nginx |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in results:
        cold = f"{statistics.median(each.cold) * 1e3:.1f} ({_p99(each.cold) * 1e3:.1f})" if each.cold else "–"
        plain = _plain(results, each.case)
        cells = (
            each.case.name,
            each.system,
            f"{each.size:,}",
            cold,
            f"{each.rate:,.0f}",
            f"{each.p99 * 1e3:.1f}",
            f"×{each.rate / plain.rate:.2f}",
            f"{each.cost * 1e6:,.0f}",
            f"×{plain.cost / each.cost:.2f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.99))]


def _plain(results: list[Result], case: Case) -> Result:
    return next(each for each in results if each.case == case and each.system == "nginx, plain file")


def _find_missed(results: list[Result]) -> Iterator[str]:
    for each in results:
        share, goal = _plain(results, each.case).cost / each.cost, _GOALS.get(each.system, 0.0)
        if share < goal:
            yield f"{each.case.name} of {each.system} is ×{share:.2f} of nginx with a plain file, not ×{goal}"
        if each.system == "trifid":
            own = next(other.rate for other in results if other.case == each.case and other.system == "filmgraph")
            if own < _TRIFID_GOAL * each.rate:
                yield f"{each.case.name} of filmgraph is ×{own / each.rate:.1f} of Trifid, not ×{_TRIFID_GOAL}"


if __name__ == "__main__":
    raise SystemExit(main())
