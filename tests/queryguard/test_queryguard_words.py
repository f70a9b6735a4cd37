"""What the guard refuses by its words, and what only looks like it."""

from __future__ import annotations

import itertools

import pyoxigraph
import pytest

from filmgraph.errors import QueryForbiddenError, QuerySyntaxError
from filmgraph.queryguard import GuardLimits, QueryForm, check_query

LIMITS = GuardLimits()
# The engine refuses this port before it opens any connection, and says so: a call to another server without a network.
CALL = "<http://127.0.0.1:1/>"


def check(text: str, graphs: tuple[str, ...] = ()) -> QueryForm:
    return check_query(text, LIMITS, graphs)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", QueryForm.SELECT),
        ("select*{?s ?p ?o}", QueryForm.SELECT),
        ("ASK{}", QueryForm.ASK),
        ("Construct where { ?s ?p ?o }", QueryForm.CONSTRUCT),
        ("DESCRIBE <http://example.org/>", QueryForm.DESCRIBE),
        (
            "BASE <http://select/> PREFIX ask: <http://construct/> # DESCRIBE\nPREFIX select: <x> ASK { ask:a select:b 1 }",
            QueryForm.ASK,
        ),
        ("PREFIX : <http://x/> SELECT ?ask { ?ask a :construct }", QueryForm.SELECT),
    ],
)
def test_the_form_is_told(text: str, form: QueryForm) -> None:
    assert check(text) is form


def test_two_forms_give_graphs() -> None:
    assert [form for form in QueryForm if form.gives_graph] == [QueryForm.CONSTRUCT, QueryForm.DESCRIBE]


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE {CALL} {{}} }}",
        f"SELECT * {{ service silent {CALL} {{}} }}",
        f"SELECT * {{ SeRvIcE{CALL}{{}} }}",
        f"SELECT * {{ SERVICE#\n{CALL} {{}} }}",
        f"SELECT * {{ FILTER EXISTS {{ SERVICE {CALL} {{}} }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE {CALL} {{}} }} }} }}",
        f"SELECT * {{ ?s ?p ?o LATERAL {{ SERVICE {CALL} {{}} }} }}",
        "SELECT * { VALUES ?x { <http://e/> } SERVICE ?x { } }",
        # spelled by codepoint, which the standard decodes before all else
        f"SELECT * {{ \\u0053ERVICE {CALL} {{}} }}",
        f"SELECT * {{ \\U00000053\\u0045RVICE {CALL} {{}} }}",
        # a string for the standard, and two strings with a call between them for the engine
        f'SELECT * {{ ?s ?p "\\u0022\\u0022" SERVICE {CALL} {{ ?s ?p " """ }} }}',
        # a string for the engine, and a string and a call for the standard
        f'SELECT * {{ ?s ?p "\\u0022 . SERVICE {CALL} {{ ?s ?p \\u0022" }} }}',
        # no word boundaries
        f"SELECT * {{ ?s ?p trueSERVICE{CALL}{{}} }}",
        f"SELECT * {{ ?s ?p 1SERVICE{CALL}{{}} }}",
        f"SELECT * {{ ?s ?p 1.SERVICE{CALL}{{}} }}",
        f"SELECT * {{ ?s ?p true.SERVICE{CALL}{{}} }}",
        f"SELECT * {{ SERVICESILENT{CALL}{{}} }}",
        "PREFIX : <http://127.0.0.1:1/> SELECT * { SERVICE:x { } }",
        "PREFIX : <http://127.0.0.1:1/> SELECT * { SERVICESILENT:x { } }",
        "PREFIX : <http://127.0.0.1:1/> SELECT * { ?s ?p true.SERVICE:x #{\n { } }",
        # an IRI by its signs, and a comparison, a call and a comment by its place
        "SELECT * { VALUES ?x { <http://e/> } FILTER(1<2)SERVICE?x#>\n{ } }",
        "SELECT * { FILTER(?a<?b)SERVICE?x#>\n{ } }",
    ],
)
def test_a_call_to_another_server_is_refused(text: str) -> None:
    with pytest.raises(QueryForbiddenError, match="SERVICE asks another server"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p "SERVICE <http://x/> {}" }',
        "SELECT * { ?s ?p 'LOAD' , '''INSERT ' DATA''' , \"\"\"DELETE \" \"\" WHERE\"\"\" }",
        "SELECT * { ?s ?p 'it\\'s SERVICE' , \"a \\\" SERVICE\" }",
        "SELECT * { ?s <http://example.org/SERVICE> <http://example.org/x#LOAD> }",
        "SELECT * { ?SERVICE ?load $insert . ?delete ?clear ?with }",
        "PREFIX service: <http://e/> SELECT * { ?s a service:SERVICE ; service:load service:a.with }",
        "PREFIX service: <http://e/> SELECT * { GRAPH service:g { ?s ?p ?o } }",
        "PREFIX service: <http://e/> DESCRIBE service:g { ?s ?p ?o }",
        "PREFIX e: <http://e/> SELECT * { ?s e:it\\'s 'SERVICE' ; e:a\\#SERVICE 1 }",
        "SELECT * { ?s ?p ?o # SERVICE <http://x/> { }\n }",
        "SELECT * { ?s ?p ?o } # LOAD it",
        "SELECT * { _:service ?p 'x'@load , 'x'@en-with }",
        "SELECT * { ?s ?p ?o FILTER(?o<5 && ?o>3) FILTER(?a<?b&&?c>?d) }",
        "SELECT * { ?s ?p <http://en.example.org/wiki/Here_(film)> }",
        "SELECT (1-2 AS ?x) (1 - -2 AS ?y) { ?s <http://e/a>+/^<http://e/b>*/!<http://e/c>? ?o }",
        "SELECT * { ?s ?p ?o LATERAL { ?o ?q ?r } }",
        'SELECT * { ?s ?p "" , \'\' , "" }',
    ],
)
def test_a_word_in_a_string_name_variable_or_comment_is_no_command(text: str) -> None:
    check(text)


