"""`template`: a workbook for editors to fill in, and the sources that read it."""

from __future__ import annotations

from pathlib import Path

import click

from filmgraph.errors import ReleaseError, SettingsError
from filmgraph.iris import slugify
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES
from filmgraph.template import write_template
from filmgraph.template_catalogue import DEFAULT_ZONE, add_sources, profile_text, source_tables
from filmgraph.vocabulary import load_vocabulary

__all__ = ["template_command"]


@click.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", "language", default=FIRST_LANGUAGE, type=click.Choice(list(LANGUAGES)), help="Of its headers and lists.")
@click.option("--time-zone", default=DEFAULT_ZONE, show_default=True, metavar="ZONE", help="Of the times of the screenings.")
@click.option("--into", metavar="CATALOGUE", type=click.Path(path_type=Path, file_okay=False), help="Add it to this catalogue.")
def template_command(file: Path, language: str, time_zone: str, into: Path | None) -> None:
    """Write a workbook for films, credits, screenings, venues and guests: headers, drop-downs, notes and an example.

    With --into, FILE is a path in the catalogue: its sources go into filmgraph.toml, and the profiles that read it beside them.
    """
    if file.suffix.casefold() != ".xlsx":
        raise SettingsError(f"{file} should end in .xlsx")
    profile_text("screenings", time_zone)
    path = file if into is None else into / file
    if path.exists():
        raise SettingsError(f"{path} is there already: name another file, or move that one away")
    data = write_template(load_vocabulary(), language, time_zone)
    prefix = slugify(file.stem)
    written = add_sources(into, file.as_posix(), prefix, time_zone) if into is not None else ()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ReleaseError(f"cannot write {path}: {error.strerror}") from error
    for each in (path, *written):
        click.echo(f"wrote {each}", err=True)
    if into is None:
        click.echo("To read it, put this into filmgraph.toml, and the profiles beside it (or use --into CATALOGUE):", err=True)
        click.echo(source_tables(file.name, prefix), nl=False)
