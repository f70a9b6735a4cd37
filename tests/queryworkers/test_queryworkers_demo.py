"""The query page's examples, run by real workers on the real demo release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from filmgraph.formats import ResultsFormat
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryworkers import WorkerPool
from filmgraph.results import parse_results
from filmgraph.web.sparql_examples import EXAMPLES, Example


@pytest.fixture(scope="module")
def demo_pool(demo_release: Any) -> Any:
    with WorkerPool(demo_release.path, replace(demo_release.settings.endpoint, workers=1)) as pool:
        yield pool


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.title for example in EXAMPLES])
def test_every_example_finds_something_within_the_limits(demo_pool: WorkerPool, example: Example) -> None:
    check_query(example.query, GuardLimits(query_bytes=demo_pool.limits.query_bytes), ())
    table = parse_results(demo_pool.run(example.query, ResultsFormat.JSON).body)
    assert len(table.rows) > 5
    assert all(any(row) for row in table.rows)


def test_the_films_are_one_row_for_each_director(demo_pool: WorkerPool) -> None:
    table = parse_results(demo_pool.run(EXAMPLES[0].query, ResultsFormat.JSON).body)
    rows = [tuple(cell.value if cell else "" for cell in row) for row in table.rows]
    assert len(set(rows)) == len(rows)
    years = [row[2][:4] for row in rows]
    assert years == sorted(years, reverse=True)
