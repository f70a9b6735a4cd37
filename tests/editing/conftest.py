"""One small catalogue with a filled-in template, and its first release; each test works on a copy."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from filmgraph.checking import Standards
from filmgraph.editing import EditingDesk
from filmgraph.incremental import assembling
from filmgraph.release import publish
from filmgraph.scaffold import write_catalogue
from filmgraph.settings import load_settings
from filmgraph.template import write_template
from filmgraph.template_catalogue import add_sources
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary
from tests.conftest import NOW

BOOK = "tables/programme.xlsx"
ZONE = "Europe/Brussels"
START = datetime(2026, 10, 17, 19, 30)

Change = Callable[[Workbook], None]


def put(workbook: Workbook, sheet: str, row: int, *cells: Any) -> None:
    for column, value in enumerate(cells, 1):
        workbook[sheet].cell(row, column, value)


def changed(data: bytes, *changes: Change) -> bytes:
    workbook = load_workbook(io.BytesIO(data))
    for each in changes:
        each(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def fill(workbook: Workbook) -> None:
    put(workbook, "Films", 3, "Hier", "Here", None, None, 2023, 81, "Bas Devos", "Belgium", "Dutch; fr")
    put(workbook, "Screenings", 3, "Hier (2023)", START, None, "Cinema Nova", "Hall 1", "en")
    put(workbook, "Venues", 3, "Cinema Nova", "Street 1", "1000", "Brussels", "BE", ZONE, "Hall 1", 100)
    put(workbook, "Venues", 4, "Cinema Nova", None, None, None, None, None, "Hall 3", 50)


@pytest.fixture(scope="session")
def standards(loaded_vocabulary: Vocabulary, loaded_shapes: Shapes) -> Standards:
    return Standards(loaded_vocabulary, loaded_shapes)


@pytest.fixture(scope="session")
def blank_book(loaded_vocabulary: Vocabulary) -> bytes:
    return write_template(loaded_vocabulary, "en", ZONE)


@pytest.fixture(scope="session")
def filled_book(blank_book: bytes) -> bytes:
    return changed(blank_book, fill)


def build(path: Path, vocabulary: Vocabulary, shapes: Shapes) -> str:
    settings = load_settings(path)
    with assembling(settings, vocabulary, shapes, NOW.date().isoformat(), lambda stage: None) as draft:
        publication = publish(draft.assembly, vocabulary, lambda: NOW, lambda stage: None)
        assert draft.keep(publication.path, publication.parts) == ""
        return publication.manifest.release_id


@pytest.fixture(scope="session")
def first_catalogue(
    tmp_path_factory: pytest.TempPathFactory, filled_book: bytes, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes
) -> Path:
    path = tmp_path_factory.mktemp("editing") / "catalogue"
    write_catalogue(path, "https://films.example.org/", "Tiny")
    (path / BOOK).write_bytes(filled_book)
    add_sources(path, BOOK, "programme", ZONE)
    build(path, loaded_vocabulary, loaded_shapes)
    return path


@pytest.fixture
def catalogue(first_catalogue: Path, tmp_path: Path) -> Path:
    shutil.copytree(first_catalogue, tmp_path / "catalogue", symlinks=True)
    return tmp_path / "catalogue"


@pytest.fixture(scope="module")
def shared_desk(first_catalogue: Path, standards: Standards, tmp_path_factory: pytest.TempPathFactory) -> EditingDesk:
    """A desk for tests that publish nothing."""
    path = tmp_path_factory.mktemp("shared") / "catalogue"
    shutil.copytree(first_catalogue, path, symlinks=True)
    return EditingDesk(path, {}, standards, lambda: NOW, "Ida")


@pytest.fixture
def desk(catalogue: Path, standards: Standards) -> EditingDesk:
    return EditingDesk(catalogue, {}, standards, lambda: NOW, "Ida")
