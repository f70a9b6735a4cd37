"""Times thirteen queries over a made-up catalogue: our endpoint, its engine alone, and two other servers.

Run `python benchmarks/queries.py --triples 100000`. The other servers are the packages `oxigraph` and `rdflib-endpoint`, which
are installed into a throw-away environment; `--engines filmgraph,engine` leaves them out. Everything listens on 127.0.0.1 only
and is ended by the process id that was started. The engines must agree on the number of rows, else the exit code is 1.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

# Run as a script, Python looks beside this file only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.endpoint import server as servers
from benchmarks.endpoint.client import Connection, FailedError, Load, Timing, measure, measure_added, press
from benchmarks.endpoint.question import QUESTIONS, SMALL, Question
from benchmarks.generate import write_triples
from filmgraph.manifest import STORE_FOLDER

ENGINES = ("filmgraph", "filmgraph-kept", "engine", "oxigraph", "rdflib-endpoint")
_ADDED_TIMES = 300
_START_SECONDS = 300.0


@dataclass(slots=True)
class Outcome:
    """What one engine did: a timing or a failure for each query, and for a server its throughput and peak memory.

    `added` has the medians in seconds of our endpoint and of its engine for the small queries, asked in turn.
    """

    timings: dict[str, Timing] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    load: Load | None = None
    added: dict[str, tuple[float, float]] = field(default_factory=dict)
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """The files of one run and how long each measurement may take."""

    folder: Path
    triples_path: Path
    release_path: Path
    seconds: float
    clients: int

    def run(self, engine: str) -> Outcome:
        """Run all queries in one engine; UnavailableError when there is no such server to be had."""
        if engine == "engine":
            return _ask_all(self._in_process(), self.seconds)
        is_kept = engine == "filmgraph-kept"
        with (
            servers.running(self._server(engine), self.folder, _START_SECONDS) as (address, pid),
            Connection(address, is_cache_welcome=is_kept) as link,
        ):
            outcome = _ask_all(link.ask, self.seconds)
            if engine == "filmgraph":
                times = max(3, round(_ADDED_TIMES * min(1.0, self.seconds)))
                outcome.added = measure_added(SMALL, link.ask, self._in_process(), times)
            outcome.load = press(address, SMALL, self.clients, self.seconds * 2, is_cache_welcome=is_kept)
            outcome.memory = servers.peak_memory(pid)
        return outcome

    def _server(self, engine: str) -> servers.Server:
        if engine.startswith("filmgraph"):
            return servers.own_server(self.release_path.parents[1])
        if engine == "oxigraph":
            return servers.oxigraph_server(servers.install(self.folder, "oxigraph"), self.folder, self.triples_path)
        return servers.rdflib_server(servers.install(self.folder, "rdflib-endpoint[cli]"), self.triples_path)

    def _in_process(self) -> Callable[[Question], bytes]:
        store = pyoxigraph.Store.read_only(str(self.release_path / STORE_FOLDER))

        def ask(question: Question) -> bytes:
            results = store.query(question.text)
            if isinstance(results, QueryTriples):
                return results.serialize(format=RdfFormat.N_TRIPLES) or b""
            return results.serialize(format=QueryResultsFormat.JSON) or b""

        return ask


def _ask_all(ask: Callable[[Question], bytes], seconds: float) -> Outcome:
    outcome = Outcome()
    for question in QUESTIONS:
        try:
            outcome.timings[question.name] = measure(question, ask, seconds)
        except FailedError as error:
            outcome.failures[question.name] = str(error)
    return outcome


@contextmanager
def prepared(triples: int, seconds: float, clients: int) -> Iterator[Bench]:
    """Write the data and a release of them into a temporary folder, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="filmgraph-bench-") as name:
        folder = Path(name)
        triples_path = folder / "films.nt"
        written = write_triples(triples_path, triples)
        release_path = servers.write_catalogue(folder / "catalogue", triples_path)
        print(f"{written} triples, {_machine()}\n")  # noqa: T201
        yield Bench(folder, triples_path, release_path, seconds, clients)


def _machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {servers.processors()} processors, load average before the run {load}"


