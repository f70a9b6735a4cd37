"""Damaged pages invent nothing: what a damaged page says is a part of what the whole page says."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from filmgraph.model import iter_facts
from filmgraph.sources.base import Reading

# The seed's lost labels, by the line where the blank is that each left; and its zones, first and last line.
SEED_LABELS = {
    28: "Director", 31: "Composer", 34: "Cast", 37: "Screenplay", 44: "Editor", 47: "Producer", 53: "Distributor", 58: "Dialogue",
}  # fmt: skip
SEED_ZONES = [(1, 8), (9, 20), (21, 26), (27, 55), (56, 66), (67, 68), (69, 72)]
PAGES = {"seed": "en", "harbour-lights": "en", "kiezel": "nl", "la-derniere-baguette": "fr"}
PROSE_KINDS = ("introduction", "logline", "synopsis")
Damage = Callable[[list[str], random.Random], list[str]]


def shuffle_blocks(lines: list[str], rng: random.Random) -> list[str]:
    """Shuffle the lines between blank lines."""
    result: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line:
            block.append(line)
            continue
        rng.shuffle(block)
        result += [*block, ""]
        block = []
    return result[:-1]


def shuffle_zone(lines: list[str], rng: random.Random) -> list[str]:
    """Shuffle all lines of one zone of the seed, blank ones too."""
    first, last = rng.choice(SEED_ZONES)
    zone = lines[first - 1 : last]
    rng.shuffle(zone)
    return [*lines[: first - 1], *zone, *lines[last:]]


def restore_labels(lines: list[str], rng: random.Random) -> list[str]:
    """Put some of the seed's labels back, either onto the blank line or with a blank line of their own."""
    result = []
    for number, line in enumerate(lines, 1):
        is_restored = number in SEED_LABELS and rng.random() < 0.6
        result += [SEED_LABELS[number], *([""] if rng.random() < 0.5 else [])] if is_restored else [line]
    return result


def empty_lines(lines: list[str], rng: random.Random) -> list[str]:
    filled = [n for n, line in enumerate(lines) if line]
    emptied = set(rng.sample(filled, rng.randint(1, 6)))
    return ["" if n in emptied else line for n, line in enumerate(lines)]


def delete_lines(lines: list[str], rng: random.Random) -> list[str]:
    deleted = set(rng.sample(range(len(lines)), rng.randint(1, 6)))
    return [line for n, line in enumerate(lines) if n not in deleted]


def delete_filled_lines(lines: list[str], rng: random.Random) -> list[str]:
    filled = [n for n, line in enumerate(lines) if line]
    deleted = set(rng.sample(filled, rng.randint(1, 6)))
    return [line for n, line in enumerate(lines) if n not in deleted]


SEED_DAMAGES: list[Sequence[Damage]] = [
    [shuffle_blocks],
    [shuffle_zone],
    [restore_labels],
    [empty_lines],
    [delete_lines],
    [delete_filled_lines],
    [restore_labels, shuffle_zone],
    [restore_labels, empty_lines],
    [restore_labels, delete_lines],
    [empty_lines, delete_lines],
    [shuffle_zone, empty_lines],
]
PAGE_DAMAGES: list[Sequence[Damage]] = [[shuffle_blocks], [empty_lines], [delete_filled_lines], [empty_lines, shuffle_blocks]]


def name_of(damages: Sequence[Damage]) -> str:
    return "+".join(each.__name__ for each in damages)


@pytest.fixture(scope="module")
def text_of(seed_text: str, page_text: Callable[[str], str]) -> Callable[[str], str]:
    return lambda page: seed_text if page == "seed" else page_text(f"{page}.txt")


@pytest.fixture(scope="module")
def facts_of(told: Callable[[Reading], list[Any]]) -> Callable[[Reading], set[tuple[str, str, str]]]:
    """Return what is said of what, wherever it stands.

    Which of the texts is the introduction hangs on the order of paragraphs, so a text of any kind is the same text here; and a
    film whose year was lost is the same film.
    """

    def tell(reading: Reading) -> set[tuple[str, str, str]]:
        rows = set()
        for subject, name, value, _, _ in told(reading):
            if subject.startswith(tuple(f"text {kind}" for kind in PROSE_KINDS)):
                subject = "prose"
            if name != "fg:textKind":
                rows.add((without_year(subject), name, without_year(value)))
        return rows

    return tell


