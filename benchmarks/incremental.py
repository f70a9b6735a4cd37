"""Times builds after small edits beside a build of everything, in the same run.

Run `python -m benchmarks.incremental --films 60,600`. Each size is a catalogue of `benchmarks.sheets`. It is built whole, then
edited and built again, once for each kind of edit, each time upon the release before. With `--compare` every release is built
whole too and compared byte for byte, store and manifest apart. The machine may be busy with other things, so the ratio is given
by the processor's time as well as by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.edits import EDITS
from benchmarks.sheets import write_catalogue
from filmgraph.incremental import assembling
from filmgraph.release import Publication, publish
from filmgraph.release_files import remove_tree
from filmgraph.settings import load_settings
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import load_vocabulary

__all__ = ["Build", "Run", "format_run", "main", "measure"]

_NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
#: What the issue names: a rename, a deletion, a merge, a moved screening, a changed role label; and one cell.
_USUAL: Final = (
    "change a country",
    "rename a film",
    "move a screening",
    "change a role label",
    "merge two people",
    "delete a film",
)


@dataclass(frozen=True, slots=True)
class Build:
    """One build: what was edited, seconds by the clock and of the processor up to the gate and in all, and what was done anew."""

    edit: str
    gate_wall: float
    gate_processor: float
    wall: float
    processor: float
    tally: str
    is_same: bool | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One size: the number of films and quads, the whole build, and those after edits. Builds that were blocked are left out."""

    films: int
    quads: int
    whole: Build
    edits: tuple[Build, ...]


def _quiet(_: str) -> None:
    """Say nothing: the steps are not timed here."""


def _processor() -> float:
    """Return the seconds that the processors worked for this process and for those that it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


class _Builder:
    """Builds a catalogue again and again."""

    def __init__(self, catalogue: Path) -> None:
        self._settings = load_settings(catalogue)
        self._vocabulary, self._shapes = load_vocabulary(), load_shapes()

    def build(self, edit: str, now: datetime, *, is_full: bool) -> tuple[Build, Publication | None]:
        """Build and publish, and keep the state; None where the data were wrong."""
        today = now.date().isoformat()
        start = (time.perf_counter(), _processor())
        with assembling(self._settings, self._vocabulary, self._shapes, today, _quiet, is_full=is_full) as draft:
            gate = (time.perf_counter() - start[0], _processor() - start[1])
            publication = None
            if not draft.assembly.report.blocks_release:
                publication = publish(draft.assembly, self._vocabulary, lambda: now, _quiet)
                draft.keep(publication.path, publication.parts)
            tally = str(draft.tally or draft.why)
        return Build(edit, *gate, time.perf_counter() - start[0], _processor() - start[1], tally), publication


def measure(films: int, edits: Sequence[str] = _USUAL, *, is_compared: bool = False) -> Run:
    """Make a catalogue, build it whole, and after each edit."""
    with tempfile.TemporaryDirectory(prefix="incremental-") as name:
        folder = Path(name)
        catalogue = folder / "catalogue"
        write_catalogue(catalogue, films)
        try:
            whole, publication = _Builder(catalogue).build("", _NOW, is_full=True)
            if publication is None:
                raise ValueError("the made-up catalogue has a violation: correct benchmarks/sheets.py")
            quads = publication.manifest.triples + sum(publication.manifest.graphs.values())
            builds = (_edit(folder, catalogue, edit, number, is_compared) for number, edit in enumerate(edits, 1))
            return Run(films, quads, whole, tuple(each for each in builds if each is not None))
        finally:
            # Releases are read-only.
            for each in folder.glob("*/releases"):
                remove_tree(each)


def _edit(folder: Path, catalogue: Path, edit: str, number: int, is_compared: bool) -> Build | None:
    """Make one edit and build; in a copy of the catalogue, build the same whole, where that is asked for."""
    now = _NOW + timedelta(days=number)
    before = {path: path.read_bytes() for path in (catalogue / "ids.csv", *sorted((catalogue / "tables").iterdir()))}
    EDITS[edit](catalogue, Random(number))
    twin = folder / f"twin-{number}"
    if is_compared:
        subprocess.run(["cp", "-a", str(catalogue), str(twin)], check=True)
    build, publication = _Builder(catalogue).build(edit, now, is_full=False)
    if publication is None:
        # An edit that makes the data wrong: the next one begins where this one did.
        for path, data in before.items():
            path.write_bytes(data)
        return None
    if not is_compared:
        return build
    _, other = _Builder(twin).build(edit, now, is_full=True)
    is_same = other is not None and _digests(publication) == _digests(other)
    remove_tree(twin)
    return Build(**{**asdict(build), "is_same": is_same})


def _digests(publication: Publication) -> dict[str, str]:
    files = publication.manifest.files
    return {name: entry.sha256 for name, entry in files.items() if not name.startswith("store/")}


def format_run(run: Run) -> str:
    """Return one size as a Markdown table."""
    lines = [
        f"{run.films:,} films, {run.quads:,} quads; whole build {run.whole.wall:.1f} s by the clock, {run.whole.processor:.1f} s "
        f"of the processor; up to the gate {run.whole.gate_wall:.1f} s and {run.whole.gate_processor:.1f} s",
        "",
        "| Edit | up to the gate | of the whole | in all | of the whole, clock | processor | same bytes |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for each in run.edits:
        same = "not compared" if each.is_same is None else "yes" if each.is_same else "NO"
        lines.append(
            f"| {each.edit} | {each.gate_processor:.2f} s | {each.gate_processor / run.whole.gate_processor:.1%} "
            f"| {each.wall:.1f} s | {each.wall / run.whole.wall:.1%} | {each.processor / run.whole.processor:.1%} | {same} |"
        )
    return "\n".join(lines) + "\n"


def _in_a_process_of_its_own(films: int, edits: str, is_compared: bool) -> str:
    command = [sys.executable, "-m", "benchmarks.incremental", "--films", str(films), "--edits", edits, "--here"]
    done = subprocess.run(
        [*command, "--compare"] if is_compared else command, check=True, capture_output=True, text=True, env=dict(os.environ)
    )
    return done.stdout


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Measure the sizes that were asked for and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", default="60,600", help="how many films, sizes separated by commas")
    parser.add_argument("--compare", action="store_true", help="build every release whole too, and compare")
    parser.add_argument("--edits", default=",".join(_USUAL), help="which edits, by their names in edits.py, separated by commas")
    parser.add_argument("--here", action="store_true", help="measure in this process, and print what a program can read")
    options = parser.parse_args(arguments)
    for films in (int(each) for each in options.films.split(",")):
        if options.here:
            run = measure(films, options.edits.split(","), is_compared=options.compare)
            say(format_run(run) + json.dumps(asdict(run)))
        else:
            say(_in_a_process_of_its_own(films, options.edits, options.compare).rpartition("\n{")[0])


if __name__ == "__main__":
    main()
