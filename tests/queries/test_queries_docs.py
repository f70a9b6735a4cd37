"""The file that docs/saved-queries.md shows is one, and gives what it says."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from filmgraph.iris import IriScheme
from filmgraph.queries import SavedQuery, bind, parse_query
from filmgraph.queries_parameter import ParameterType
from filmgraph.results import parse_results
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "saved-queries.md").read_text(encoding="utf-8")


@pytest.fixture
def example() -> SavedQuery:
    (text,) = re.findall(r"```sparql\n(.*?)```", TEXT, flags=re.DOTALL)
    return parse_query("example", text)


@pytest.mark.parametrize(("values", "count"), [({}, 8), ({"from": "2019"}, 3), ({"director": "luc-dardenne"}, 2)])
def test_the_example_gives_rows(demo_client: FlaskClient, example: SavedQuery, values: dict[str, str], count: int) -> None:
    query = bind(example, values, IriScheme("https://filmgraph.example/"))
    answer = demo_client.get("/sparql?" + urlencode({"query": query, "format": "json"}))
    assert len(parse_results(answer.data).rows) == count


def test_every_type_of_a_parameter_is_in_the_table() -> None:
    listed = re.findall(r"^\| `(\w+)(?: KIND)?` \|", TEXT, flags=re.MULTILINE)
    assert listed == [each.word for each in ParameterType]
