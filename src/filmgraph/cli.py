"""The command line: each command is a module that is loaded when it is asked for.

Exit codes: 0 fine; 1 the data have violations, or a release is damaged; 2 wrong use; 3 input that cannot be read; 4 an outside
service failed; 75 somebody else writes releases just now: try again a little later.
Data go to standard output, talk to standard error.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from filmgraph import __version__
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

__all__ = ["COMMANDS", "main"]

#: The commands, and the modules that they are in, as `NAME_command`.
COMMANDS: Final = {
    "apply-delta": "cli_changes",
    "build": "cli_build",
    "check": "cli_build",
    "decide": "cli_decide",
    "diff": "cli_changes",
    "edit": "cli_edit",
    "eligibility": "cli_eligibility",
    "enrich": "cli_enrich",
    "export": "cli_export",
    "init": "cli_build",
    "profile": "cli_profile",
    "prune": "cli_releases",
    "query": "cli_serve",
    "releases": "cli_releases",
    "rollback": "cli_releases",
    "serve": "cli_serve",
    "tag": "cli_releases",
    "template": "cli_template",
    "verify": "cli_releases",
}
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


class _Group(click.Group):
    """Loads a command when it is asked for, and turns each of our errors into one line on standard error and its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"filmgraph.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

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
