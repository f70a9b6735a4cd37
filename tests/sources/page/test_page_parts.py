from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.page import read_page
from filmgraph.sources.page.alignment import ZoneItem, align
from filmgraph.sources.page.banner import parse_banner
from filmgraph.sources.page.blocks import RoleLabels, parse_films
from filmgraph.sources.page.facts import FactReader, parse_runtime
from filmgraph.sources.page.layout import load_layout
from filmgraph.sources.page.names import could_be_organisation, could_be_person, is_name, split_names, trade_of
from filmgraph.sources.page.sentences import iter_matches, iter_sentences
from filmgraph.sources.page.texts import shorten_quote
from filmgraph.vocabulary import Vocabulary

LAYOUT = load_layout()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("82'", 82), ("82’", 82), ("82 min", 82), ("81 min.", 81), ("65 minutes", 65), ("65 minuten", 65), ("1 h 22", 82),
        ("1h05", 65), ("1 h 5 min", 65), ("1u05", 65), ("1 u 5", 65), ("2 h", 120), ("1 hour 30 minutes", 90),
        ("1 uur 10 min.", 70), ("1H22", 82), ("1 heure 30", 90), ("14 min.", 14), ("900 min", 900),
    ],
)  # fmt: skip
def test_runtime_is_parsed(text: str, minutes: int) -> None:
    runtime = parse_runtime(text, LAYOUT)
    assert runtime is not None
    assert runtime.value == minutes


@pytest.mark.parametrize("text", ["82", "0 min", "1 h 75", "901 min", "2023", "19:30", "82' ?", "h", "min", "1:22", ""])
def test_no_runtime_is_parsed(text: str) -> None:
    assert parse_runtime(text, LAYOUT) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09 20 Oct '24", date(2024, 10, 9), date(2024, 10, 20)),
        ("9-20 okt ’24", date(2024, 10, 9), date(2024, 10, 20)),
        ("9 – 20 octobre 2024", date(2024, 10, 9), date(2024, 10, 20)),
        ("28 Apr - 03 May '26", date(2026, 4, 28), date(2026, 5, 3)),
        ("28 maart 3 april 2026", date(2026, 3, 28), date(2026, 4, 3)),
    ],
)
def test_banner_is_parsed(text: str, start: date, end: date) -> None:
    assert parse_banner(text, LAYOUT) == (start, end)


@pytest.mark.parametrize("text", ["20 09 Oct '24", "09 31 Feb '24", "09 20 Foo '24", "09 Oct '24", "09 20 Oct", "0 20 Oct '24"])
def test_no_banner_is_parsed(text: str) -> None:
    assert parse_banner(text, LAYOUT) is None


def test_banner_of_nobody_is_unread(read: Callable[..., Reading]) -> None:
    reading = read("09 20 Oct '24\n", publisher="")
    assert reading.records == ()
    assert "publisher" in reading.unread[0].why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Director: Ann Aert Composer: Bo Bex With: Cy Dorn, Di Eik",
            [("Director", "Ann Aert"), ("Composer", "Bo Bex"), ("With", "Cy Dorn, Di Eik")],
        ),
        ("Director of Photography: Ann Aert", [("Director of Photography", "Ann Aert")]),
        ("Regie: Ann Aert Muziek: Bo Bex", [("Regie", "Ann Aert"), ("Muziek", "Bo Bex")]),
        ("Réalisation : Ann Aert Avec : Bo Bex", [("Réalisation", "Ann Aert"), ("Avec", "Bo Bex")]),
        ("Director:", [("Director", "")]),
        ("Ann Aert Director: Bo Bex", []),
        ("Director Ann Aert", []),
        ("A note: Director: Ann Aert", []),
        ("The Director's note on 19:30", []),
    ],
)
def test_labels_in_a_line_part_it(vocabulary: Vocabulary, text: str, expected: list[tuple[str, str]]) -> None:
    assert list(RoleLabels(vocabulary, "en").split(text)) == expected


