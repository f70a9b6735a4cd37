"""The commands for releases that are there: `releases`, `rollback`, `verify`, `prune`, `tag`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from filmgraph.errors import NoReleaseError
from filmgraph.manifest import load_manifest
from filmgraph.release_folder import StoredRelease, find_current, find_release, list_releases, release_paths
from filmgraph.release_journal import Act, load_journal, manifest_digest
from filmgraph.release_undo import prune, rollback, tag, untag
from filmgraph.release_verify import verify_folder, verify_release
from filmgraph.settings import load_settings

__all__ = ["prune_command", "releases_command", "rollback_command", "tag_command", "verify_command"]

_HEADINGS: Final = ("release", "created", "triples", "things", "size", "state", "tags", "findings")
_TO_THE_RIGHT: Final = ("triples", "things", "size")
_CATALOGUE = click.option(
    "--catalogue",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The catalogue.",
)
_WHY = click.option("--why", default="", metavar="TEXT", help="The reason, for the journal.")


@click.command("releases")
@_CATALOGUE
def releases_command(catalogue: Path) -> None:
    """List the releases that are kept, oldest first."""
    stored = list_releases(_kept(catalogue))
    rows = [_HEADINGS, *(_row(each) for each in stored)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADINGS))]
    for row in rows:
        cells = zip(_HEADINGS, row, widths, strict=True)
        aligned = [text.rjust(width) if name in _TO_THE_RIGHT else text.ljust(width) for name, text, width in cells]
        click.echo("  ".join(aligned).rstrip())


def _row(release: StoredRelease) -> tuple[str, ...]:
    manifest = release.manifest
    state = "current" if release.is_current else "" if release.is_published else "never published"
    names = ", ".join(release.tags)
    if manifest is None:
        return (release.release_id, "", "", "", "", f"{state} damaged".strip(), names, release.problem)
    findings = ", ".join(f"{count} {severity.lower()}" for severity, count in manifest.findings.items() if count) or "none"
    size = f"{release.size / 1_000_000:.1f} MB"
    things = sum(manifest.things.values())
    return (release.release_id, manifest.created, str(manifest.triples), str(things), size, state, names, findings)


@click.command("rollback")
@click.argument("release", required=False, metavar="[ID]")
@_CATALOGUE
@_WHY
def rollback_command(release: str | None, catalogue: Path, why: str) -> None:
    """Make the release before the current one current again, or the one with this id or tag.

    Its files are verified first. A server that runs takes it up by itself.
    """
    old, new = rollback(_kept(catalogue), release, _act(why))
    click.echo(f"release {new} is current now, in place of {old or 'none'}", err=True)


@click.command("verify")
@click.argument("release", required=False, metavar="[ID]")
@click.option("--all", "verify_all", is_flag=True, help="Verify every release that is kept.")
@_CATALOGUE
def verify_command(release: str | None, verify_all: bool, catalogue: Path) -> None:
    """Compare a release (the current one, unless named) with its checksums, byte by byte, and its store with its dumps.

    The journal and the link to the current release are looked at too.
    Ends in 1 when something is not as it was published; nothing is changed.
    """
    if verify_all and release:
        raise click.UsageError("name a release, or give --all")
    releases_path = _kept(catalogue)
    bad = sum([_verify(path) for path in _named(releases_path, release, verify_all)])
    for problem in verify_folder(releases_path):
        click.echo(f"{releases_path}: {problem}")
        bad += 1
    if bad:
        click.echo("Damaged. Go back to a whole release with 'filmgraph rollback ID', or build again", err=True)
        sys.exit(1)


def _verify(path: Path) -> bool:
    problems = verify_release(path, manifest_digest(load_journal(path.parent), path.name))
    for problem in problems:
        click.echo(f"{path.name}: {problem}")
    if not problems:
        manifest = load_manifest(path)
        click.echo(f"{path.name}: whole ({len(manifest.files)} files, {manifest.triples} published triples)", err=True)
    return bool(problems)


def _named(releases_path: Path, release: str | None, verify_all: bool) -> Sequence[Path]:
    if release:
        return [find_release(releases_path, release)]
    if verify_all:
        return release_paths(releases_path)
    current = find_current(releases_path)
    if current is None:
        raise NoReleaseError(f"{releases_path / 'current'} names no release: run 'filmgraph build', or 'filmgraph rollback ID'")
    return [current]


@click.command("prune")
@click.option("--keep", required=True, type=click.IntRange(min=1), metavar="N", help="How many of the newest releases stay.")
@_CATALOGUE
@_WHY
def prune_command(keep: int, catalogue: Path, why: str) -> None:
    """Remove old releases: all but the newest N, the current one, those with a tag, and those that are being served."""
    done = prune(_kept(catalogue), keep, _act(why), lambda text: click.echo(f"filmgraph: {text}", err=True))
    for release_id in done.removed:
        click.echo(f"removed {release_id}")
    for release_id in done.served:
        click.echo(f"{release_id} stays: a server still uses it", err=True)
    click.echo(f"{len(done.removed)} removed", err=True)


@click.command("tag")
@click.argument("release", required=False, metavar="[ID]")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--remove", metavar="NAME", help="Take this name away again.")
@_CATALOGUE
@_WHY
def tag_command(release: str | None, name: str | None, remove: str | None, catalogue: Path, why: str) -> None:
    """Give the release ID a NAME that the other commands take for its id; a release with a tag is never pruned.

    A name that another release has moves to this one.
    """
    if remove and release is None:
        click.echo(f"{untag(_kept(catalogue), remove, _act(why))} is no longer tagged {remove}", err=True)
    elif release and name and not remove:
        click.echo(f"{tag(_kept(catalogue), release, name, _act(why))} is tagged {name}", err=True)
    else:
        raise click.UsageError("give a release and its new name (filmgraph tag ID NAME), or only --remove NAME")


def _kept(catalogue: Path) -> Path:
    """Return the folder of releases; NoReleaseError while there is none in it."""
    releases_path = load_settings(catalogue, os.environ).releases_path
    if not release_paths(releases_path):
        raise NoReleaseError(f"{releases_path} holds no release yet: run 'filmgraph build' first")
    return releases_path


def _act(why: str) -> Act:
    return Act(datetime.now(UTC), why=why)
