"""`edit`: the editor's pages for one catalogue, on this computer only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import click

from filmgraph.checking import load_standards
from filmgraph.editing import EditingDesk
from filmgraph.errors import SettingsError
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES, to_prefix
from filmgraph.release import utc_now
from filmgraph.web.edit import create_edit_app
from filmgraph.web.edit.server import open_server

__all__ = ["edit_command"]

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@click.command("edit")
@click.argument("catalogue", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on: one of this computer itself.")
@click.option("--port", default=8010, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--lang", "language", default=FIRST_LANGUAGE, type=click.Choice(list(LANGUAGES)), help="Of the first page.")
def edit_command(catalogue: Path, host: str, port: int, language: str) -> None:
    """Open pages for the editors of a catalogue: check a file, answer questions, see what would change, publish, undo.

    They are for this computer only. The address that is printed holds the key to them: give it to nobody.
    """
    if host not in _LOOPBACK:
        raise SettingsError(f"--host {host} should be one of {', '.join(_LOOPBACK)}: these pages can publish, and have no users")
    editor = os.environ.get("USER", "")
    desk = EditingDesk(catalogue, os.environ, load_standards(), utc_now, editor)
    for path in desk.mended:
        click.echo(f"filmgraph: {path} was put back: the publication that it belonged to never came about", err=True)
    token = secrets.token_urlsafe(32)
    try:
        server = open_server(lambda hosts: create_edit_app(desk, token, hosts), host, port)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}, port {port}: {error.strerror}. Name another one with --port") from error
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{server.server_port}{to_prefix(language)}/?token={token}")
    click.echo("Open this address in a browser on this computer. Ctrl+C ends it.", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Ended. What was checked and not published is in your own files only.", err=True)
    finally:
        server.server_close()