@pytest.mark.parametrize(
    ("text", "values", "unread"),
    [
        ("Drama - 2023 - 82'", {"genre:drama", "2023", "82"}, ()),
        ("2023 – Belgique – 1 h 22 – Comédie", {"2023", "country:BE", "82", "genre:comedy"}, ()),
        ("82 min | België | Gesproken taal: Nederlands, Frans", {"82", "country:BE", "nl", "fr"}, ()),
        ("82' - Something else - 2023", {"82", "2023"}, ("Something else",)),
        ("82' - French", {"82"}, ("French",)),
        ("82' - Dialogue: Dutch, Martian", {"82"}, ("Dialogue: Dutch, Martian",)),
        ("Dialogue: Dutch", {"nl"}, ()),
    ],
)
def test_line_of_facts_in_any_order_and_language(
    vocabulary: Vocabulary, text: str, values: set[str], unread: tuple[str, ...]
) -> None:
    facts = FactReader(LAYOUT, vocabulary, "en").read_line(text)
    assert facts is not None
    assert {render(value) for _, value in facts.values} == values
    assert facts.unread == unread


def render(value: Any) -> str:
    if hasattr(value, "kind"):
        return f"{value.kind.segment}:{value.key}"
    return str(getattr(value, "value", value))


@pytest.mark.parametrize("text", ["2023", "Drama", "Belgium", "Here - There", "A sentence - with dashes.", "Director: Ann Aert"])
def test_other_lines_are_no_facts(vocabulary: Vocabulary, text: str) -> None:
    assert FactReader(LAYOUT, vocabulary, "en").read_line(text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Aert", ("Ann Aert",)),
        ("Ann Aert & Bo Bex", ("Ann Aert", "Bo Bex")),
        ("Ann Aert en Bo Bex, Cy van der Dorn", ("Ann Aert", "Bo Bex", "Cy van der Dorn")),
        ("Ann Aert, Ann Aert", ("Ann Aert",)),
        ("Ann Aert, and then everybody went home again", ()),
        ("Ann Aert, 2023 & more", ()),
        ("Ann Aert: Bo Bex", ()),
    ],
)
def test_names_are_split(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text, are_people=True) == names


def test_company_names_keep_their_ampersand() -> None:
    assert split_names("Aert & Bex, Cine en Co", are_people=False) == ("Aert & Bex", "Cine en Co")


@pytest.mark.parametrize("text", ["", "?", "who is this?", "see https://example.org", "12 34", "x" * 61, "(lost)"])
def test_what_is_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("name", "is_person", "is_organisation", "trade"),
    [
        ("Marc Goyens", True, False, None),
        ("Imagine Film Distribution", False, True, "distributor"),
        ("Zilt Films", False, True, None),
        ("Quetzal", False, True, None),
    ],
)
def test_kind_of_name(name: str, is_person: bool, is_organisation: bool, trade: str | None) -> None:
    assert could_be_person(name, LAYOUT) is is_person
    assert could_be_organisation(name, LAYOUT) is is_organisation
    assert trade_of(name, LAYOUT) == trade


@pytest.mark.parametrize(
    ("text", "films"),
    [
        ("Vuur (2009 - short), Zand (2013)", [("Vuur", "2009", "short"), ("Zand", "2013", "")]),
        ("Aarde, lucht en water (1999)", [("Aarde, lucht en water", "1999", "")]),
        ("Vuur (2009), and more", []),
        ("Vuur (1709)", []),
        ("Vuur", []),
    ],
)
def test_filmography_is_parsed(text: str, films: list[tuple[str, str, str]]) -> None:
    assert list(parse_films(text)) == films


SLOTS = ("director", "composer", "editor", "producer", "distributor")


def value(name: str, gap: int | None = 2) -> ZoneItem:
    return ZoneItem(gap, name, names=(name,))


def label(role: str, gap: int = 1) -> ZoneItem:
    return ZoneItem(gap, role.title(), role)


STATED = {"director": ("Ann",), "composer": ("Bo",)}


