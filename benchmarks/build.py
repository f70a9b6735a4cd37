"""Times a build from source sheets to a published release, step by step, beside a bare load of the same quads into Oxigraph.

Run `python -m benchmarks.build --films 60,600,6000`. Each size is built in a process of its own by the real `assemble` and
`publish`, with the time by the clock and of the processors and the peak memory of each step. Then `oxigraph load` (the program of
the package `oxigraph`, installed into a throw-away environment) takes in all quads of that release. With `--load python`
pyoxigraph's `bulk_load` does, and nothing is downloaded.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from pyoxigraph import RdfFormat, Store

from benchmarks.endpoint.server import UnavailableError, install
from benchmarks.sheets import write_catalogue
from filmgraph import release, release_writing, validation
from filmgraph.assembly import assemble
from filmgraph.assembly_spill import spill
from filmgraph.release import publish
from filmgraph.release_verify import ALL_QUADS
from filmgraph.settings import load_settings
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import load_vocabulary

__all__ = ["Run", "Step", "format_runs", "main", "measure"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
#: Functions that are a step of their own, within the steps that a build tells of.
_PARTS = (
    (validation, "_find_by_shapes", "validate: core shapes"),
    (validation, "_find_by_rules", "validate: rules"),
    (validation, "_find_by_checks", "validate: checks"),
    (release, "gather_graphs", "gather graphs"),
    (release, "sort_graphs", "sort and hash"),
    (release_writing, "tally_lines", "count"),
    (release_writing, "write_all_quads", "write all quads"),
    (release_writing, "write_dumps", "write dumps"),
    (release, "write_descriptions", "write descriptions"),
    (release, "write_changes", "write changes"),
    (release, "hash_tree", "hash files"),
)
# What `shapes/` holds; the checks are written in Python.
_RULE_STEPS = ("validate: core shapes", "validate: rules")


@dataclass(slots=True)
class Step:
    """What a step took: seconds by the clock and of the processors, and the most memory that the process had in it, in MB."""

    wall: float = 0.0
    processor: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One size: films, triples of the published graph, all quads of the release, the steps in their order, and the bare load."""

    films: int
    triples: int
    quads: int
    steps: dict[str, Step]
    load: Step

    @property
    def total(self) -> Step:
        """All steps together."""
        steps = self.steps.values()
        return Step(sum(each.wall for each in steps), sum(each.processor for each in steps), max(each.peak for each in steps))


@dataclass(slots=True)
class _Stopwatch:
    """Adds up what each step takes; a step ends where the next one begins."""

    steps: dict[str, Step] = field(default_factory=dict)
    name: str = "load vocabulary and shapes"
    since: tuple[float, float] = field(default_factory=lambda: (time.perf_counter(), _processor()))

    def begin(self, name: str) -> None:
        wall, processor = time.perf_counter(), _processor()
        step = self.steps.setdefault(self.name, Step())
        step.wall += wall - self.since[0]
        step.processor += processor - self.since[1]
        step.peak = max(step.peak, _take_peak())
        # All sheets together are one step.
        self.name = "read" if name.startswith("read ") else name
        self.since = (time.perf_counter(), _processor())

    def wrap(self, function: Callable[_P, _R], name: str) -> Callable[_P, _R]:
        def timed(*arguments: _P.args, **named: _P.kwargs) -> _R:
            outer = self.name
            self.begin(name)
            try:
                return function(*arguments, **named)
            finally:
                self.begin(outer)

        return timed


def _processor() -> float:
    """Return the seconds that the processors worked for this process and for those that it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _take_peak() -> float:
    """Return the most memory that this process had since the last call, in MB; elsewhere than on Linux, since its start."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def _timed_parts(watch: _Stopwatch) -> Iterator[None]:
    with ExitStack() as stack:
        for module, function, name in _PARTS:
            stack.enter_context(patch.object(module, function, watch.wrap(getattr(module, function), name)))
        yield


def build(catalogue_path: Path) -> tuple[dict[str, Step], int, Path]:
    """Build a catalogue in this process; return the steps, the number of published triples and the folder of the release."""
    watch = _Stopwatch()
    settings, vocabulary, shapes = load_settings(catalogue_path, {}), load_vocabulary(), load_shapes()
    watch.begin("read")
    with _timed_parts(watch):
        assembly = assemble(settings, vocabulary, shapes, _NOW.date().isoformat(), watch.begin)
        watch.begin("spill")
        assembly = spill(assembly)
        watch.begin("publish")
        publication = publish(assembly, vocabulary, lambda: _NOW, watch.begin)
    watch.begin("end")
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if beside:
        # Its time is in the step in which it was waited for.
        watch.steps["write indexes (a process beside)"] = Step(0, 0, beside)
    return watch.steps, publication.manifest.triples, publication.path


