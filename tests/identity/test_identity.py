from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.identity import Identities, RegistryRow, identify, load_registry, registry_csv
from filmgraph.iris import Kind, is_key, slugify
from filmgraph.model import Auditorium, Credit, Fact, Movie, PartialDate, Person, Ref, ScreeningEvent, Text, Thing

DAY = "2026-11-22"
HERE = SourcePlace("page.txt", 3)


def movie(name: str, year: int | None, key: str | None = None, *credits: Credit, other_title: str = "") -> Movie:
    return Movie(
        ref=Ref(Kind.FILM, name, year, key=key),
        place=HERE,
        name=(Fact(Text(name), HERE),),
        alternate_name=(Fact(Text(other_title), HERE),) if other_title else (),
        date_created=(Fact(PartialDate(str(year)), HERE),) if year else (),
        credit=tuple(Fact(each, HERE) for each in credits),
    )


def showing(of: Ref, number: int = 1) -> ScreeningEvent:
    return ScreeningEvent(ref=Ref(Kind.SCREENING, f"s{number}", key=f"s{number}"), place=HERE, work_presented=(Fact(of, HERE),))


def run(*records: Thing, registry: tuple[RegistryRow, ...] = ()) -> Identities:
    return identify(records, registry, DAY)


def test_a_film_is_named_by_title_and_year() -> None:
    assert run(movie("Here", 2023)).key(Ref(Kind.FILM, "Here", 2023)) == "here-2023"


def test_films_of_one_title_and_two_years_are_two() -> None:
    ids = run(movie("Here", 2023), movie("Here", 2024))
    assert {ids.key(Ref(Kind.FILM, "Here", year)) for year in (2023, 2024)} == {"here-2023", "here-2024"}


def test_a_page_finds_the_film_that_a_table_gave_a_key() -> None:
    ids = run(movie("Ici", 2023, "here-2023", other_title="Here"), movie("Here", 2023))
    assert ids.key(Ref(Kind.FILM, "Here", 2023)) == "here-2023"


def test_a_key_column_wins_even_when_the_page_is_read_first() -> None:
    ids = run(movie("Here", 2023), movie("Here", 2023, "the-moss-film"))
    assert ids.key(Ref(Kind.FILM, "Here", 2023)) == "the-moss-film"


def test_a_screening_may_name_a_film_without_its_year_when_there_is_one() -> None:
    ids = run(movie("Here", 2023, "here-2023"), showing(Ref(Kind.FILM, "here")))
    assert ids.key(Ref(Kind.FILM, "here")) == "here-2023"
    assert not ids.findings


def test_a_film_without_its_year_is_the_same_one_in_the_next_build() -> None:
    records = movie("Here", 2023), showing(Ref(Kind.FILM, "Here"))
    first = run(*records)
    again = run(*records, registry=first.registry)
    assert again.key(Ref(Kind.FILM, "Here")) == first.key(Ref(Kind.FILM, "Here")) == "here-2023"
    assert again.registry == first.registry


def test_a_film_without_its_year_may_stand_before_the_film() -> None:
    ids = run(showing(Ref(Kind.FILM, "Here")), movie("Here", 2023))
    assert ids.key(Ref(Kind.FILM, "Here")) == "here-2023"


def test_a_title_that_two_films_share_is_asked_about() -> None:
    ids = run(movie("Here", 2023, "here-2023"), movie("Here", 2024, "here-2024"), showing(Ref(Kind.FILM, "Here")))
    (finding,) = [each for each in ids.findings if each.rule == "identity-ambiguous"]
    assert finding.severity is Severity.VIOLATION
    assert "here-2023 or here-2024" in finding.message
    assert finding.places == (HERE,)


def test_people_of_one_name_are_one_person_whatever_the_case() -> None:
    credit = Credit("director", Ref(Kind.PERSON, "Bas Devos"))
    ids = run(movie("A", 2001, None, credit), Person(ref=Ref(Kind.PERSON, "BAS  devos"), place=HERE))
    assert ids.key(Ref(Kind.PERSON, "Bas Devos")) == ids.key(Ref(Kind.PERSON, "BAS  devos")) == "bas-devos"