@pytest.mark.parametrize(
    ("items", "end_gap", "roles"),
    [
        pytest.param(
            [value("Ann"), value("Bo"), value("Cy"), value("Di"), value("Eik")],
            1,
            {0: "director", 1: "composer", 2: "editor", 3: "producer", 4: "distributor"},
            id="every slot has a value",
        ),
        pytest.param(
            [value("Ann"), value("Bo"), value("Cy"), value("Di")],
            None,
            {0: "director", 1: "composer"},
            id="one of three slots is missing",
        ),
        pytest.param(
            [value("Ann"), value("Bo"), value("Cy"), label("producer"), value("Di", 1)],
            None,
            {0: "director", 1: "composer", 2: "editor", 4: "producer"},
            id="a label pins the value above it",
        ),
        pytest.param(
            [value("Ann"), value("Bo"), label("producer"), value("Eik", 3)],
            1,
            {0: "director", 1: "composer", 3: "distributor"},
            id="a value and a label are lost",
        ),
        pytest.param(
            [value("Ann"), value("Bo"), value("Cy", 7), value("Eik")],
            1,
            {0: "director", 1: "composer", 2: "producer", 3: "distributor"},
            id="emptied lines leave two blank lines each",
        ),
        pytest.param([value("Cy"), value("Di")], None, {}, id="nothing to anchor on"),
    ],
)
def test_alignment(items: list[ZoneItem], end_gap: int | None, roles: dict[int, str]) -> None:
    alignment = align(items, SLOTS, STATED, end_gap, lambda *_: True)
    assert not alignment.is_damaged
    assert {n: role for n, role in alignment.roles.items() if not items[n].is_label} == roles


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([value("Bo"), value("Ann")], id="anchors out of order"),
        pytest.param([label("producer"), value("Cy", 1), label("editor"), value("Di", 1)], id="labels out of order"),
        pytest.param([value("Ann"), value("Bo", 1)], id="no place for a label"),
        pytest.param([value("Ann"), value("Bo"), *map(value, "CDEF")], id="more values than slots"),
    ],
)
def test_alignment_of_a_damaged_zone(items: list[ZoneItem]) -> None:
    assert align(items, SLOTS, STATED, None, lambda *_: True).is_damaged


def test_sentences_end_at_full_stops_and_quotes() -> None:
    text = 'One. Two is "here." Élan comes third! And 3.5 is no end'
    assert list(iter_sentences(text)) == ["One.", 'Two is "here.', "Élan comes third!", "And 3.5 is no end"]


@pytest.mark.parametrize(
    ("rule", "text", "group", "found"),
    [
        ("character", "Lea is a widowed baker.", "name", ["Lea"]),
        ("character", "She meets Lea, a baker.", "name", ["Lea"]),
        ("character", "Lea is a wonderful film.", "name", []),
        ("character", '"Lea is a baker", he says.', "name", []),
        ("character", "Lea is the best baker.", "name", []),
        ("setting", "A man wandering through a rainy Ghent.", "town", ["Ghent"]),
        ("setting", "The film premiered in Ghent.", "town", []),
        ("setting", "Een man dwaalt door Gent.", "town", ["Gent"]),
        ("setting", "Elle vit à Bruxelles.", "town", ["Bruxelles"]),
        ("inspiration", "Inspired by Ann Aert's novel Salt, the film is dry.", "book", ["Salt"]),
        ("inspiration", "Inspired by Ann Aert's book Salt and Wire.", "book", ["Salt and Wire"]),
        ("inspiration", "Inspired by Ann Aert, the film is dry.", "book", []),
        ("inspiration", "Geïnspireerd door het boek Zout van Ann Aert, droogt de film op.", "author", ["Ann Aert"]),
        ("inspiration", "Inspiré du roman Le Sel de Ann Aert, le film sèche.", "book", ["Le Sel"]),
        ("credit", "DoP Ann Aert finds the light.", "name", ["Ann Aert"]),
        ("credit", "She asked DoP Ann Aert for light.", "name", []),
        ("title", "With Salt, Ann Aert's debut feature, the sea dries up.", "title", ["Salt"]),
        ("title", "Met Zout, de tweede langspeelfilm van Ann Aert, droogt de zee op.", "director", ["Ann Aert"]),
        ("title", "With salt, Ann Aert's debut feature dries up.", "title", []),
        ("award", "It won the prize for the best short in the Waves section at the Sea Festival.", "series", ["Sea Festival"]),
        ("award", "It won the hearts of the audience at the Sea Festival.", "series", []),
    ],
)
def test_prose_rule(rule: str, text: str, group: str, found: list[str]) -> None:
    assert [match[group] for each in LAYOUT.rules(rule) for match in iter_matches(each.pattern, text)] == found


