"""How often a screening was changed: what the stream of a release tells, and what it does when the stream is damaged."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from filmgraph.errors import ReleaseError
from filmgraph.revisions import Revision, read_revisions
from tests.handmade import make_manifest

BASE = "https://films.example/"
MANIFEST = make_manifest("2026-09-03.1", BASE, "Films", 1, {}, created="2026-09-03T12:00:00Z")
SCREENING, FILM = f"{BASE}id/screening/one", f"{BASE}id/film/here"


def write_stream(path: Path, *releases: list[tuple[str, str]]) -> Path:
    """Write the stream of a release: for each release before, and for it, what happened to which thing."""
    folder = path / "changes" / "stream"
    folder.mkdir(parents=True)
    notes: list[dict[str, object]] = []
    for day, changes in enumerate(releases, 1):
        release_id, time = f"2026-09-{day:02}.1", f"2026-09-{day:02}T12:00:00Z"
        pages = [changes[n : n + 2] for n in range(0, len(changes), 2)]
        for number, page in enumerate(pages, 1):
            items = [{"type": kind, "object": {"id": thing}, "endTime": time} for kind, thing in page]
            data = gzip.compress(json.dumps({"orderedItems": items}).encode())
            (folder / f"{release_id}-{number}.json.gz").write_bytes(data)
        note: dict[str, object] = {
            "release": release_id,
            "time": time,
            "previous": None,
            "counts": {},
            "members": len(changes),
            "pages": len(pages),
        }
        notes.append({**note, "shown": []})
    (path / "changes" / "history.json").write_text(json.dumps(notes))
    return path


def on(day: int) -> datetime:
    return datetime(2026, 9, day, 12, tzinfo=UTC)


def test_every_change_after_the_first_counts_on_whichever_page_it_stands(tmp_path: Path) -> None:
    path = write_stream(
        tmp_path,
        [("Create", FILM), ("Create", f"{BASE}id/hall/x"), ("Create", SCREENING)],
        [("Update", SCREENING)],
        [],
        [("Update", f"{BASE}id/hall/x"), ("Update", FILM), ("Update", SCREENING)],
    )
    revisions = read_revisions(path, MANIFEST)
    assert revisions.of(SCREENING) == Revision(2, on(4))


def test_what_an_entry_names_moves_its_stamp_and_not_its_sequence(tmp_path: Path) -> None:
    path = write_stream(tmp_path, [("Create", SCREENING), ("Create", FILM)], [("Update", FILM)])
    revisions = read_revisions(path, MANIFEST)
    assert revisions.of(SCREENING) == Revision(0, on(1))
    assert revisions.of(SCREENING, [FILM]) == Revision(0, on(2))


def test_a_screening_that_comes_back_counts_on(tmp_path: Path) -> None:
    path = write_stream(tmp_path, [("Create", SCREENING)], [("Delete", SCREENING)], [("Create", SCREENING)])
    assert read_revisions(path, MANIFEST).of(SCREENING) == Revision(2, on(3))


def test_a_release_without_a_log_is_the_first_version_of_everything(tmp_path: Path) -> None:
    assert read_revisions(tmp_path, MANIFEST).of(SCREENING, [FILM]) == Revision(0, on(3))


@pytest.mark.parametrize("data", [b"", b"no gzip", gzip.compress(b"{"), None])
def test_a_damaged_page_is_told_and_not_passed_over(tmp_path: Path, data: bytes | None) -> None:
    path = write_stream(tmp_path, [("Create", SCREENING)])
    page = path / "changes" / "stream" / "2026-09-01.1-1.json.gz"
    page.unlink() if data is None else page.write_bytes(data)
    with pytest.raises(ReleaseError, match=r"2026-09-01\.1-1"):
        read_revisions(path, MANIFEST)
