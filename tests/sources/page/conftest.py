from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from filmgraph.model import (
    Certainty,
    ConceptRef,
    Credit,
    Fact,
    Identifier,
    Minutes,
    PartialDate,
    Ref,
    Text,
    Value,
    iter_facts,
)
from filmgraph.namespaces import shorten
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.page import read_page
from filmgraph.vocabulary import Vocabulary, load_vocabulary

SEED_PATH = Path(__file__).resolve().parents[3] / ".." / "shared" / "seed" / "film-page.txt"


class Told(NamedTuple):
    """One fact as a row that a test can spell."""

    subject: str
    property: str
    value: str
    certainty: str
    line: int | None


def render(value: Value) -> str:
    """Return a value in a few words: `director: person Bas Devos (1)`."""
    match value:
        case Ref():
            return " ".join(str(each) for each in (value.kind.segment, value.name, value.year) if each is not None)
        case Credit():
            return f"{value.role}: {render(value.agent)} ({value.billing})"
        case ConceptRef():
            return f"{value.kind.segment}:{value.key}"
        case Text(language=str()):
            return f"{value.value}@{value.language}"
        case Text() | PartialDate():
            return value.value
        case Identifier():
            return f"{value.scheme} {value.value}"
        case Minutes():
            return f"{value.value} min"
        case _:
            return str(value)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def read(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Reading]:
    """Read a text, as a page of a publisher."""
    folder = tmp_path_factory.mktemp("pages")

    def read_content(
        text: str | bytes, *, name: str = "page.txt", language: str = "en", publisher: str = "Film Fest Gent"
    ) -> Reading:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        source = SourceSettings(id="page", kind="page", precedence=1, path=name, publisher=publisher, language=language)
        return read_page(source, folder, vocabulary)

    return read_content


@pytest.fixture(scope="session")
def told() -> Callable[[Reading], list[Told]]:
    """Return all facts of a reading as rows, and hold that each inferred one, and no other, has a reason."""

    def tell(reading: Reading) -> list[Told]:
        rows = []
        for thing in reading.records:
            for iri, fact in iter_facts(thing):
                check_reason(fact)
                rows.append(Told(render(thing.ref), shorten(iri), render(fact.value), fact.certainty.value, fact.place.line))
        return rows

    return tell


def check_reason(fact: Fact[Value]) -> None:
    assert fact.certainty is not Certainty.EXTERNAL, fact
    assert bool(fact.reason) == (fact.certainty is Certainty.INFERRED), fact


@pytest.fixture(scope="session")
def seed_text() -> str:
    if not SEED_PATH.exists():
        assert os.environ.get("CI") != "true", f"{SEED_PATH} is missing"
        pytest.skip("the seed page is not beside this checkout (../shared/seed/film-page.txt)")
    return SEED_PATH.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page_text() -> Callable[[str], str]:
    """Return one of the pages of this folder."""
    return lambda name: (Path(__file__).parent / "pages" / name).read_text(encoding="utf-8")
