from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from filmgraph.dumps_lines import LineTriples
from filmgraph.findings import Severity, SourcePlace
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Statement
from filmgraph.model import Certainty
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, XSD
from filmgraph.resolve import Places, Resolution, resolve

IRIS = IriScheme("https://example.org/")
FILM = IRIS.thing(Kind.FILM, "violet-2013")
CREDIT = IRIS.thing(Kind.CREDIT, "violet-2013-director-1")
PERSON = IRIS.thing(Kind.PERSON, "bas-devos")
RANKS = {"festival": 1, "press": 2}


def state(
    predicate: str,
    value: str | int | NamedNode,
    source: str = "festival",
    line: int = 1,
    subject: str = FILM,
    *,
    certainty: Certainty = Certainty.STATED,
    reason: str = "",
    language: str | None = None,
    is_text: bool = False,
    cited: tuple[str, ...] = (),
) -> Statement:
    literal = Literal(value, language=language) if isinstance(value, str) else Literal(value) if isinstance(value, int) else None
    term = literal or value
    assert not isinstance(term, str | int)
    place = SourcePlace(f"{source}.txt", line)
    return Statement(NamedNode(subject), NamedNode(predicate), term, source, place, certainty, reason, cited, is_text)


def year(value: str, source: str, line: int = 1, certainty: Certainty = Certainty.STATED) -> Statement:
    term = Literal(value, datatype=NamedNode(XSD.gYear))
    return Statement(NamedNode(FILM), NamedNode(SCHEMA.dateCreated), term, source, SourcePlace(f"{source}.txt", line), certainty)


def values(triples: Iterable[Triple], predicate: str, subject: str = FILM) -> set[str]:
    return {
        t.object.value
        for t in triples
        if t.predicate.value == predicate and t.subject == NamedNode(subject) and isinstance(t.object, NamedNode | Literal)
    }


def run(*statements: Statement) -> Resolution:
    return resolve(statements, RANKS, IRIS)


def test_the_source_with_the_smaller_precedence_is_published() -> None:
    result = run(year("2014", "press"), year("2013", "festival"))
    assert values(result.published, SCHEMA.dateCreated) == {"2013"}


def test_the_overruled_value_stays_in_its_source_graph() -> None:
    result = run(year("2014", "press"), year("2013", "festival"))
    assert values(result.sources["press"], SCHEMA.dateCreated) == {"2014"}


def test_a_conflict_is_reported_with_both_places() -> None:
    (finding,) = run(year("2014", "press", 9), year("2013", "festival", 4)).findings
    assert (finding.rule, finding.severity, finding.value) == ("resolve-conflict", Severity.WARNING, "2014")
    assert [str(place) for place in finding.places] == ["festival.txt, line 4", "press.txt, line 9"]


def test_sources_that_agree_make_no_conflict() -> None:
    result = run(year("2013", "press"), year("2013", "festival"))
    assert not result.findings
    assert len(set(result.provenance)) > len(set(run(year("2013", "press")).provenance))


def test_a_stated_value_beats_an_inferred_one_of_the_same_source() -> None:
    result = run(year("2014", "festival", 1, Certainty.INFERRED), year("2013", "festival", 2))
    assert values(result.published, SCHEMA.dateCreated) == {"2013"}


def test_one_source_that_contradicts_itself_publishes_both_for_the_shapes_to_refuse() -> None:
    assert values(run(year("2013", "festival", 1), year("2014", "festival", 2)).published, SCHEMA.dateCreated) == {"2013", "2014"}


def test_values_of_repeatable_properties_are_joined() -> None:
    result = run(state(SCHEMA.inLanguage, "nl"), state(SCHEMA.inLanguage, "fr", "press"))
    assert values(result.published, SCHEMA.inLanguage) == {"nl", "fr"}
    assert not result.findings


def test_a_name_in_another_language_is_no_rival() -> None:
    assert not run(state(SCHEMA.name, "Hier"), state(SCHEMA.name, "Here", "press", language="en")).findings


def test_a_mentioned_name_gives_way_to_a_described_one_without_a_complaint() -> None:
    mention = replace(state(SCHEMA.name, "VIOLET", "festival"), is_mention=True)
    result = run(mention, state(SCHEMA.name, "Violet", "press"))
    assert values(result.published, SCHEMA.name) == {"Violet"}
    assert not result.findings
    assert values(run(mention).published, SCHEMA.name) == {"VIOLET"}


