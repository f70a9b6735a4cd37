"""Rows for the drawings of a person: films, roles and co-workers, bounded and in a fixed order."""

from __future__ import annotations

from filmgraph.careers import CareerReader, count_roles
from filmgraph.namespaces import SCHEMA
from filmgraph.vocabulary import Vocabulary
from tests.drawings.conftest import EVIL, IRIS, SmallStore


def reader(store: SmallStore, vocabulary: Vocabulary, key: str = "ann") -> CareerReader:
    return CareerReader(store, IRIS, vocabulary, key)


def test_films_are_in_order_with_all_roles(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    rows = reader(store, loaded_vocabulary).filmography(9)
    assert [(each.film.name, each.year, each.roles) for each in rows.films] == [
        ("One", "1998", ("Director", "Screenwriter")),
        (EVIL, "2003", ("Director",)),
        ("Three", "2003", ("Director",)),
    ]
    assert (rows.person.name, rows.dated, rows.total) == ("Ann Ås", 3, 4)


def test_the_newest_films_are_kept(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    rows = reader(store, loaded_vocabulary).filmography(2)
    assert [each.year for each in rows.films] == ["2003", "2003"]
    assert rows.dated == 3


def test_who_shares_most_films_comes_first_with_what_they_did(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    rows = reader(store, loaded_vocabulary).collaboration(9, 9)
    assert [(each.person.name, each.film_total, each.roles) for each in rows.co_workers] == [
        ("Bo", 4, ("Cast member",)),
        ("Cy", 2, ("Editor",)),
        (EVIL, 1, ("Cast member",)),
    ]
    assert (rows.film_total, rows.co_worker_total) == (4, 3)


def test_films_of_others_do_not_count(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    rows = reader(store, loaded_vocabulary).collaboration(9, 9)
    assert "Elsewhere" not in [each.film.name for each in rows.films]
    assert "Eve" not in [each.person.name for each in rows.co_workers]


def test_what_is_left_out_is_counted(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    rows = reader(store, loaded_vocabulary).collaboration(2, 1)
    assert [each.film.name for each in rows.films] == ["One"]
    assert [each.person.name for each in rows.co_workers] == ["Bo", "Cy"]
    assert all(each.film_iris == (rows.films[0].film.iri,) for each in rows.co_workers)
    assert (rows.co_worker_total, rows.film_total) == (3, 4)


def test_films_are_chosen_so_that_nobody_stands_unlinked(fresh_store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    for n in range(6):
        fresh_store.film(f"f{n}", f"F{n}", "2000")
        fresh_store.credit(f"f{n}", "director", SCHEMA.director, "ann")
        for who in ("x", "y"):
            fresh_store.credit(f"f{n}", "actor", SCHEMA.actor, who)
    fresh_store.credit("f5", "actor", SCHEMA.actor, "z")
    fresh_store.film("g", "G", "2001")
    fresh_store.credit("g", "director", SCHEMA.director, "ann")
    fresh_store.credit("g", "actor", SCHEMA.actor, "w")
    rows = reader(fresh_store, loaded_vocabulary).collaboration(4, 2)
    assert [each.film.name for each in rows.films] == ["F5", "G"]
    assert [each.person.key for each in rows.co_workers] == ["x", "y", "w", "z"]


def test_among_equals_who_works_nearest_to_the_direction_comes_first(
    fresh_store: SmallStore, loaded_vocabulary: Vocabulary
) -> None:
    fresh_store.film("f", "F")
    fresh_store.credit("f", "actor", SCHEMA.actor, "ann")
    for role, edge, who in (
        ("cinematographer", SCHEMA.contributor, "a"), ("actor", SCHEMA.actor, "b"), ("director", SCHEMA.director, "z"),
    ):  # fmt: skip
        fresh_store.credit("f", role, edge, who)
    rows = reader(fresh_store, loaded_vocabulary).collaboration(9, 9)
    assert [each.person.key for each in rows.co_workers] == ["z", "b", "a"]


def test_a_film_costs_one_look_up_however_many_made_it(fresh_store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    films, kept = 50, 3
    for n in range(films):
        fresh_store.film(f"f{n}", f"F{n}", str(1950 + n))
        fresh_store.credit(f"f{n}", "director", SCHEMA.director, "ann")
        for who in range(10):
            fresh_store.credit(f"f{n}", "actor", SCHEMA.actor, f"p{n}-{who}")
    before = fresh_store.look_ups
    reader(fresh_store, loaded_vocabulary).collaboration(4, kept)
    own, names, credits_read = 1, 1 + 4, kept * (11 + 1)
    assert fresh_store.look_ups - before <= films + own + names + credits_read


def test_a_year_that_is_none_is_no_year(fresh_store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    fresh_store.film("f", "F", "-0044")
    fresh_store.credit("f", "director", SCHEMA.director, "ann")
    rows = reader(fresh_store, loaded_vocabulary).filmography(9)
    assert (rows.films, rows.dated, rows.total) == ((), 0, 1)


def test_roles_are_counted_over_all_credits(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    counts = {each.label: each.credits for each in count_roles(store, loaded_vocabulary)}
    assert counts == {"Director": 6, "Cast member": 6, "Editor": 2, "Screenwriter": 1}
    assert list(counts) == ["Cast member", "Director", "Editor", "Screenwriter"]


def test_somebody_unknown_has_no_films(store: SmallStore, loaded_vocabulary: Vocabulary) -> None:
    assert reader(store, loaded_vocabulary, "nobody").filmography(9).total == 0