# Without "ex:a", which makes one long name with whatever follows.
GLUE = [
    "",
    " ",
    "\n",
    "#c\n",
    ".",
    ";",
    "true",
    "false",
    "1",
    "1.",
    "1e1",
    '"x"',
    "'x'@en",
    "?v",
    "<http://e/>",
    "ex:a ",
    "_:b",
    "()",
    "[]",
    "a",
]


@pytest.mark.parametrize("word", ["SERVICE", "service ", "SERVICE SILENT ", "SERVICESILENT", "SERVICE#\n"])
@pytest.mark.parametrize("target", [CALL, "ex:x", ":x"])
def test_whatever_the_engine_reads_as_a_call_is_refused(word: str, target: str) -> None:
    prologue = "PREFIX ex: <http://127.0.0.1:1/> PREFIX : <http://127.0.0.1:1/> SELECT * "
    store = pyoxigraph.Store()
    calls = 0
    for before, after in itertools.product(GLUE, ["", " ", "#\n"]):
        for pattern in (f"{{ ?s ?p {before}{word}{target}{after}{{ }} }}", f"{{ {before}{word}{target}{after}{{ }} }}"):
            if not _parses(store, prologue + pattern):
                continue
            calls += 1
            with pytest.raises(QueryForbiddenError):
                check(prologue + pattern)
    assert calls > 5


def _parses(store: pyoxigraph.Store, text: str) -> bool:
    try:
        list(store.query(text))  # type: ignore[arg-type]
    except SyntaxError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://example.org/>",
        "load silent <http://example.org/>",
        "CLEAR ALL",
        "DROP GRAPH <a:g>",
        "CREATE GRAPH <a:g>",
        "ADD DEFAULT TO <a:g>",
        "MOVE DEFAULT TO <a:g>",
        "COPY DEFAULT TO <a:g>",
        "PREFIX select: <a:> insert data { select:ask select:b 1 }",
        "ASK {} ; DROP ALL",
        "\\u0044ROP ALL",
    ],
)
def test_an_update_is_refused(text: str) -> None:
    with pytest.raises(QueryForbiddenError, match="is an update"):
        check(text)


GRAPHS = ("https://filmgraph.example/graph/texts", "https://filmgraph.example/graph/source/films")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <https://filmgraph.example/graph/texts> { ?s ?p ?o }",
        "SELECT * FROM NAMED <https://filmgraph.example/graph/texts> FROM <https://filmgraph.example/graph/source/films> {}",
        "PREFIX g: <https://filmgraph.example/graph/> SELECT * FROM g:texts FROM NAMED g:source\\/films { ?s ?p ?o }",
        "BASE <https://filmgraph.example/graph/> SELECT * FROM <texts> { ?s ?p ?o }",
        "BASE <https://filmgraph.example/> PREFIX g: <graph/> ASK FROM g:texts { ?s ?p ?o }",
        "SELECT * FROM <https://filmgraph.example/graph/\\u0074exts> { ?s ?p ?o }",
    ],
)
def test_a_known_graph_may_be_named(text: str) -> None:
    check(text, GRAPHS)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <http://example.org/data.ttl> { ?s ?p ?o }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://example.org/> { ?s ?p ?o }",
        "SELECT * FROM#\n<http://example.org/> { ?s ?p ?o }",
        "SELECT * FROM <https://filmgraph.example/graph/texts> FROM <http://example.org/> { ?s ?p ?o }",
        "PREFIX g: <http://example.org/> SELECT * FROM g:texts { ?s ?p ?o }",
        "SELECT * FROM g:texts { ?s ?p ?o }",
        "SELECT * FROM <texts> { ?s ?p ?o }",
    ],
)
def test_any_other_graph_is_refused_by_name(text: str) -> None:
    with pytest.raises(QueryForbiddenError, match=r"there is no graph .* here; the named graphs are: https://filmgraph"):
        check(text, GRAPHS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no query"),
        ("   # SELECT * { }", "there is no query"),
        ("{ ?s ?p ?o }", "there is no query"),
        ("PREFIX select: <http://x/>", "there is no query"),
        ('ASK {\n ?s ?p "open }', "line 2, column 8: a string is opened and not closed"),
        ("ASK { ?s ?p '''open' }", "line 1, column 13: a string"),
        ("ASK { ?s ?p '\\uD800' }", "is no character"),
        ("ASK { ?s ?p '\\UFFFFFFFF' }", "is no character"),
        ("BASE <http://[> ASK FROM <b> {}", "is no IRI"),
    ],
)
def test_what_is_no_query_is_a_syntax_error_with_its_place(text: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message):
        check(text)


def test_a_refusal_names_line_and_column() -> None:
    with pytest.raises(QueryForbiddenError, match=r"^line 3, column 3: SERVICE"):
        check("SELECT *\n{\n  SERVICE <http://e/> {} }")