def credit(source: str = "festival", certainty: Certainty = Certainty.STATED, reason: str = "") -> list[Statement]:
    given = {"source": source, "certainty": certainty, "reason": reason}
    return [
        state(FG.credit, NamedNode(CREDIT), **given),  # type: ignore[arg-type]
        state(RDF.type, NamedNode(SCHEMA.Role), subject=CREDIT, **given),  # type: ignore[arg-type]
        state(SCHEMA.roleName, NamedNode(IRIS.thing(Kind.ROLE, "director")), subject=CREDIT, **given),  # type: ignore[arg-type]
        state(SCHEMA.director, NamedNode(PERSON), subject=CREDIT, **given),  # type: ignore[arg-type]
        state(FG.billing, 1, subject=CREDIT, **given),  # type: ignore[arg-type]
    ]


def test_a_credit_gives_its_direct_edge() -> None:
    assert values(run(*credit()).published, SCHEMA.director) == {PERSON}


def test_a_credit_from_two_sources_names_both_and_is_as_certain_as_the_better() -> None:
    result = run(*credit(certainty=Certainty.INFERRED, reason="the label is lost"), *credit("press"))
    assert values(result.published, FG.certainty, CREDIT) == {FG.stated}
    assert values(result.published, PROV.wasDerivedFrom, CREDIT) == {IRIS.thing(Kind.SOURCE, s) for s in ("festival", "press")}
    assert not values(result.published, FG.reason, CREDIT)


def test_an_inferred_credit_says_why() -> None:
    result = run(*credit(certainty=Certainty.INFERRED, reason="the label is lost"))
    assert values(result.published, FG.reason, CREDIT) == {"the label is lost"}


def test_a_character_name_from_another_source_tells_its_own_origin() -> None:
    external = state(SCHEMA.characterName, "Stefan", "press", 9, CREDIT, certainty=Certainty.EXTERNAL)
    result = run(*credit(), external)
    assert values(result.published, FG.certainty, CREDIT) == {FG.stated}
    node = IRIS.statement(CREDIT, SCHEMA.characterName, str(Literal("Stefan")), "press")
    assert values(result.provenance, FG.certainty, node) == {FG.external}
    explained = {t.object for t in result.provenance if t.predicate.value == RDF.predicate}
    assert explained == {NamedNode(FG.credit), NamedNode(SCHEMA.characterName)}


def test_prose_goes_to_the_texts_graph_alone() -> None:
    text = IRIS.thing(Kind.TEXT, "violet-2013-synopsis")
    result = run(
        state(SCHEMA.text, "Long prose", subject=text, is_text=True),
        state(RDF.type, NamedNode(SCHEMA.CreativeWork), subject=text, is_text=True),
    )
    assert values(result.texts, SCHEMA.text, text) == {"Long prose"}
    everything_else = [*result.published, *result.provenance, *(t for graph in result.sources.values() for t in graph)]
    assert not [t for t in everything_else if "Long prose" in str(t)]
    assert values(result.texts, PROV.wasDerivedFrom, text) == {IRIS.thing(Kind.SOURCE, "festival")}


def test_every_fact_tells_its_place_certainty_and_fate() -> None:
    result = run(year("2014", "press", 9), year("2013", "festival", 4))
    node = IRIS.statement(FILM, SCHEMA.dateCreated, str(Literal("2014", datatype=NamedNode(XSD.gYear))), "press")
    assert values(result.provenance, FG.placeLabel, node) == {"press.txt, line 9"}
    assert values(result.provenance, FG.place, node) == {IRIS.thing(Kind.SOURCE, "press") + "#line=8,9"}
    assert values(result.provenance, FG.outcome, node) == {"overruled"}
    assert values(result.provenance, FG.certainty, node) == {FG.stated}


def test_one_fact_in_two_lines_of_a_source_is_one_node_with_two_places() -> None:
    result = run(state(SCHEMA.inLanguage, "nl", line=7), state(SCHEMA.inLanguage, "nl", line=60))
    labels = [t.object.value for t in result.provenance if t.predicate.value == FG.placeLabel and isinstance(t.object, Literal)]
    assert sorted(labels) == ["festival.txt, line 60", "festival.txt, line 7"]
    assert len({t.subject for t in result.provenance}) == 1


