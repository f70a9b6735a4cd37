"""Films and people under several keys: what is joined, what is asked, what a decision does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from filmgraph.decisions import Decision
from filmgraph.findings import Severity, SourcePlace
from filmgraph.identity import Identities, RegistryRow, gather_mentions, identify_mentions
from filmgraph.iris import Kind
from filmgraph.model import Character, Credit, Fact, Identifier, Minutes, Movie, PartialDate, Person, Ref, Text, Thing

DAY = "2026-11-22"
NORTH, SOUTH = SourcePlace("north.csv", row=2), SourcePlace("south.csv", row=2)


def film(name: str, year: int, director: str, place: SourcePlace, *, key: str | None = None, imdb: str = "") -> Movie:
    return Movie(
        ref=Ref(Kind.FILM, name, year, key=key),
        place=place,
        name=(Fact(Text(name), place),),
        date_created=(Fact(PartialDate(str(year)), place),),
        duration=(Fact(Minutes(91), place),),
        identifier=(Fact(Identifier("imdb", imdb), place),) if imdb else (),
        credit=(Fact(Credit("director", Ref(Kind.PERSON, director)), place),),
    )


LANTERN = film("The Paper Lantern", 1999, "Łucja Żarnowska", NORTH)
TWIN = film("Paper Lantern, The", 1999, "Zarnowska, Lucja", SOUTH)
OTHER_TITLE = film("Papierowa latarnia", 1999, "Łucja Żarnowska", SOUTH)
A, B, C = "the-paper-lantern-1999", "paper-lantern-the-1999", "papierowa-latarnia-1999"


def run(*sources: Sequence[Thing], registry: tuple[RegistryRow, ...] = (), decisions: tuple[Decision, ...] = ()) -> Identities:
    return identify_mentions([gather_mentions(each) for each in sources], registry, DAY, decisions)


def statuses(identities: Identities, kind: str = "film") -> dict[str, str]:
    return {row.key: row.status for row in identities.registry if row.kind == kind}


def decide(a: str, b: str, answer: str, kind: str = "film", row: int = 2) -> Decision:
    return Decision(kind, a, b, answer, "ida", DAY, row=row)


def rules(identities: Identities) -> list[str]:
    return [each.rule for each in identities.findings]


def test_films_that_are_certainly_one_get_one_key_and_the_reader_is_told_why() -> None:
    ids = run([LANTERN], [TWIN])
    assert ids.key(TWIN.ref) == ids.key(LANTERN.ref) == A
    assert statuses(ids) == {A: "active", B: f"merged:{A}"}
    finding = next(each for each in ids.findings if each.value == B)
    assert (finding.rule, finding.severity, finding.places) == ("identity-merged", Severity.INFO, (NORTH, SOUTH))
    assert "a title is the same" in finding.message
    assert f"filmgraph decide {A} {B} different" in finding.message


def test_people_credited_with_the_same_by_two_sources_are_one() -> None:
    ids = run([LANTERN], [TWIN])
    assert statuses(ids, "person") == {"lucja-zarnowska": "active", "zarnowska-lucja": "merged:lucja-zarnowska"}
    assert [row.key for row in ids.registry if row.kind == "credit"] == [f"{A}-director-1"]


def test_a_doubtful_pair_is_asked_about_in_words() -> None:
    ids = run([LANTERN], [OTHER_TITLE])
    assert statuses(ids) == {A: "active", C: "active"}
    (question,) = ids.questions
    assert {question.a.key, question.b.key} == {A, C}
    (finding,) = [each for each in ids.findings if each.rule == "identity-question"]
    assert finding.severity is Severity.WARNING
    for words in (
        "'The Paper Lantern' (1999) [north.csv, row 2]",
        "the same director",
        "Against it: no title",
        "filmgraph decide",
    ):
        assert words in finding.message


def test_the_answer_same_joins_and_different_silences() -> None:
    same = run([LANTERN], [OTHER_TITLE], decisions=(decide(C, A, "same"),))
    assert same.key(OTHER_TITLE.ref) == A
    assert not same.questions
    assert "decided by ida on 2026-11-22 in decisions.csv, row 2" in same.findings[0].message
    different = run([LANTERN], [OTHER_TITLE], decisions=(decide(A, C, "different"),))
    assert statuses(different) == {A: "active", C: "active"}
    assert not different.questions
    assert not different.findings


def test_what_was_joined_stays_joined_when_the_reasons_are_gone() -> None:
    first = run([LANTERN], [TWIN])
    changed = replace(TWIN, duration=(), credit=())
    again = run([LANTERN], [changed], registry=first.registry)
    assert again.key(changed.ref) == A
    assert statuses(again) == {A: "active", B: f"merged:{A}"}


def test_different_takes_a_merge_back_and_gives_the_key_back() -> None:
    first = run([LANTERN], [TWIN])
    undone = run([LANTERN], [TWIN], registry=first.registry, decisions=(decide(A, B, "different"),))
    assert undone.key(TWIN.ref) == B
    assert statuses(undone) == {A: "active", B: "active"}
    assert run([LANTERN], [TWIN], registry=undone.registry).key(TWIN.ref) == A


def test_a_key_of_the_sources_own_follows_a_merge_too() -> None:
    keyed = film("Paper Lantern", 1999, "Łucja Żarnowska", SOUTH, key="f-17")
    ids = run([LANTERN], [keyed])
    assert ids.key(keyed.ref) == A
    assert statuses(ids)["f-17"] == f"merged:{A}"


def test_the_older_key_is_kept_whatever_source_is_trusted_more() -> None:
    before = run([TWIN])
    ids = run([LANTERN], [TWIN], registry=tuple(row._replace(minted="2020-01-01") for row in before.registry))
    assert statuses(ids) == {A: f"merged:{B}", B: "active"}


def test_what_is_named_after_a_film_keeps_its_key_when_the_film_gets_another() -> None:
    character = Character(ref=Ref(Kind.CHARACTER, "Ewa", within=TWIN.ref), place=SOUTH)
    before = run([], [TWIN, character], registry=())
    known = tuple(row._replace(minted="2026-01-01") for row in run([LANTERN]).registry)
    merged = run([LANTERN], [TWIN, character], registry=(*known, *before.registry))
    assert merged.key(TWIN.ref) == A
    assert merged.key(character.ref) == f"{B}-ewa"
    assert (f"ewa|film:{A}", f"{B}-ewa") in [(row.source_key, row.key) for row in merged.registry]
    credits = {row.source_key: (row.key, row.status) for row in merged.registry if row.kind == "credit"}
    assert credits[f"{A}|director|person:lucja-zarnowska"] == (f"{A}-director-1", "active")
    assert credits[f"{B}|director|person:zarnowska-lucja"] == (f"{B}-director-1", f"merged:{A}-director-1")
    undone = run([LANTERN], [TWIN, character], registry=merged.registry, decisions=(decide(A, B, "different"),))
    assert {row.status for row in undone.registry if row.kind == "credit" and row.key.startswith(B)} == {"active"}


def test_films_with_different_numbers_are_asked_about_and_never_joined() -> None:
    ids = run(
        [film("Glass Harbour", 2010, "Ida Norr", NORTH, imdb="tt1")], [film("Glass Harbour", 2011, "Ida Norr", SOUTH, imdb="tt2")]
    )
    assert set(statuses(ids).values()) == {"active"}
    (finding,) = ids.findings
    assert finding.rule == "identity-conflict"
    assert "the IMDb numbers differ (tt1 and tt2)" in finding.message


def test_a_third_film_does_not_join_two_with_different_numbers() -> None:
    middle = film("Glass Harbour", 2011, "Ida Norr", NORTH)
    first, last = (film("Glass Harbour", year, "Ida Norr", SOUTH, imdb=code) for year, code in ((2010, "tt1"), (2012, "tt2")))
    ids = run([middle], [first], [last])
    merged = [key for key, status in statuses(ids).items() if status != "active"]
    assert len(merged) == 1
    assert "identity-question" in rules(ids) or "identity-conflict" in rules(ids)


def test_a_film_with_another_number_is_not_joined_to_one_of_its_title_and_year() -> None:
    keyed = film("Salt", 2011, "Ida Norr", NORTH, key="f-1", imdb="tt1")
    ids = run([keyed], [film("Salt", 2011, "Ida Norr", SOUTH, imdb="tt2")])
    assert ids.key(Ref(Kind.FILM, "Salt", 2011)) == "salt-2011"
    assert [each.rule for each in ids.findings] == ["identity-conflict"]
    assert run([keyed], [film("Salt", 2011, "Ida Norr", SOUTH, imdb="tt1")]).key(Ref(Kind.FILM, "Salt", 2011)) == "f-1"
    again = run([keyed], [film("Salt", 2011, "Ida Norr", SOUTH, imdb="tt2")], registry=ids.registry)
    assert (again.registry, again.keys) == (ids.registry, ids.keys)


def test_one_film_with_two_numbers_is_reported() -> None:
    ids = run([film("Salt", 2011, "Ida Norr", NORTH, imdb="tt1")], [film("Salt", 2011, "Ida Norr", SOUTH, imdb="tt2")])
    (finding,) = ids.findings
    assert finding.rule == "identity-conflict"
    assert "several IMDb numbers: tt1, tt2" in finding.message


def test_decisions_that_contradict_each_other_block_the_release() -> None:
    decisions = (decide(A, B, "same"), decide(B, C, "same", row=3), decide(A, C, "different", row=4))
    ids = run([LANTERN], [TWIN], [replace(OTHER_TITLE, place=SOUTH)], decisions=decisions)
    (finding,) = [each for each in ids.findings if each.rule == "identity-decision"]
    assert finding.severity is Severity.VIOLATION
    assert str(finding.places[0]) == "decisions.csv, row 3"


def test_a_decision_about_a_key_that_nothing_has_is_reported() -> None:
    ids = run([LANTERN], decisions=(decide(A, "no-such-film", "same"),))
    assert [(each.rule, each.value) for each in ids.findings if each.rule == "identity-decision"] == [
        ("identity-decision", "no-such-film")
    ]


def test_an_ambiguous_title_is_none_when_the_films_are_one() -> None:
    mention = Person(ref=Ref(Kind.PERSON, "Nobody"), place=SOUTH)
    titled = [
        replace(LANTERN, ref=Ref(Kind.FILM, "The Paper Lantern", 1999, key=key), place=place)
        for key, place in (("x", NORTH), ("y", SOUTH))
    ]
    showing = Character(ref=Ref(Kind.CHARACTER, "Ewa", within=Ref(Kind.FILM, "The Paper Lantern")), place=SOUTH)
    ids = run([titled[0]], [titled[1]], [mention, showing])
    assert ids.key(Ref(Kind.FILM, "The Paper Lantern")) == "x"
    assert "identity-ambiguous" not in rules(ids)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_records_changes_neither_keys_nor_findings(seed: int) -> None:
    north = [LANTERN, film("Salt", 2011, "Ida Norr", NORTH), film("Rust", 2012, "Ida Norr", NORTH)]
    south = [TWIN, film("Sel", 2011, "Norr, Ida", SOUTH), film("Rust!", 2013, "Norr, I.", SOUTH)]
    first = run(north, south)
    for each in (north, south):
        random.Random(seed).shuffle(each)
    again = run(north, south)
    assert (again.registry, again.keys) == (first.registry, first.keys)
    assert set(again.findings) == set(first.findings)
