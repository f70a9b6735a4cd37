"""The command line: `init`, `check`, `build`, `serve`, `query`, in the order of the work.

Exit codes: 0 fine; 1 the data have violations, or a release is damaged; 2 wrong use; 3 input that cannot be read; 4 an outside
service failed; 75 somebody else writes releases just now: try again a little later.
Data go to standard output, talk to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import click
from rich.console import Console

from filmgraph import __version__
from filmgraph.assembly import Assembly, Progress, assemble
from filmgraph.assembly_spill import spill
from filmgraph.cli_changes import apply_delta_command, diff_command
from filmgraph.cli_check import Wanted, check_file
from filmgraph.cli_decide import decide_command
from filmgraph.cli_edit import edit_command
from filmgraph.cli_eligibility import eligibility_command
from filmgraph.cli_enrich import enrich_command
from filmgraph.cli_export import export_command
from filmgraph.cli_profile import profile_command
from filmgraph.cli_releases import prune_command, releases_command, rollback_command, tag_command, verify_command
from filmgraph.cli_template import template_command
from filmgraph.errors import (
    FilmgraphError,
    QueryError,
    QueryParameterError,
    ReleaseBlockedError,
    ReleaseBusyError,
    ReleaseError,
    SettingsError,
    StoreError,
    UnreadableInputError,
)
from filmgraph.findings import Finding, Report, Severity
from filmgraph.incremental import assembling
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES
from filmgraph.release import publish, utc_now
from filmgraph.scaffold import write_catalogue
from filmgraph.settings import Settings, load_settings
from filmgraph.sources.base import UnreadLine
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["main"]

_EXIT_CODES: tuple[tuple[type[FilmgraphError], int], ...] = (
    (SettingsError, 2),
    (QueryParameterError, 2),
    (UnreadableInputError, 3),
    (ReleaseBlockedError, 1),
    (ReleaseBusyError, 75),
    (ReleaseError, 3),
    (QueryError, 1),
    (StoreError, 4),
)
_PLACES_SHOWN = 3
_CATALOGUE = click.argument("catalogue", default=".", type=click.Path(path_type=Path, file_okay=False))

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_OUTPUT = click.Path(path_type=Path, dir_okay=False)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print all findings as JSON.")
_ALL = click.option("--all", "show_all", is_flag=True, help="Print every hint, not one line for each rule.")


class _Group(click.Group):
    """Turns each of our errors into one line on standard error and its exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except FilmgraphError as error:
            click.echo(f"filmgraph: {error}", err=True)
            ctx.exit(next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 3))


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="filmgraph")
def main() -> None:
    """Turn a festival's or archive's facts into validated, served linked data."""


for _command in (releases_command, rollback_command, verify_command, prune_command, tag_command):
    main.add_command(_command)
main.add_command(decide_command)
main.add_command(diff_command)
main.add_command(apply_delta_command)
main.add_command(eligibility_command)
main.add_command(enrich_command)
main.add_command(export_command)
main.add_command(profile_command)
main.add_command(template_command)
main.add_command(edit_command)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base-iri", default="https://filmgraph.example/", show_default=True, help="Where all things are named.")
@click.option("--title", default="My film catalogue", show_default=True, help="The catalogue's name.")
def init(directory: Path, base_iri: str, title: str) -> None:
    """Make a new catalogue with an example of each kind of source."""
    written = write_catalogue(directory, base_iri, title)
    for path in written:
        click.echo(path)
    click.echo(f"Now edit {directory / 'filmgraph.toml'}, then run: filmgraph check {directory}", err=True)


@main.command()
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
def check(
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


@main.command()
@_CATALOGUE
@_JSON
@_ALL
@click.option("--force", is_flag=True, help="Release even if nothing has changed.")
@click.option("--accept-loss", is_flag=True, help="Release even if many things, or addresses, of the release before are gone.")
@click.option("--why", default="", metavar="TEXT", help="The reason, for the journal.")
@click.option("--full", is_flag=True, help="Do everything anew, also what has not changed since the last build.")
def build(catalogue: Path, as_json: bool, show_all: bool, force: bool, accept_loss: bool, why: str, full: bool) -> None:
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


@main.command()
@_CATALOGUE
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
def serve(catalogue: Path, host: str, port: int, workers: int) -> None:
    """Serve the current release, read-only."""
    from filmgraph import serving

    settings = _settings(catalogue)
    click.echo(f"{settings.title}: http://{host}:{port}/ (things are named {settings.base_iri}…)", err=True)
    serving.serve(settings, host, port, workers)


@main.command()
@click.argument("text", required=False)
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--file", "file", type=click.File(encoding="utf-8"), help="Read the query from a file; - is standard input.")
@click.option("--value", "values", multiple=True, metavar="NAME=VALUE", help="Give a parameter of a saved query its value.")
@click.option("--endpoint", help="Ask this SPARQL endpoint instead of the local release.")
@click.option("--format", "format_", default="table", type=click.Choice(["table", "csv", "json"]), show_default=True)
def query(
    text: str | None, catalogue: Path, file: IO[str] | None, values: tuple[str, ...], endpoint: str | None, format_: str
) -> None:
    """Run a SPARQL query against the current release, or a remote endpoint.

    A file may be a saved query: its parameters get the values that --value gives, which may stand there several times, and the
    others their defaults.
    """
    from filmgraph import querying

    if (text is None) == (file is None):
        raise click.UsageError("give the query as an argument, or a file with --file")
    given = _read_values(values)
    if file is not None:
        wanted = querying.bind_file(file.name, file.read(), given, lambda: _settings(catalogue).iris)
    elif given:
        raise click.UsageError("--value is for the parameters of a saved query: name its file with --file")
    else:
        wanted = text or ""
    if endpoint:
        click.echo(querying.ask_endpoint(endpoint, wanted, format_), nl=False)
    else:
        click.echo(querying.ask_release(_settings(catalogue), wanted, format_), nl=False)


def _read_values(values: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{each!r} should be NAME=VALUE", param_hint="--value")
        if name in given:
            raise click.BadParameter(f"{name} is given twice: give it once", param_hint="--value")
        given[name] = value
    return given


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