def measure(films: int, folder: Path, load: Callable[[Path, Path], Step]) -> Run:
    """Make up a catalogue in a new folder, build it in a process of its own, and load the same quads bare."""
    catalogue_path = folder / f"films-{films}"
    write_catalogue(catalogue_path, films)
    command = [sys.executable, "-m", "benchmarks.build", "--catalogue", str(catalogue_path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).resolve().parents[1])
    told = json.loads(done.stdout)
    quads_path = folder / "all.nq"
    with gzip.open(Path(told["release"]) / ALL_QUADS) as packed, quads_path.open("wb") as file:
        shutil.copyfileobj(packed, file)
    with quads_path.open("rb") as file:
        quads = sum(1 for _ in file)
    bare = load(quads_path, folder / f"bare-{films}")
    for each in (catalogue_path, folder / f"bare-{films}"):
        shutil.rmtree(each)
    return Run(films, told["triples"], quads, {name: Step(**each) for name, each in told["steps"].items()}, bare)


def load_in_python(quads_path: Path, location: Path) -> Step:
    """Load quads with pyoxigraph's `bulk_load`, in this process."""
    wall, processor = time.perf_counter(), time.process_time()
    Store(str(location)).bulk_load(path=str(quads_path), format=RdfFormat.N_QUADS)
    return Step(time.perf_counter() - wall, time.process_time() - processor)


def loader_of(program: Path) -> Callable[[Path, Path], Step]:
    """Return a function that loads quads with `oxigraph load`."""

    def load(quads_path: Path, location: Path) -> Step:
        wall = time.perf_counter()
        process = subprocess.Popen([str(program), "load", "--location", str(location), "--file", str(quads_path)])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise UnavailableError(f"oxigraph load ended with {process.returncode}")
        return Step(time.perf_counter() - wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    return load


def format_runs(runs: Sequence[Run]) -> str:
    """Return a table of the steps of all sizes: processor seconds, microseconds a quad, and peak memory."""
    lines = ["| |" + "".join(f" {run.films:,} films |" for run in runs), "|---|" + "--:|" * len(runs)]
    lines += ["| published triples |" + "".join(f" {run.triples:,} |" for run in runs)]
    lines += ["| all quads |" + "".join(f" {run.quads:,} |" for run in runs)]
    for name in runs[-1].steps:
        lines.append(f"| {name} |" + "".join(_cell(run.steps.get(name, Step()), run) for run in runs))
    lines.append("| **whole build** |" + "".join(_cell(run.total, run) for run in runs))
    lines.append("| bare load |" + "".join(_cell(run.load, run) for run in runs))
    ratios = [(run.total.processor / run.load.processor, run.total.wall / run.load.wall) for run in runs]
    lines.append("| build / bare load, processor |" + "".join(f" ×{ratio:.1f} |" for ratio, _ in ratios))
    lines.append("| build / bare load, clock |" + "".join(f" ×{ratio:.1f} |" for _, ratio in ratios))
    lines.append("| all of `shapes/`, processor |" + "".join(f" {_rules(run):.2f} s |" for run in runs))
    return "\n".join([*lines, *map(_tell_growth, runs, runs[1:])])


def _cell(step: Step, run: Run) -> str:
    return f" {step.processor:.2f} s, {step.processor / run.quads * 1e6:.1f} µs, {step.peak:.0f} MB |"


def _rules(run: Run) -> float:
    return sum(run.steps[name].processor for name in _RULE_STEPS if name in run.steps)


def _tell_growth(smaller: Run, larger: Run) -> str:
    """Say how much more than in proportion each step grew from one size to the next; the shortest steps are left out."""
    growth = larger.quads / smaller.quads
    before, after = ({**run.steps, "whole build": run.total} for run in (smaller, larger))
    told = [
        f"{name} ×{step.processor / before[name].processor / growth:.2f}"
        for name, step in after.items()
        if step.processor > 0.5 and name in before and before[name].processor > 0
    ]
    return f"\nFrom {smaller.films:,} to {larger.films:,} films, against linear: {', '.join(told)}."


def main(arguments: list[str] | None = None) -> int:
    """Build all sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", default="60,600", help="how many films to make up, one size after the other (default: 60,600)")
    parser.add_argument("--load", choices=("program", "python"), default="program", help="what the bare load is done with")
    parser.add_argument("--folder", type=Path, help="where to work (default: a folder in the system's own for such things)")
    parser.add_argument("--catalogue", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.catalogue:
        steps, triples, path = build(options.catalogue)
        told = {"steps": {name: asdict(each) for name, each in steps.items()}, "triples": triples, "release": str(path)}
        print(json.dumps(told))  # noqa: T201
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        load, what = _choose_load(options.load, folder)
        print(f"The bare load is that of {what}.", flush=True)  # noqa: T201
        runs: list[Run] = []
        for films in map(int, options.films.split(",")):
            runs.append(measure(films, folder, load))
            print(f"\n{format_runs(runs)}", flush=True)  # noqa: T201
    return 0


def _choose_load(wanted: str, folder: Path) -> tuple[Callable[[Path, Path], Step], str]:
    if wanted == "program":
        try:
            return loader_of(install(folder, "oxigraph") / "oxigraph"), "`oxigraph load`"
        except UnavailableError as error:
            print(f"the program is left out: {error}")  # noqa: T201
    return load_in_python, "pyoxigraph's `bulk_load`"


if __name__ == "__main__":
    sys.exit(main())
