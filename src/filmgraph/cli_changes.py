"""The commands on changes: `diff` between two releases, `apply-delta` to one dump."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from pyoxigraph import Literal, NamedNode

from filmgraph.changelog import Tally, summarise
from filmgraph.changes import diff_releases, find_dump
from filmgraph.changes_lines import apply_delta, compare, read_lines
from filmgraph.changes_words import Naming, tell_change, to_patch
from filmgraph.cli_pending import print_pending
from filmgraph.errors import NoReleaseError
from filmgraph.iris import IriScheme
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES
from filmgraph.manifest import FILE_NAME, load_manifest
from filmgraph.namespaces import SCHEMA
from filmgraph.settings import load_settings
from filmgraph.stores.embedded import EmbeddedStore

__all__ = ["apply_delta_command", "diff_command"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("diff")
@click.argument("old", required=False)
@click.argument("new", default="current")
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--rdf", "as_rdf", is_flag=True, help="Print the triples as an RDF Patch: D for removed, A for added.")
@click.option("--lang", "language", default=FIRST_LANGUAGE, type=click.Choice(list(LANGUAGES)), help="Of what would change.")
def diff_command(old: str | None, new: str, catalogue: Path, as_rdf: bool, language: str) -> None:
    """Tell what changed from one release to another; without arguments, what would change if the catalogue were published now.

    OLD and NEW are ids of releases (2026-11-22.1), folders of releases, or `current`.
    """
    if old is None:
        if as_rdf:
            raise click.UsageError("--rdf is for two releases: name the older one")
        print_pending(catalogue, language)
        return
    old_path, new_path = (_find_release(name, catalogue) for name in (old, new))
    if as_rdf:
        out = sys.stdout.buffer
        out.writelines(to_patch(compare(read_lines(find_dump(old_path)), read_lines(find_dump(new_path)))))
        return
    tally = Tally()
    naming = _names_in(new_path, old_path)
    for change, before, after in diff_releases(old_path, new_path, IriScheme(load_manifest(new_path).base_iri)):
        tally.add(change)
        for line in tell_change(change, before, after, naming):
            click.echo(line)
    what = summarise(tally.counts) if tally.counts else "no difference"
    click.echo(f"{old_path.name} → {new_path.name}: {what}", err=True)


@click.command("apply-delta")
@click.argument("old", type=_FILE)
@click.argument("added", type=_FILE)
@click.argument("removed", type=_FILE)
def apply_delta_command(old: Path, added: Path, removed: Path) -> None:
    """Print the N-Triples of the next release: OLD without REMOVED and with ADDED, byte for byte.

    All three are canonical N-Triples, packed with gzip or not. An error half-way leaves what was printed incomplete: look at the
    exit code.
    """
    out = sys.stdout.buffer
    out.writelines(apply_delta(read_lines(old), read_lines(added), read_lines(removed)))


def _find_release(name: str, catalogue: Path) -> Path:
    """Return the folder of a release by its id or path; NoReleaseError says where it was looked for."""
    if (Path(name) / FILE_NAME).is_file():
        return Path(name).resolve()
    releases_path = load_settings(catalogue, os.environ).releases_path
    path = releases_path / name
    # An id has no slash: nothing outside of the releases is opened by accident.
    if Path(name).name != name or not (path / FILE_NAME).is_file():
        raise NoReleaseError(
            f"there is no release {name!r} in {releases_path}: give an id that 'filmgraph releases' lists, or a folder"
        )
    return path.resolve()


def _names_in(*release_paths: Path) -> Naming:
    """Return what looks up the name of a thing, in the first of the releases that knows it."""
    lookups = [_names_of(EmbeddedStore.open(path)) for path in release_paths]

    def name(iri: str) -> str | None:
        return next((found for lookup in lookups if (found := lookup(iri))), None)

    return name


def _names_of(store: EmbeddedStore) -> Callable[[str], str | None]:
    def name(iri: str) -> str | None:
        names = [quad.object for quad in store.quads(NamedNode(iri), NamedNode(SCHEMA.name), None)]
        literals = sorted((each for each in names if isinstance(each, Literal)), key=lambda each: each.language or "")
        return literals[0].value if literals else None

    return name
