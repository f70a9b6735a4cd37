"""Times the import of schema.org RDF as others publish it: parse and records, then the whole build, then a first page.

Run `python -m benchmarks.rdf_import --films 18700` (1.3 million statements). The file is made up by `rdf_made`. Reading it is
timed in a process of its own, the build in another one by `benchmarks.build`; beside them stands a bare load of the same
statements, and of all quads that are published, into Oxigraph. The account says what came of each property's statements, and the
number of things of each class in the file is compared with that in the release.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from benchmarks.build import Run, Step, format_runs, load_in_python
from benchmarks.rdf_made import write_rdf
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.queryworkers import WorkerPool
from filmgraph.release_verify import ALL_QUADS
from filmgraph.serving import open_app
from filmgraph.settings import FILE_NAME, load_settings
from filmgraph.sources.rdf.account import Account
from filmgraph.sources.rdf.reader import read_rdf_with_account
from filmgraph.vocabulary import load_vocabulary

__all__ = ["Reading", "format_counts", "main", "measure", "write_catalogue"]

_SETTINGS = """[catalogue]
id = "imported"
base_iri = "https://films.example/"
title = "Imported films"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
description = "Films that do not exist, as another festival would publish them."

[[sources]]
id = "partner"
kind = "rdf"
path = "films.nt"
title = "A partner's data"
"""
_CLASSES = ("Movie", "Person", "ScreeningEvent", "Festival", "EventSeries", "MovieTheater")
_FILM = "partner-example-film-0"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading took: the whole step, the peak memory of the parser in MB, and what came of the statements by property."""

    step: Step
    parser_peak: float
    records: int
    counts: dict[str, dict[str, int]]

    @property
    def total(self) -> int:
        """All statements that were accounted for."""
        return sum(sum(each.values()) for each in self.counts.values())


def write_catalogue(folder: Path, films: int) -> int:
    """Write a catalogue with one RDF source; return the number of its statements."""
    folder.mkdir()
    (folder / FILE_NAME).write_text(_SETTINGS, encoding="utf-8")
    return write_rdf(folder / "films.nt", films)


def read(folder: Path) -> Reading:
    """Read the source in this process."""
    source = load_settings(folder).sources[0]
    vocabulary = load_vocabulary()
    wall, processor = time.perf_counter(), _processor()
    reading, account = read_rdf_with_account(source, folder, vocabulary)
    step = Step(time.perf_counter() - wall, _processor() - processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Reading(step, peak, len(reading.records), _count(account))


def _processor() -> float:
    own, parser = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + parser.ru_utime + parser.ru_stime


def _count(account: Account) -> dict[str, dict[str, int]]:
    listed: Counter[str] = Counter()
    for (predicate, _), each in account.listed.items():
        listed[predicate] += each.total
    parts = (
        ("facts", account.by_taken),
        ("structure", account.by_structure),
        ("repeated", account.by_repeated),
        ("listed", listed),
    )
    names = sorted({name for _, counts in parts for name in counts})
    return {name: {part: counts.get(name, 0) for part, counts in parts} for name in names}


def format_counts(reading: Reading, came_in: int) -> str:
    """Return a table of what came of the statements of each property; the last row is checked against what came in."""
    lines = ["| property | facts | structure | repeated | listed |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {name} |" + "".join(f" {count:,} |" for count in each.values()) for name, each in reading.counts.items()]
    lines.append(f"\n{came_in:,} statements came in, {reading.total:,} are accounted for.")
    return "\n".join(lines)


def _in_own_process(folder: Path, task: str) -> str:
    command = [sys.executable, "-m", "benchmarks.rdf_import", task, str(folder)]
    if task == "--catalogue":
        command[2] = "benchmarks.build"
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=root).stdout


def _bare(path: Path, folder: Path) -> Step:
    step = load_in_python(path, folder)
    shutil.rmtree(folder)
    return step


def _count_classes(lines: Iterable[str]) -> Counter[str]:
    """Return how many things of each class a file of N-Triples has."""
    ends = {f"schema.org/{name}> .\n": name for name in _CLASSES}
    return Counter(name for line in lines if "#type> " in line for end, name in ends.items() if line.endswith(end))


def _compare(folder: Path, release: Path) -> str:
    with (folder / "films.nt").open(encoding="utf-8") as file:
        there = _count_classes(file)
    store, type_node = Store.read_only(str(release / "store")), NamedNode(RDF.type)
    rows = []
    for name in _CLASSES:
        here = {each.subject for each in store.quads_for_pattern(None, type_node, NamedNode(SCHEMA.term(name)), DefaultGraph())}
        rows.append(f"{name}: {there[name]:,} in the file, {len(here):,} in the release")
    return "; ".join(rows)


def _serve(folder: Path, release: Path) -> str:
    """Open the release as a server does, and ask for the page of a film."""
    start = time.perf_counter()
    settings = load_settings(folder)
    with WorkerPool(release, settings.endpoint) as pool:
        client = open_app(settings, release, pool).test_client()
        opened = time.perf_counter()
        answer = client.get(f"/film/{_FILM}")
        seconds = time.perf_counter() - opened
        return f"opened in {opened - start:.2f} s, first page in {seconds:.2f} s with status {answer.status_code}"


def measure(films: int, folder: Path) -> str:
    """Make up a file, read it, build a release of it, and return all tables."""
    catalogue = folder / "catalogue"
    statements = write_catalogue(catalogue, films)
    told = json.loads(_in_own_process(catalogue, "--read"))
    reading = Reading(Step(**told.pop("step")), **told)
    bare = _bare(catalogue / "films.nt", folder / "bare-source")
    built = json.loads(_in_own_process(catalogue, "--catalogue"))
    release = Path(built["release"])
    quads_path = folder / "all.nq"
    with gzip.open(release / ALL_QUADS) as packed, quads_path.open("wb") as file:
        shutil.copyfileobj(packed, file)
    with quads_path.open("rb") as file:
        quads = sum(1 for _ in file)
    steps = {name: Step(**each) for name, each in built["steps"].items()}
    run = Run(films, built["triples"], quads, steps, _bare(quads_path, folder / "bare-release"))
    read_step = reading.step
    return "\n\n".join(
        [
            f"{statements:,} statements: parse and records {read_step.wall:.1f} s by the clock, {read_step.processor:.1f} s of "
            f"the processors, peak {read_step.peak:.0f} MB (parser {reading.parser_peak:.0f} MB); bare load of the same "
            f"{bare.wall:.1f} s, {bare.processor:.1f} s of the processors; {reading.records:,} records.",
            format_counts(reading, statements),
            format_runs([run]),
            f"{_compare(catalogue, release)}.",
            f"Served: {_serve(catalogue, release)}.",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure one size and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=300, help="how many films to make up (default: 300)")
    parser.add_argument("--folder", type=Path, help="where to work (default: a folder in the system's own for such things)")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.read:
        reading = read(options.read)
        print(json.dumps(asdict(reading)))  # noqa: T201
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        print(measure(options.films, Path(name)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
