"""The compiled core shapes find what pySHACL finds, word for word, on every case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from filmgraph.findings import Report
from filmgraph.validation import Shapes
from filmgraph.validation_compile import compile_shapes
from filmgraph.validation_facts import Facts
from filmgraph.validation_reference import find_by_pyshacl
from filmgraph.vocabulary import Vocabulary

CASES = sorted((Path(__file__).parent / "cases").glob("*.ttl"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_both_engines_find_the_same(path: Path, read_case: Callable[[Path], Any], shapes: Shapes, vocabulary: Vocabulary) -> None:
    case = read_case(path)
    facts = Facts.of(case.published, case.texts, vocabulary)
    compiled, reference = Report.of(compile_shapes(shapes).find(facts.local)), Report.of(find_by_pyshacl(facts, shapes))
    assert compiled == reference
