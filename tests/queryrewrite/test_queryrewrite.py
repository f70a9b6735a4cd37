"""What the engine answers otherwise than the standard, and that the rewritten query gives what the standard defines.

The right answer to GRAPH ?g { P } is found without any rewriting: P runs over each graph alone, and ?g is joined afterwards
(https://www.w3.org/TR/sparql11-query/#defn_evalGraph). That of a path that begins with a term that the graph does not have is
found in a copy of the graph that has it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from filmgraph.errors import QueryTooLargeError
from filmgraph.queryrewrite import SIZE_LIMIT, rewrite_query

NS = "http://example/"
PREFIX = f"PREFIX : <{NS}>\n"
GRAPHS = (NS + "g1", NS + "g2", NS + "empty")
Rows = Counter[frozenset[tuple[str, str]]]


def node(name: str) -> NamedNode:
    return NamedNode(NS + name)


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    made.add_graph(NamedNode(GRAPHS[2]))
    for triple, graph in (("a p o", "g1"), ("b p o", "g2"), ("c p d", "g2"), ("c q a", "g2"), ("e p f", "")):
        subject, predicate, value = map(node, triple.split())
        made.add(Quad(subject, predicate, value, node(graph) if graph else DefaultGraph()))
    return made


def ask(store: Store, query: str, graph: str | None = None) -> Rows:
    """Return the solutions; with `graph`, those over it alone, as the default graph."""
    options = {} if graph is None else {"default_graph": [NamedNode(graph)], "named_graphs": []}
    results = store.query(query, **options)  # type: ignore[arg-type]
    assert isinstance(results, QuerySolutions)
    names = [each.value for each in results.variables]
    return Counter(frozenset((name, str(row[name])) for name in names if row[name] is not None) for row in results)


def rewrite(store: Store, query: str) -> str:
    def probe(text: str) -> Sequence[str]:
        try:
            results = store.query(text)
        except SyntaxError:
            return ()
        assert isinstance(results, QuerySolutions)
        return [row[0].value for row in results]

    return rewrite_query(query, None, lambda: GRAPHS, probe)


def rewrite_only(query: str, named_graphs: Sequence[str] | None = None) -> str:
    return rewrite_query(query, named_graphs, lambda: GRAPHS, lambda _: ())


def graph_by_definition(store: Store, body: str) -> Rows:
    rows: Rows = Counter()
    for graph in GRAPHS:
        for row, count in ask(store, f"{PREFIX}SELECT * {{ {body} }}", graph).items():
            rows[row | {("g", f"<{graph}>")}] += count
    return rows


NEEDING_UNION = (
    "SELECT (COUNT(*) AS ?count) { ?s :p ?o }",
    "SELECT ?s { ?s :p ?o } ORDER BY ?s LIMIT 1",
    "{ SELECT ?o (COUNT(?s) AS ?count) { ?s :p ?o } GROUP BY ?o } ?x :p ?o",
    "?s :p :o MINUS { ?x :p :d }",
    "VALUES ?s { :a UNDEF } { ?s :p ?o } UNION { FILTER NOT EXISTS { ?s :p ?y } VALUES ?z { 1 } }",
    "VALUES ?s { :a :b UNDEF } OPTIONAL { ?s :p ?o } ?s :p ?x",
)


@pytest.mark.parametrize("body", NEEDING_UNION)
def test_pattern_is_evaluated_in_each_graph_alone(body: str, store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ GRAPH ?g {{ {body} }} }}"
    right = graph_by_definition(store, body)
    assert ask(store, rewrite(store, query)) == right
    assert right


def test_engine_alone_still_mixes_graphs_up(store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ GRAPH ?g {{ {NEEDING_UNION[0]} }} }}"
    assert ask(store, query) != graph_by_definition(store, NEEDING_UNION[0]), "the engine is mended: the rewriting may go"


@pytest.mark.parametrize(
    "body",
    [
        "?s :p ?o",
        "?s :p ?o OPTIONAL { ?s :q ?x }",
        "{ ?s :p ?o } UNION { ?s :q ?o }",
        "VALUES ?s { :a :b } FILTER(?s != :b) ?s :p ?o",
        "[] :p ?o",
        "?s :p ?o FILTER NOT EXISTS { ?s :q ?x }",
        "",
    ],
)
def test_pattern_that_the_engine_answers_stays(body: str, store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ GRAPH ?g {{ {body} }} }}"
    assert rewrite(store, query) == query
    assert ask(store, query) == graph_by_definition(store, body)


def random_group(chance: random.Random, depth: int) -> str:
    return " ".join(_random_element(chance, depth) for _ in range(chance.randint(1, 3)))


def _random_element(chance: random.Random, depth: int) -> str:
    ends = ("?x", "?y", "?z", ":a", ":c")
    kind = chance.choice(("triple", "triple", "values", "filter", *(("group",) * 4 if depth else ())))
    if kind == "triple":
        return f"{chance.choice(ends)} {chance.choice((':p', ':q', '?w', ':q/:p', '(:p|:q)'))} {chance.choice(ends)} ."
    if kind == "values":
        return chance.choice(("VALUES ?x { :a :b UNDEF }", "VALUES (?x ?y) { (:a :o) (UNDEF :d) }"))
    if kind == "filter":
        return chance.choice(
            ("FILTER(?x != :a)", "FILTER(BOUND(?y))", "FILTER EXISTS { ?x :q ?y }", "FILTER NOT EXISTS { ?z :p ?x }")
        )
    inner, name = random_group(chance, depth - 1), f"?n{chance.randint(0, 10**9)}"
    return chance.choice(
        (
            f"OPTIONAL {{ {inner} }}",
            f"MINUS {{ {inner} }}",
            f"{{ {inner} }} UNION {{ {random_group(chance, depth - 1)} }}",
            f"{{ SELECT ?x {{ {inner} }} }}",
            f"{{ SELECT ?y (COUNT(?x) AS {name}) {{ {inner} }} GROUP BY ?y }}",
            f"BIND(STR(?x) AS {name})",
        )
    )


def test_made_up_patterns_are_answered_as_defined(store: Store) -> None:
    chance = random.Random(20261122)
    bodies = [random_group(chance, 2) for _ in range(400)]
    changed = answered = 0
    for body in bodies:
        query = f"{PREFIX}SELECT * {{ GRAPH ?g {{ {body} }} }}"
        rewritten = rewrite(store, query)
        right = graph_by_definition(store, body)
        assert ask(store, rewritten) == right, body
        changed += rewritten != query
        answered += bool(right)
    assert changed > 100
    assert answered > 100


def test_graphs_are_those_of_the_data_set() -> None:
    body = "{ GRAPH ?g { SELECT (COUNT(*) AS ?c) { ?s ?p ?o } } }"
    assert rewrite_only("SELECT * " + body).count("UNION") == 2
    named = rewrite_only(f"{PREFIX}SELECT * FROM :x FROM NAMED :g1 " + body)
    assert "GRAPH :g1 {" in named
    assert "UNION" not in named
    assert "FILTER(false)" in rewrite_only(f"{PREFIX}SELECT * FROM :x " + body)
    # The data set of the request goes before that of the query.
    assert f"GRAPH <{GRAPHS[1]}> {{" in rewrite_only(f"{PREFIX}SELECT * FROM NAMED :g1 " + body, [GRAPHS[1]])


def test_data_set_without_named_graphs_has_no_solutions(store: Store) -> None:
    query = f"{PREFIX}SELECT * FROM :g1 {{ GRAPH ?g {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} }}"
    results = store.query(rewrite(store, query))
    assert isinstance(results, QuerySolutions)
    assert {each.value for each in results.variables} == {"g", "n"}
    assert not list(results)


def test_graph_variable_inside_graph_variable(store: Store) -> None:
    rows = ask(store, rewrite(store, f"{PREFIX}SELECT * {{ GRAPH ?g {{ GRAPH ?h {{ ?s :p :o }} }} }}"))
    inner = ask(store, f"{PREFIX}SELECT * {{ GRAPH ?h {{ ?s :p :o }} }}")
    assert rows == Counter(row | {("g", f"<{graph}>")} for row in inner.elements() for graph in GRAPHS)


def test_blank_nodes_of_the_copies_are_distinct(store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ GRAPH ?g {{ _:x :p ?o . _:x :q ?y MINUS {{ ?n :p :nothing }} }} }}"
    assert ask(store, rewrite(store, query)) == Counter(
        [frozenset({("g", f"<{GRAPHS[1]}>"), ("o", f"<{NS}d>"), ("y", f"<{NS}a>")})]
    )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { " + "GRAPH ?g { " * 12 + "SELECT * { ?s ?p ?o }" + " }" * 13,
        "SELECT * { GRAPH ?g { SELECT ?s { VALUES ?s { " + '"word" ' * (SIZE_LIMIT // 20) + "} } } }",
    ],
)
def test_query_that_would_grow_too_long_is_refused(query: str) -> None:
    with pytest.raises(QueryTooLargeError, match="name the graphs"):
        rewrite_only(query)


PATHS = (":n :p* ?x", "?x :p* :n", ":n :p? ?x", "?x (:p|:q)? :n", ":n ^:q* ?x", ":n a* :n", ":a :p* ?x", f":n <{NS}p> * ?x")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "pattern",
    [
        "{} .",
        "?y :p ?z . {}",
        "?y :p ?x OPTIONAL {{ {} }}",
        "{{ {} }} UNION {{ ?x :q ?y }}",
        "{} FILTER(?x != :a)",
        "?y :p ?z FILTER NOT EXISTS {{ {} }}",
        "{} . ?x :p ?y",
        "GRAPH :g2 {{ {} }}",
        "{{ SELECT ?x {{ {} }} }}",
        "?y :p ?z MINUS {{ {}. }}",
    ],
)
def test_path_of_length_zero_has_its_fixed_end_as_solution(path: str, pattern: str, store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ {pattern.format(path)} }}"
    wider = Store()
    wider.extend(store)
    for graph in (DefaultGraph(), node("g2")):
        for name in ("n", "a"):
            wider.add(Quad(node(name), node("unused"), node(name), graph))
    assert ask(store, rewrite(store, query)) == ask(wider, query)


def test_engine_alone_still_asks_for_a_node(store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ {PATHS[0]} }}"
    assert not ask(store, query), "the engine is mended: the rewriting may go"
    assert ask(store, rewrite(store, query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { VALUES ?y { :n } ?y :p* ?x }",
        "SELECT * { ?y :p* ?x }",
        "SELECT * { :n :p+ ?x }",
        "SELECT * { :n :p/:q* ?x }",
        "SELECT (2 * ?n AS ?x) { ?s :p ?n FILTER(?n * 2 > 1) }",
        "SELECT (COUNT(*) AS ?n) { :n :p ?x }",
        "SELECT * { :a :p* ?x ; :q ?y }",
        'SELECT * { :a :p "{ :n :p* ?x }" } # { :n :p* ?x }',
    ],
)
def test_other_paths_stay(query: str) -> None:
    assert rewrite_query(PREFIX + query, None, tuple, lambda _: ["0"]) == PREFIX + query


def test_path_whose_end_is_in_the_graph_stays(store: Store) -> None:
    query = f"{PREFIX}SELECT * {{ :e :p* ?x }}"
    assert rewrite(store, query) == query
    # :a is in a named graph, and no node of the default graph.
    assert rewrite(store, f"{PREFIX}SELECT * {{ :a :p* ?x }}") != query


def test_data_set_of_the_query_decides_what_is_in_the_graph(store: Store) -> None:
    query = f"{PREFIX}SELECT * FROM :g1 {{ :a :p* ?x }}"
    assert rewrite(store, query) == query


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { "a"@en "b"@en } }', '"a b"'),
        ('SELECT (group_concat(DISTINCT ?x ; separator=")") AS ?y) { VALUES ?x { "a"@en "b"@en } }', '"a)b"'),
        ('SELECT (GROUP_CONCAT(UCASE(?x)) AS ?y) { VALUES ?x { "a"@en } }', '"A"'),
        ("SELECT (GROUP_CONCAT(?x) AS ?y) { FILTER(false) }", '""'),
        (
            'SELECT ?y { VALUES ?y { "1" } } GROUP BY ?y HAVING(GROUP_CONCAT(STRLANG(?y, "en")) = "1") '
            'ORDER BY GROUP_CONCAT(STRLANG(?y, "en"))',
            '"1"',
        ),
    ],
)
def test_group_concat_has_no_language(query: str, text: str, store: Store) -> None:
    assert ask(store, rewrite(store, query)) == Counter([frozenset({("y", text)})])


def test_engine_alone_still_keeps_the_language(store: Store) -> None:
    rows = ask(store, 'SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { "a"@en "b"@en } }')
    assert rows == Counter([frozenset({("y", '"a b"@en')})]), "the engine is mended: the rewriting may go"


def test_error_in_group_concat_stays_an_error(store: Store) -> None:
    query = "SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { <http://example/a> UNDEF } }"
    assert ask(store, rewrite(store, query)) == Counter([frozenset()])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { :n unknown:p* ?x }",
        "SELECT * { _:x :p ?y . GRAPH ?g { _:x :p ?o MINUS { ?n :q ?m } } }",
        "SELECT * FROM :x { GRAPH ?g { ?s ?p ?o MINUS { ?n unknown:q ?m } } }",
        "SELECT ?s (COUNT(*) AS ?n) { GRAPH ?g { ?s :p ?o MINUS { ?n :q ?m } } }",
    ],
)
def test_wrong_query_is_not_made_right(query: str, store: Store) -> None:
    with pytest.raises(SyntaxError):
        store.query(PREFIX + query)
    with pytest.raises(SyntaxError):
        store.query(rewrite(store, PREFIX + query))


UNION = "GRAPH ?g { SELECT ?s { ?s ?p ?o } }"
NOT_UNDERSTOOD = (
    f"SELECT * {{ {UNION} ",
    f"SELECT * {{ {UNION} ) }}",
    f"SELECT * {{ {UNION} FILTER(?a<?b&&?c>?d) }}",
    f"SELECT * {{ {UNION} FILTER(?a<ex:b#>) }}\n) }}",
    f"SELECT * {{ ?s ?p '{UNION}' }}",
    f"SELECT * {{ ?s ?p ?o }} # {UNION}",
    f'SELECT * {{ {UNION} "',
    "SELECT ?x { ?x ?y 'GROUP_CONCAT(?x)' }",
    "",
)


@pytest.mark.parametrize("query", NOT_UNDERSTOOD)
def test_what_is_not_understood_stays(query: str) -> None:
    assert rewrite_only(query) == query