def test_names_that_differ_in_accents_only_stay_two_and_are_asked_about() -> None:
    ids = run(Person(ref=Ref(Kind.PERSON, "Špela Tušar"), place=HERE), Person(ref=Ref(Kind.PERSON, "Spela Tusar"), place=HERE))
    assert ids.key(Ref(Kind.PERSON, "Špela Tušar")) != ids.key(Ref(Kind.PERSON, "Spela Tusar"))
    assert [each.rule for each in ids.findings] == ["identity-question"]


def test_films_of_one_title_a_year_apart_are_asked_about() -> None:
    assert [each.rule for each in run(movie("Violet", 2013), movie("Violet", 2014)).findings] == ["identity-question"]
    assert not run(movie("Violet", 2013), movie("Violet", 2018)).findings


def test_halls_of_one_name_belong_to_their_venues() -> None:
    halls = [Ref(Kind.HALL, "Hall 1", within=Ref(Kind.VENUE, name)) for name in ("Odeon", "Rex")]
    ids = run(*(Auditorium(ref=hall, place=HERE) for hall in halls))
    assert [ids.key(hall) for hall in halls] == ["odeon-hall-1", "rex-hall-1"]


def test_credit_numbers_are_frozen_once_minted() -> None:
    first, second = (Credit("actor", Ref(Kind.PERSON, name)) for name in ("Ada", "Bo"))
    before = run(movie("Here", 2023, None, first))
    after = run(movie("Here", 2023, None, second, first), registry=before.registry)
    film = Ref(Kind.FILM, "Here", 2023)
    assert after.credit_key(film, first) == before.credit_key(film, first) == "here-2023-actor-1"
    assert after.credit_key(film, second) == "here-2023-actor-2"


def test_minting_again_changes_nothing() -> None:
    credit = Credit("director", Ref(Kind.PERSON, "Bas Devos"))
    records = (movie("Here", 2023, None, credit), showing(Ref(Kind.FILM, "Here", 2023)))
    first = run(*records)
    assert run(*records, registry=first.registry).registry == first.registry
    assert identify(records, first.registry, "2030-01-01").registry == first.registry


def test_a_key_survives_a_change_of_order() -> None:
    two = (movie("Here", 2023), movie("Here!", 2023))
    first = run(*two)
    again = run(*reversed(two), registry=first.registry)
    assert [again.key(each.ref) for each in two] == [first.key(each.ref) for each in two] == ["here-2023", "here-2023-2"]


def test_a_merged_key_leads_to_its_survivor() -> None:
    row = RegistryRow("person", "b-devos", "b. devos", DAY, "merged:bas-devos")
    ref = Ref(Kind.PERSON, "B. Devos")
    assert run(Person(ref=ref, place=HERE), registry=(row,)).key(ref) == "bas-devos"


def test_a_key_that_cannot_stand_in_an_iri_is_refused_with_its_place() -> None:
    (finding,) = run(movie("Here", 2023, "here 2023!")).findings
    assert (finding.rule, finding.severity, finding.places) == ("identity-key", Severity.VIOLATION, (HERE,))


def test_the_registry_reads_back_what_it_wrote(tmp_path: Path) -> None:
    rows = run(movie('Quote " and, comma', 1999)).registry
    path = tmp_path / "ids.csv"
    path.write_text(registry_csv(rows), encoding="utf-8")
    assert load_registry(path) == tuple(sorted(rows))
    assert load_registry(tmp_path / "absent.csv") == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("key,kind\n", "line 1"),
        ("kind,key,source_key,minted,status\nfilm,a b,x,2026-01-01,active\n", "row 2"),
        ("kind,key,source_key,minted,status\nfilm,ab,x,2026-01-01,gone\n", "row 2"),
        ("kind,key,source_key,minted,status\nfilm,ab\n", "row 2"),
    ],
)
def test_a_damaged_registry_is_refused_with_the_row(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "ids.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInputError, match=where):
        load_registry(path)


@given(st.lists(st.tuples(st.text(min_size=1), st.integers(1900, 2030) | st.none()), max_size=8))
def test_any_titles_get_valid_keys_of_their_own(titles: list[tuple[str, int | None]]) -> None:
    ids = run(*(movie(title, year) for title, year in titles))
    by_signature = {(row.kind, row.source_key): row.key for row in ids.registry}
    assert len(set(by_signature.values())) == len(by_signature)
    assert all(is_key(key) for key in by_signature.values())


@given(st.text())
def test_every_text_has_a_slug(text: str) -> None:
    assert is_key(slugify(text))
    assert slugify(slugify(text)) == slugify(text)