def without_year(text: str) -> str:
    return text.rpartition(" ")[0] if text.startswith("film ") and text[-4:].isdigit() else text


def hold_nothing_invented(damaged: Reading, whole: Reading, facts_of: Callable[[Reading], set[tuple[str, str, str]]]) -> None:
    assert facts_of(damaged) - facts_of(whole) == set()


def hold_every_line_is_accounted_for(reading: Reading, lines: Sequence[str]) -> None:
    placed = {fact.place.line for each in reading.records for _, fact in iter_facts(each)}
    listed = {each.place.line for each in reading.unread}
    assert {number for number, line in enumerate(lines, 1) if line} <= placed | listed


@pytest.mark.parametrize("damages", SEED_DAMAGES, ids=name_of)
def test_damaged_seed_invents_nothing(
    read: Callable[..., Reading],
    facts_of: Callable[[Reading], set[tuple[str, str, str]]],
    seed_text: str,
    damages: Sequence[Damage],
) -> None:
    whole = read(seed_text)
    for variant in range(25):
        rng = random.Random(f"{name_of(damages)} {variant}")
        lines = seed_text.split("\n")
        for damage in damages:
            lines = damage(lines, rng)
        reading = read("\n".join(lines))
        hold_nothing_invented(reading, whole, facts_of)
        hold_every_line_is_accounted_for(reading, lines)


@pytest.mark.parametrize("page", [each for each in PAGES if each != "seed"])
@pytest.mark.parametrize("damages", PAGE_DAMAGES, ids=name_of)
def test_damaged_page_invents_nothing(
    read: Callable[..., Reading],
    facts_of: Callable[[Reading], set[tuple[str, str, str]]],
    text_of: Callable[[str], str],
    page: str,
    damages: Sequence[Damage],
) -> None:
    whole = read(text_of(page), language=PAGES[page])
    for variant in range(8):
        rng = random.Random(f"{page} {name_of(damages)} {variant}")
        lines = text_of(page).split("\n")
        for damage in damages:
            lines = damage(lines, rng)
        reading = read("\n".join(lines), language=PAGES[page])
        hold_nothing_invented(reading, whole, facts_of)
        hold_every_line_is_accounted_for(reading, lines)


@pytest.mark.parametrize("page", PAGES)
def test_whole_page_accounts_for_every_line(read: Callable[..., Reading], text_of: Callable[[str], str], page: str) -> None:
    hold_every_line_is_accounted_for(read(text_of(page)), text_of(page).split("\n"))


@pytest.mark.parametrize("page", PAGES)
def test_reading_twice_gives_the_same(read: Callable[..., Reading], text_of: Callable[[str], str], page: str) -> None:
    assert read(text_of(page)) == read(text_of(page))


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_make_no_difference(read: Callable[..., Reading], seed_text: str, ending: str) -> None:
    assert read(seed_text.replace("\n", ending)) == read(seed_text)


def test_restored_labels_make_stated_what_was_inferred(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    lines = seed_text.split("\n")
    for number, label in SEED_LABELS.items():
        lines[number - 1] = label
    credits = [each for each in told(read("\n".join(lines))) if each.property == "fg:credit"]
    assert {each.certainty for each in credits} == {"stated"}
    assert {each.line for each in credits if each.value.startswith("distributor")} == {54}


def test_credits_in_another_order_are_not_read_by_their_place(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    lines = seed_text.split("\n")
    # The composer stands before the director, which the template never does.
    lines[28], lines[31] = lines[31], lines[28]
    reading = read("\n".join(lines))
    assert "inferred" not in {each.certainty for each in told(reading) if each.property == "fg:credit"}
    assert [each.rule for each in reading.findings if each.rule == "page-credits-damaged"]
    assert {29, 32, 35, 38, 40, 42, 45, 48, 50, 54} <= {each.place.line for each in reading.unread}


def test_a_distributor_below_the_label_of_studios_is_not_a_studio(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    lines = seed_text.split("\n")
    del lines[51:53]
    assert lines[49:52] == ["Production studios", "", "Imagine Film Distribution"]
    assert not [each for each in told(read("\n".join(lines))) if "Imagine" in each.value]
