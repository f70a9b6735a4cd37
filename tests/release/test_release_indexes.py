"""Search and lists are written beside the rest of a large release, and are the same then."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from filmgraph import release_indexes
from filmgraph.dumps_reading import DumpedTriples, facts_path
from filmgraph.errors import ReleaseError
from filmgraph.release_indexes import DumpedChunks, ExtractedChunks, writing_indexes
from tests.conftest import Built

#: Where the dump is cut does not matter to what is written.
STARTS = (b"", b"<https://filmgraph.example/id/film/h", b"<https://filmgraph.example/id/person/")
FILES = ("search.sqlite", "facets.sqlite")


def published(built: Built) -> DumpedChunks:
    triples = DumpedTriples(facts_path(built.path, built.settings.id), f"{built.settings.base_iri}id/dataset/{built.settings.id}")
    return DumpedChunks(triples, STARTS)


def test_a_process_of_its_own_writes_the_same(demo_release: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_indexes, "_MANY", 0)
    with writing_indexes(published(demo_release), demo_release.settings.iris, tmp_path, 1) as indexing:
        pass
    assert len(indexing.extracts) == len(STARTS)
    assert [(tmp_path / name).read_bytes() for name in FILES] == [(demo_release.path / name).read_bytes() for name in FILES]


@pytest.mark.parametrize("many", [0, 10**9], ids=["two processes", "here"])
def test_what_was_extracted_before_gives_the_same(
    demo_release: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(release_indexes, "_MANY", many)
    extracts = tuple(published(demo_release).iter_extracts(demo_release.settings.iris))
    with writing_indexes(ExtractedChunks(extracts), demo_release.settings.iris, tmp_path, 1) as indexing:
        pass
    assert indexing.extracts == extracts
    assert [(tmp_path / name).read_bytes() for name in FILES] == [(demo_release.path / name).read_bytes() for name in FILES]


def test_what_goes_wrong_there_is_told_here(demo_release: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_indexes, "_MANY", 0)
    with (
        pytest.raises(ReleaseError, match="cannot write the search index"),
        writing_indexes(published(demo_release), demo_release.settings.iris, tmp_path / "absent", 1),
    ):
        pass


def test_a_process_that_is_killed_is_told(demo_release: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_indexes, "_MANY", 0)
    monkeypatch.setattr(release_indexes, "write_indexes", kill)
    with (
        pytest.raises(ReleaseError, match="ended from outside"),
        writing_indexes(published(demo_release), demo_release.settings.iris, tmp_path, 1),
    ):
        pass


def kill(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
