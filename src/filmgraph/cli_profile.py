"""`profile`: proposes a profile for a sheet, and lists what only its editor can know."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import slugify
from filmgraph.sources.sheet.propose import Proposal, propose

__all__ = ["profile_command"]

_EXAMPLES: Final = (
    *("cannes", "film-circulation-films", "film-circulation-sections", "filmgraph-calendar"),
    *("imdb-name-basics", "imdb-title-akas", "imdb-title-basics", "imdb-title-principals"),
    *("wikidata-json", "wikidata-truthy"),
)


@click.command("profile")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--sheet", default="", metavar="NAME", help="Which worksheet of a workbook; all visible ones unless given.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write it here; a folder for several worksheets.")
@click.option("--example", type=click.Choice(_EXAMPLES), help="Print a profile of a published table, or of our own calendars.")
def profile_command(file: Path | None, sheet: str, output: Path | None, example: str | None) -> None:
    """Propose a profile for a sheet (CSV, XLSX, ODS, XLS) by its headers and values.

    The profile goes to standard output, or to a file that does not exist yet; the questions that it leaves open go to standard
    error, and stand in the profile as comments.
    """
    if (file is None) == (example is None):
        raise click.UsageError("name a file, or an example with --example")
    if example is not None:
        click.echo((files("filmgraph") / "profiles" / f"{example}.toml").read_text(encoding="utf-8"), nl=False)
    if file is not None:
        _propose(file, sheet, output)


def _propose(file: Path, sheet: str, output: Path | None) -> None:
    try:
        proposals = propose(file.read_bytes(), str(file), sheet)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {file}: {error.strerror}") from error
    if output is None and len(proposals) > 1:
        names = ", ".join(repr(each.sheet) for each in proposals)
        raise click.UsageError(f"the workbook has several worksheets ({names}): name one with --sheet, or a folder with --output")
    if output is None:
        click.echo(proposals[0].toml, nl=False)
    else:
        for path in _write(proposals, output):
            click.echo(f"wrote {path}", err=True)
    for each in proposals:
        where = f"{each.sheet}: " if len(proposals) > 1 else ""
        for question in each.questions:
            click.echo(f"? {where}{question}", err=True)


def _write(proposals: tuple[Proposal, ...], output: Path) -> list[Path]:
    if output.suffix == ".toml" and len(proposals) == 1:
        paths = [output]
    else:
        output.mkdir(parents=True, exist_ok=True)
        paths = [output / f"{slugify(each.sheet or 'sheet')}.toml" for each in proposals]
    for path, each in zip(paths, proposals, strict=True):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(each.toml)
        except FileExistsError:
            raise SettingsError(f"{path} is there already: name another file, or move that one away") from None
    return paths
