"""A catalogue whose sources are worksheets of one workbook: built, and built again after an edit, as if done anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from filmgraph.assembly import Assembly, assemble
from filmgraph.incremental import assembling
from filmgraph.release import publish
from filmgraph.settings import load_settings
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.workbook_files import Cells, xlsx

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = """
[catalogue]
id = "book"
base_iri = "https://films.example.org/"
title = "A workbook"
publisher = "Somebody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
""" + "".join(
    f'[[sources]]\nid = "{name}"\nkind = "sheet"\ntitle = "{name}"\npath = "book.xlsx"\nprofile = "{name}.toml"\n'
    for name in ("films", "credits")
)
FILMS = """
record = "Movie"
sheet = "Films"
[columns.ID]
ignore = true
[columns.Title]
property = "name"
[columns.Year]
property = "date_created"
type = "year"
"""
CREDITS = """
record = "Credit"
sheet = "Crew"
[columns.Film]
property = "film"
to = "film"
lookup = "films"
[columns.Role]
property = "role"
[columns.Name]
property = "agent"
to = "person"
by = "name"
[lookups.films]
profile = "films.toml"
match = "ID"
"""
CREW: list[Cells] = [["Film", "Role", "Name"], ["F1", "director", "Ann One"], ["F2", "director", "Bo Two"]]


def write(catalogue: Path, title: str) -> None:
    films: list[Cells] = [["ID", "Title", "Year"], ["F1", title, 2023], ["F2", "Taurus", 2019]]
    (catalogue / "book.xlsx").write_bytes(xlsx({"Films": films, "Crew": CREW}))


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    for name, text in {"filmgraph.toml": SETTINGS, "films.toml": FILMS, "credits.toml": CREDITS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    write(tmp_path, "Here")
    return tmp_path


def lines(assembly: Assembly) -> set[str]:
    return {str(triple) for triple in (*assembly.published, *assembly.resolution.provenance)}


def test_worksheets_of_one_workbook_are_sources_and_an_edit_is_built_upon(
    catalogue: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes
) -> None:
    settings, today = load_settings(catalogue), NOW.date().isoformat()

    def say(stage: str) -> None:
        """Nobody listens."""

    with assembling(settings, loaded_vocabulary, loaded_shapes, today, say) as draft:
        publication = publish(draft.assembly, loaded_vocabulary, lambda: NOW, say)
        assert draft.keep(publication.path, publication.parts) == ""
    assert sorted(publication.manifest.inputs) == ["book.xlsx", "credits.toml", "filmgraph.toml", "films.toml"]
    facts = lines(draft.assembly)
    assert any('placeLabel> "book.xlsx, Films, row 2, Title"' in each for each in facts)
    assert any("/id/source/films#row=2>" in each for each in facts)
    write(catalogue, "Here and there")
    with assembling(settings, loaded_vocabulary, loaded_shapes, today, say) as part:
        assert part.tally is not None, part.why
        assert part.tally.files == (2, 2)
        published = {str(triple) for triple in part.assembly.published}
    whole = assemble(settings, loaded_vocabulary, loaded_shapes, today, say)
    assert published == {str(triple) for triple in whole.published}
    assert part.assembly.report == whole.report
    assert any("here-and-there-2023-director-1" in each for each in published)
