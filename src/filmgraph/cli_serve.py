"""`serve` and `query`: the current release, for others and for oneself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import click

from filmgraph import querying, serving
from filmgraph.settings import Settings, load_settings

__all__ = ["query_command", "serve_command"]


@click.command("serve")
@click.argument("catalogue", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
def serve_command(catalogue: Path, host: str, port: int, workers: int) -> None:
    """Serve the current release, read-only."""
    settings = _settings(catalogue)
    click.echo(f"{settings.title}: http://{host}:{port}/ (things are named {settings.base_iri}…)", err=True)
    serving.serve(settings, host, port, workers)


@click.command("query")
@click.argument("text", required=False)
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--file", "file", type=click.File(encoding="utf-8"), help="Read the query from a file; - is standard input.")
@click.option("--value", "values", multiple=True, metavar="NAME=VALUE", help="Give a parameter of a saved query its value.")
@click.option("--endpoint", help="Ask this SPARQL endpoint instead of the local release.")
@click.option("--format", "format_", default="table", type=click.Choice(["table", "csv", "json"]), show_default=True)
def query_command(
    text: str | None, catalogue: Path, file: IO[str] | None, values: tuple[str, ...], endpoint: str | None, format_: str
) -> None:
    """Run a SPARQL query against the current release, or a remote endpoint.

    A file may be a saved query: its parameters get the values that --value gives, which may stand there several times, and the
    others their defaults.
    """
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
