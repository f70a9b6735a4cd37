"""The table of commands: each is there, and none loads what another one needs."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from filmgraph.cli import COMMANDS, main


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_says_what_it_does(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("cli", {"filmgraph.settings", "flask", "pyoxigraph", "rdflib"}),
        ("cli_serve", {"filmgraph.assembly", "openpyxl", "pyarrow", "pyshacl", "rdflib"}),
        ("cli_build", {"openpyxl", "pyarrow"}),
    ],
)
def test_a_command_loads_only_what_it_needs(module: str, strangers: set[str]) -> None:
    code = f"import sys, filmgraph.{module}; print(*sorted({strangers!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not done.stdout.split()
