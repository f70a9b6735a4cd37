"""`init`, `check` and `build`: from an empty folder to a release."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from filmgraph.assembly import Assembly, Progress, assemble
from filmgraph.assembly_spill import spill
from filmgraph.cli_check import Wanted, check_file
from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Report, Severity
from filmgraph.incremental import assembling
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES
from filmgraph.release import publish, utc_now
from filmgraph.scaffold import write_catalogue
from filmgraph.settings import Settings, load_settings
from filmgraph.sources.base import UnreadLine
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["build_command", "check_command", "init_command"]

_PLACES_SHOWN = 3
_CATALOGUE = click.argument("catalogue", default=".", type=click.Path(path_type=Path, file_okay=False))

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_OUTPUT = click.Path(path_type=Path, dir_okay=False)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print all findings as JSON.")
_ALL = click.option("--all", "show_all", is_flag=True, help="Print every hint, not one line for each rule.")


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base-iri", default="https://filmgraph.example/", show_default=True, help="Where all things are named.")
@click.option("--title", default="My film catalogue", show_default=True, help="The catalogue's name.")
def init_command(directory: Path, base_iri: str, title: str) -> None:
    """Make a new catalogue with an example of each kind of source."""
    written = write_catalogue(directory, base_iri, title)
    for path in written:
        click.echo(path)
    click.echo(f"Now edit {directory / 'filmgraph.toml'}, then run: filmgraph check {directory}", err=True)


@click.command("check")
@click.argument("path", metavar="[CATALOGUE|FILE]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--json", "json_path", is_flag=False, flag_value="-", metavar="[FILE]", type=click.Path(path_type=Path, allow_dash=True),
    help="All findings as JSON, to standard output; those on a file also into a file.",
)  # fmt: skip
@_ALL
@click.option(
    "--lang", "language", default=FIRST_LANGUAGE, type=click.Choice(list(LANGUAGES)), help="The language of the remarks."
)
@click.option("--as", "source_ids", multiple=True, metavar="SOURCE-ID", help="The source that the file is meant to be.")
@click.option(
    "--in", "catalogue", metavar="CATALOGUE", type=_FOLDER, help="The catalogue of the file, where it does not lie in it."
)
@click.option("--html", "html_path", metavar="FILE", type=_OUTPUT, help="Write the remarks on a file as a page.")
@click.option(
    "--marked", "marked_path", metavar="FILE", type=_OUTPUT, help="Write a copy of the workbook with the remarks in its cells."
)
def check_command(
    path: Path, json_path: Path | None, show_all: bool, language: str, source_ids: tuple[str, ...], catalogue: Path | None,
    html_path: Path | None, marked_path: Path | None,
) -> None:  # fmt: skip
    """Read, map and validate a catalogue, or one file of it as it would be in it; write nothing into the catalogue.

    A FILE is a workbook or a table: the remarks on it say where and what. Ends in 1 when nothing could be published.
    """
    if json_path is not None and json_path.is_dir():
        path, json_path = json_path, Path("-")  # `check --json DIR`
    if path.suffix and not path.exists():
        raise UnreadableInputError(f"there is no file {path}")
    if not path.is_dir() and path.exists():
        check_file(path, catalogue, Wanted(source_ids, language, json_path, html_path, marked_path, show_all))
        return
    if source_ids or catalogue or html_path or marked_path or json_path not in (None, Path("-")):
        raise click.UsageError("--as, --in, --html, --marked and a file for --json are for the check of a file: name one")
    _check_catalogue(path, as_json=json_path is not None, show_all=show_all)


def _check_catalogue(catalogue: Path, *, as_json: bool, show_all: bool) -> None:
    assembly = _assemble(_settings(catalogue), load_vocabulary())
    _print_report(assembly, as_json=as_json, show_all=show_all)
    if assembly.report.blocks_release:
        sys.exit(1)


@click.command("build")
@_CATALOGUE
@_JSON
@_ALL
@click.option("--force", is_flag=True, help="Release even if nothing has changed.")
@click.option("--accept-loss", is_flag=True, help="Release even if many things, or addresses, of the release before are gone.")
@click.option("--why", default="", metavar="TEXT", help="The reason, for the journal.")
@click.option("--full", is_flag=True, help="Do everything anew, also what has not changed since the last build.")
def build_command(catalogue: Path, as_json: bool, show_all: bool, force: bool, accept_loss: bool, why: str, full: bool) -> None:
    """Check a catalogue and, if it has no violation, publish a new release.

    What has not changed since the last build is taken over from it; the release is the same as if everything were done anew.
    """
    vocabulary, settings, today = load_vocabulary(), _settings(catalogue), utc_now().date().isoformat()
    with ExitStack() as stack:
        progress = stack.enter_context(_progress())
        draft = stack.enter_context(assembling(settings, vocabulary, load_shapes(), today, progress, is_full=full))
        _print_report(draft.assembly, as_json=as_json, show_all=show_all)
        click.echo(str(draft.tally) if draft.tally else f"everything done anew: {draft.why}", err=True)
        if draft.tally is None and not draft.assembly.report.blocks_release:
            draft = replace(draft, assembly=spill(draft.assembly))
        publication = publish(
            draft.assembly, vocabulary, utc_now, progress, force=force, accept_loss=accept_loss, why=why, say=_say_loudly
        )
        if problem := draft.keep(publication.path, publication.parts):
            _say_loudly(problem)
    done = "published" if publication.is_new else "nothing has changed; still current:"
    manifest = publication.manifest
    things = ", ".join(f"{count} {kind}" for kind, count in manifest.things.items() if kind in ("film", "person", "screening"))
    click.echo(f"{done} release {manifest.release_id}: {manifest.triples} triples ({things}) in {publication.path}", err=True)


def _settings(catalogue: Path) -> Settings:
    return load_settings(catalogue, os.environ)


def _assemble(settings: Settings, vocabulary: Vocabulary) -> Assembly:
    with _progress() as progress:
        return assemble(settings, vocabulary, load_shapes(), utc_now().date().isoformat(), progress)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show one live line on a terminal, and a plain line for each stage when piped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda stage: click.echo(stage, err=True)
        return
    with console.status("start") as status:
        yield status.update


def _say_loudly(text: str) -> None:
    """Print what must not vanish with the live line: what a crash left, and how it was mended."""
    click.echo(f"filmgraph: {text}", err=True)


def _print_report(assembly: Assembly, *, as_json: bool, show_all: bool) -> None:
    report = assembly.report
    if as_json:
        click.echo(json.dumps([_finding_as_dict(finding) for finding in report], indent=1, ensure_ascii=False))
    else:
        for finding, others in _gather(report, show_all=show_all):
            click.echo(_finding_as_line(finding) + (f" – and {others} more like it, shown with --all" if others else ""))
        for line in _not_understood(assembly):
            click.echo(f"Not read  {line.place}: {line.text[:80]!r} ({line.why})")
    summary = _summary(report, len(_not_understood(assembly)))
    click.echo(f"{assembly.records} records, {len(assembly.published)} triples: {summary}", err=True)


def _gather(report: Report, *, show_all: bool) -> Iterator[tuple[Finding, int]]:
    """Yield what to print: every violation and warning, and of each rule's hints the first with the number of the others."""
    hints = Counter(finding.rule for finding in report if finding.severity is Severity.INFO)
    for finding in report:
        if show_all or finding.severity is not Severity.INFO:
            yield finding, 0
        elif hints[finding.rule]:
            yield finding, hints.pop(finding.rule) - 1


def _not_understood(assembly: Assembly) -> list[UnreadLine]:
    """Leave out headings, labels and boilerplate: an editor has nothing to do about them. `unread.json` lists all."""
    return [line for line in assembly.unread if not line.is_understood]


def _summary(report: Report, unread: int) -> str:
    counts = [f"{report.count(severity)} {severity.value.lower()}" for severity in Severity]
    return f"{', '.join(counts)}, {unread} lines not read"


def _finding_as_line(finding: Finding) -> str:
    where = "; ".join(str(place) for place in finding.places[:_PLACES_SHOWN]) or "the catalogue"
    if len(finding.places) > _PLACES_SHOWN:
        where += f" and {len(finding.places) - _PLACES_SHOWN} more places"
    thing = f" ({finding.focus_iri.partition('/id/')[2]})" if finding.focus_iri and "/id/" in finding.focus_iri else ""
    return f"{finding.severity.value:<9} {where}{thing}: {finding.message} [{finding.rule}]"


def _finding_as_dict(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "places": [str(place) for place in finding.places],
        "focus": finding.focus_iri,
        "path": finding.path_iri,
        "value": finding.value,
    }
