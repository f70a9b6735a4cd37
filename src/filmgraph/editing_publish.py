"""Publishes a catalogue with an editor's files in it: all of it, or nothing and the files as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from filmgraph.assembly import Assembly
from filmgraph.assembly_spill import spill
from filmgraph.checking import Standards
from filmgraph.editing_files import put_files
from filmgraph.errors import FilmgraphError, ReleaseError
from filmgraph.incremental import assembling
from filmgraph.release import Publication, publish
from filmgraph.settings import Settings

__all__ = ["publish_files"]


class _ChangedError(FilmgraphError):
    """What would be published is not what was shown."""


def publish_files(
    settings: Settings,
    files: Mapping[str, bytes],
    standards: Standards,
    clock: Callable[[], datetime],
    is_shown: Callable[[Assembly], bool],
    why: str,
) -> str | None:
    """Put the files into the catalogue and publish it; return the id of the release that is current then.

    None, with everything as it was, when `is_shown` says that this is not what the editor was shown. ReleaseBlockedError and
    others as `release.publish`: the files are back in their places then.
    """
    try:
        edit = put_files(settings.catalogue_path, files)
    except OSError as error:
        raise ReleaseError(f"cannot put the files into {settings.catalogue_path}: {error}. Nothing was changed") from error
    try:
        publication = _publish(settings, standards, clock, is_shown, why)
    except BaseException as error:
        # Whatever ended it, also a key on the keyboard: what is not published is not to lie in the catalogue.
        edit.restore()
        edit.forget()
        if isinstance(error, _ChangedError):
            return None
        raise
    release_id = publication.manifest.release_id
    if publication.is_new:
        edit.published(release_id)
    else:
        edit.forget()
    return release_id


def _publish(
    settings: Settings, standards: Standards, clock: Callable[[], datetime], is_shown: Callable[[Assembly], bool], why: str
) -> Publication:
    today = clock().date().isoformat()
    with assembling(settings, standards.vocabulary, standards.shapes, today, lambda stage: None) as draft:
        if not is_shown(draft.assembly):
            raise _ChangedError("something has changed since it was shown")
        assembly = draft.assembly
        if draft.tally is None and not assembly.report.blocks_release:
            assembly = spill(assembly)
        publication = publish(assembly, standards.vocabulary, clock, lambda stage: None, why=why)
        # A state that cannot be kept costs the next publication time, and nothing else.
        draft.keep(publication.path, publication.parts)
        return publication