def test_provenance_can_be_read_again_and_holds_each_triple_once() -> None:
    sheet = SourcePlace("films.csv", 7, 7, "title"), SourcePlace("films.csv", 7, 7, "english")
    first = state(SCHEMA.inLanguage, "nl")
    result = run(*(replace(first, place=place) for place in sheet), state(SCHEMA.inLanguage, "nl", "press"))
    triples = list(result.provenance)
    assert triples == list(result.provenance)
    assert len(triples) == len(set(triples))
    labels = {t.object.value for t in triples if t.predicate.value == FG.placeLabel and isinstance(t.object, Literal)}
    assert {"films.csv, row 7, column title", "films.csv, row 7, column english"} < labels


@given(st.text(), st.text(), st.sampled_from([None, "nl"]))
def test_provenance_is_written_as_the_engine_writes_triples(value: str, reason: str, language: str | None) -> None:
    said = state(SCHEMA.award, value, line=3, language=language, certainty=Certainty.EXTERNAL, reason=reason, cited=("archive",))
    odd = replace(said, source_id="press", place=SourcePlace(f"{value}.csv", 7, 7, reason))
    provenance = run(said, replace(said, place=SourcePlace("more.txt", 9)), odd).provenance
    assert isinstance(provenance, LineTriples)
    triples = list(provenance)
    assert b"".join(provenance.iter_blocks()) == serialize(triples, format=RdfFormat.N_TRIPLES)
    assert len(provenance) == len(set(triples)) == len(triples)
    assert {t.object for t in triples if t.predicate.value == RDF.object} == {said.object_}


def test_a_cited_source_is_named_with_the_table_that_cites_it() -> None:
    result = run(state(SCHEMA.inLanguage, "nl", cited=("archive",)))
    assert {t.object for t in result.provenance if t.predicate.value == PROV.wasDerivedFrom} == {
        NamedNode(IRIS.thing(Kind.SOURCE, each)) for each in ("festival", "archive")
    }


def test_an_award_node_is_also_told_in_words() -> None:
    award, series = IRIS.thing(Kind.AWARD, "a"), IRIS.thing(Kind.SERIES, "berlinale")
    result = run(
        state(FG.award, NamedNode(award)),
        state(SCHEMA.name, "Best film", subject=award),
        state(SCHEMA.superEvent, NamedNode(series), subject=award),
        state(SCHEMA.name, "Berlinale", subject=series),
    )
    assert values(result.published, SCHEMA.award) == {"Best film, Berlinale"}


def screening(*more: Statement) -> Resolution:
    iri = IRIS.thing(Kind.SCREENING, "s1")
    return run(
        state(RDF.type, NamedNode(SCHEMA.ScreeningEvent), subject=iri),
        state(SCHEMA.workPresented, NamedNode(FILM), subject=iri),
        state(SCHEMA.location, NamedNode(IRIS.thing(Kind.HALL, "h")), subject=iri),
        state(SCHEMA.name, "Violet"),
        *more,
    )


def test_a_screening_is_called_after_its_film_and_is_scheduled_unless_said_otherwise() -> None:
    iri = IRIS.thing(Kind.SCREENING, "s1")
    result = screening()
    assert values(result.published, SCHEMA.name, iri) == {"Violet"}
    assert values(result.published, SCHEMA.eventStatus, iri) == {SCHEMA.EventScheduled}
    assert values(result.published, SCHEMA.eventAttendanceMode, iri) == {SCHEMA.OfflineEventAttendanceMode}
    cancelled = screening(state(SCHEMA.eventStatus, NamedNode(SCHEMA.EventCancelled), subject=iri))
    assert values(cancelled.published, SCHEMA.eventStatus, iri) == {SCHEMA.EventCancelled}


def test_places_fall_back_from_value_to_property_to_thing_to_what_refers_to_it() -> None:
    places = Places([year("2013", "festival", 4), year("2014", "press", 9), state(FG.credit, NamedNode(CREDIT), line=12)])
    assert [str(p) for p in places.locate(FILM, SCHEMA.dateCreated, "2014")] == ["press.txt, line 9"]
    assert len(places.locate(FILM, SCHEMA.dateCreated, "1999")) == 2
    assert len(places.locate(FILM, SCHEMA.genre)) == 3
    assert [str(p) for p in places.locate(CREDIT)] == ["festival.txt, line 12"]
    assert places.locate("https://example.org/id/film/absent") == ()


def test_the_order_of_the_statements_does_not_matter() -> None:
    statements = [year("2014", "press"), year("2013", "festival"), *credit(), *credit("press"), state(SCHEMA.inLanguage, "nl")]
    forward, backward = run(*statements), run(*reversed(statements))
    assert (forward.published, set(forward.provenance)) == (backward.published, set(backward.provenance))
    assert set(forward.findings) == set(backward.findings)