def format_table(outcomes: Mapping[str, Outcome]) -> str:
    """Return medians in milliseconds, and how many times as long as our endpoint the others took."""
    names = list(outcomes)
    lines = ["| query | rows | " + " | ".join(f"{name}, ms" for name in names) + " |", "|---|--:|" + "--:|" * len(names)]
    for question in QUESTIONS:
        rows = next((each.timings[question.name].rows for each in outcomes.values() if question.name in each.timings), 0)
        cells = [_cell(outcomes[name], outcomes[names[0]], question) for name in names]
        lines.append(f"| {question.name} | {rows} | " + " | ".join(cells) + " |")
    means = [_mean_ratio(outcomes[name], outcomes[names[0]]) for name in names]
    lines.append("| geometric mean of the ratios | | " + " | ".join(f"×{mean:.2f}" if mean else "–" for mean in means) + " |")
    return "\n".join(lines)


def _cell(outcome: Outcome, first: Outcome, question: Question) -> str:
    if question.name not in outcome.timings:
        return "no answer"
    median = outcome.timings[question.name].median
    text = f"{median * 1000:.2f}"
    if outcome is not first and question.name in first.timings:
        text += f" (×{median / first.timings[question.name].median:.2f})"
    return text


def _mean_ratio(outcome: Outcome, first: Outcome) -> float:
    ratios = [outcome.timings[name].median / timing.median for name, timing in first.timings.items() if name in outcome.timings]
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else 0.0


def format_added(added: Mapping[str, tuple[float, float]]) -> str:
    """Return what our endpoint adds to its engine for small queries: one asked after the other, in turn."""
    lines = ["| query | filmgraph, ms | engine, ms | added, ms |", "|---|--:|--:|--:|"]
    for name, (own, engine) in added.items():
        lines.append(f"| {name} | {own * 1000:.2f} | {engine * 1000:.2f} | {(own - engine) * 1000:.2f} |")
    return "\n".join(lines)


def format_load(outcomes: Mapping[str, Outcome], clients: int) -> str:
    """Return what the servers did for several clients at once, and their memory."""
    lines = [
        f"| server | answers a second, {clients} clients | median, ms | 95 %, ms | failed | peak memory, MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, outcome in outcomes.items():
        if outcome.load is not None:
            load = outcome.load
            cells = (f"{load.per_second:.0f}", f"{load.quantile(0.5) * 1000:.1f}", f"{load.quantile(0.95) * 1000:.1f}")
            lines.append(f"| {name} | {' | '.join(cells)} | {len(load.failures)} | {outcome.memory / 1e6:.0f} |")
    return "\n".join(lines)


def find_disagreements(outcomes: Mapping[str, Outcome]) -> list[str]:
    """Return the queries that did not give the same number of rows everywhere, and those that failed."""
    found = [f"{engine}: {name} failed: {why}" for engine, outcome in outcomes.items() for name, why in outcome.failures.items()]
    for question in QUESTIONS:
        rows = {name: each.timings[question.name].rows for name, each in outcomes.items() if question.name in each.timings}
        if question.is_comparable and len(set(rows.values())) > 1:
            found.append(f"{question.name}: the numbers of rows differ: {rows}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 when engines disagree or a query failed in our own endpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000, help="size of the made-up catalogue (default: 100000)")
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each query in each engine (default: 2)")
    parser.add_argument("--clients", type=int, default=8, help="clients at once (default: 8)")
    parser.add_argument("--engines", default=",".join(ENGINES), help="which to run, the first is what the ratios are to")
    options = parser.parse_args(arguments)
    outcomes: dict[str, Outcome] = {}
    with prepared(options.triples, options.seconds, options.clients) as bench:
        for engine in options.engines.split(","):
            try:
                outcomes[engine] = bench.run(engine)
            except servers.UnavailableError as error:
                print(f"{engine} is left out: {error}\n")  # noqa: T201
    disagreements = find_disagreements(outcomes)
    added = [format_added(each.added) for each in outcomes.values() if each.added]
    print("\n\n".join((format_table(outcomes), *added, format_load(outcomes, options.clients), *disagreements)))  # noqa: T201
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
