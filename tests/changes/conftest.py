"""Three releases of the demo: the second updates two things, removes one and merges two; the third takes some of it back."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Builder, copy_demo

BASE = "https://filmgraph.example/"
FILM = f"{BASE}id/film/gisaengchung-2019"
HERE = f"{BASE}id/film/here-2023"
EDITOR = f"{BASE}id/credit/here-2023-editor-1"
MOVED = f"{BASE}id/screening/demo-2026-080"
REMOVED_SCREENING = f"{BASE}id/screening/demo-2026-079"
MERGED, SURVIVOR = f"{BASE}id/person/quentin-questionmark", f"{BASE}id/person/perpetua-placeholder"


@dataclass(frozen=True, slots=True)
class Story:
    """A catalogue and its releases, oldest first."""

    catalogue_path: Path
    releases: tuple[Path, ...]

    def dump(self, n: int) -> bytes:
        """The canonical N-Triples of the n-th release, counted from 1."""
        return gzip.decompress(self.dump_path(n).read_bytes())

    def dump_path(self, n: int) -> Path:
        return self.releases[n - 1] / "dumps" / "filmgraph-demo.nt.gz"

    def changes_path(self, n: int) -> Path:
        return self.releases[n - 1] / "changes"


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, f"{path} holds nothing to edit"
    path.write_text(after, encoding="utf-8")


def replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def without_line(start: str) -> Callable[[str], str]:
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


def second(catalogue: Path) -> None:
    """Update a film, move a screening, remove another, merge two people."""
    edit(catalogue / "tables" / "films.csv", replace("2h 12m,,,tt6751668", "2h 11m,,,tt6751668"))
    edit(
        catalogue / "tables" / "screenings.csv", replace("2026-10-25 20:30,2026-10-25 22:55", "2026-10-25 20:45,2026-10-25 23:10")
    )
    edit(catalogue / "tables" / "screenings.csv", without_line("demo-2026-079,"))
    edit(catalogue / "tables" / "screenings.csv", replace("Quentin Questionmark", "Perpetua Placeholder"))
    edit(catalogue / "ids.csv", lambda text: _merge(text, "quentin-questionmark", "perpetua-placeholder"))


def third(catalogue: Path) -> None:
    """Bring the screening back, and change nothing of a film but one of its credits."""
    row = next(line for line in (catalogue / "removed.csv").read_text(encoding="utf-8").splitlines() if "demo-2026-079" in line)
    edit(catalogue / "tables" / "screenings.csv", lambda text: f"{text}{row}\n")
    edit(
        catalogue / "tables" / "credits.csv",
        replace("Diependaele,person,,1,berlinale-here", "Diependaele,person,,1,rtbf-here"),
    )


def _merge(text: str, key: str, survivor: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(
        line.replace(",active", f",merged:{survivor}") if line.startswith(f"person,{key},") else line for line in lines
    )


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Story:
    catalogue = copy_demo(tmp_path_factory.mktemp("story") / "demo")
    (catalogue / "removed.csv").write_text(
        (catalogue / "tables" / "screenings.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    releases = [build_catalogue(catalogue).path]
    for change in (second, third):
        change(catalogue)
        releases.append(build_catalogue(catalogue).path)
    assert len(set(releases)) == 3
    return Story(catalogue, tuple(releases))
