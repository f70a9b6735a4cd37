"""`export`: the site of the current release as files."""

from __future__ import annotations

import os
from pathlib import Path

import click

from filmgraph.export import RULES_FOLDER, export_site
from filmgraph.settings import load_settings

__all__ = ["export_command"]

_SHOWN = 5


@click.command("export")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--jobs", default=min(os.cpu_count() or 1, 4), type=click.IntRange(1, 64), help="Processes.  [default: up to 4]")
def export_command(directory: Path, catalogue: Path, jobs: int) -> None:
    """Write the site of the current release into DIRECTORY as files for any web server.

    An export that is there is replaced in one step; files that are as before stay as they are. A folder that holds anything else
    is left alone. Search, queries and filters need a program and are left out.
    """
    report = export_site(load_settings(catalogue, os.environ), directory, jobs, lambda text: click.echo(text, err=True))
    for link, page in report.dead[:_SHOWN]:
        click.echo(f"Warning   {page} leads to {link}, which is no file", err=True)
    if len(report.dead) > _SHOWN:
        click.echo(f"Warning   and {len(report.dead) - _SHOWN} more of the like", err=True)
    counts = report.counts
    click.echo(
        f"release {report.release_id} in {directory}: {counts.written} files written, {counts.unchanged} unchanged, "
        f"{counts.removed} removed; rules for nginx are in {directory / RULES_FOLDER}",
        err=True,
    )