LONG = "Nothing much happens for a while, and then it goes on happening, very slowly indeed. " * 5


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("Salt is dry and fine.", "Salt", "Salt is dry and fine."),
        (f"{LONG}(...) Salt is a film for thirsty people: see it. (...) {LONG}", "Salt", "Salt is a film for thirsty people"),
        (f"Salty words of a kind. {LONG}", "Salt", "Salty words of a kind. " + " ".join([LONG[: LONG.index(".") + 1]] * 3)),
        ("word " * 100, "Salt", ""),
    ],
)
def test_quote_is_shortened(text: str, title: str, expected: str) -> None:
    assert shorten_quote(text, title) == expected


def test_the_banner_quote_of_another_film_gives_nothing(read: Callable[..., Reading]) -> None:
    assert read('"A quote that stands alone on a page without any film." - The Paper').records == ()


def test_bytes_that_are_no_utf8_are_unreadable(read: Callable[..., Reading]) -> None:
    with pytest.raises(UnreadableInputError, match=r"latin\.txt: byte 3 .* not UTF-8"):
        read(b"caf\xc3\xe9", name="latin.txt")


def test_a_missing_file_is_unreadable(vocabulary: Vocabulary, tmp_path: Path) -> None:
    source = SourceSettings(id="page", kind="page", precedence=1, path="no-such-page.txt")
    with pytest.raises(UnreadableInputError, match=r"no-such-page\.txt"):
        read_page(source, tmp_path, vocabulary)


def test_the_offset_of_a_bad_byte_counts_the_byte_order_mark(read: Callable[..., Reading]) -> None:
    with pytest.raises(UnreadableInputError, match="byte 4 "):
        read(b"\xef\xbb\xbfa\xff")


def test_a_byte_order_mark_is_no_text(read: Callable[..., Reading], seed_text: str) -> None:
    assert read(b"\xef\xbb\xbf" + seed_text.encode()) == read(seed_text)


WORDS = st.sampled_from(
    [
        "Director:", "Director", "Bas Devos", "82'", " - ", "2023", "Drama", "\n", "\n\n", "Dialogue: Dutch", "(2019 - short)",
        "Here", "With Here, Bas Devos' fourth feature,", '"', "“", "<p>", "<dt></dt>", "</dd>", "Production studios", "\r",
        "More information", "\x00", "\u2028", "٣٤ min", "²", "İ", "09 20 Oct '24", "is a baker", "&#x0;", "<h1>", ", a worker.",
    ]
)  # fmt: skip


@given(text=st.one_of(st.text(), st.lists(WORDS, max_size=30).map("".join)), suffix=st.sampled_from(["txt", "html"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_without_an_error(read: Callable[..., Reading], text: str, suffix: str) -> None:
    data = text.encode("utf-8", "ignore")
    reading = read(data, name=f"any.{suffix}")
    assert reading == read(data, name=f"any.{suffix}")


@given(data=st.binary())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_by_name(read: Callable[..., Reading], data: bytes) -> None:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        with pytest.raises(UnreadableInputError, match=r"bytes\.txt: byte \d+"):
            read(data, name="bytes.txt")
    else:
        read(data, name="bytes.txt")
