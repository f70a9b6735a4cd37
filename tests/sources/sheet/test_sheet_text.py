"""What stands between the bytes of a text file and its words: encodings, damage done by wrong ones, names turned."""

from __future__ import annotations

import pytest

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.sources.sheet.dates import Problem
from filmgraph.sources.sheet.encoding import ENCODINGS, decode, propose_encodings
from filmgraph.sources.sheet.mojibake import Mend, mend
from filmgraph.sources.sheet.names import NameOrder, turn_name

WESTERN = "titel;regie\nAmélie à la plage;Zoë Müller\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", WESTERN),
        ("utf-16", WESTERN),
        ("utf-16-le", WESTERN),
        ("utf-16-be", WESTERN),
        ("cp1252", WESTERN + "L’été – 5 €"),
        ("latin-9", WESTERN + "5 €"),
        ("cp437", WESTERN),
        ("cp850", WESTERN + "Øre"),
        ("mac-roman", WESTERN),
        ("cp1250", "Jiří Menzel, Łódź"),
        ("cp1251", "Сергей Эйзенштейн"),
        ("gb18030", "贾樟柯"),
        ("shift-jis", "黒澤 明"),
    ],
)
def test_text_is_read_in_the_encoding_of_the_profile(encoding: str, text: str) -> None:
    assert decode(text.encode(ENCODINGS[encoding]), encoding, "t.csv") == text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_tells_the_encoding_and_is_no_text(codec: str) -> None:
    assert decode(WESTERN.encode(codec), "", "t.csv") == WESTERN


@pytest.mark.parametrize(
    ("data", "encoding", "line", "says"),
    [
        (WESTERN.encode("cp1252"), "", 2, "Byte 0xE9 is not UTF-8"),
        (WESTERN.encode("cp1252") + b"\n\x81", "cp1252", 4, "Byte 0x81 is not cp1252"),
        (WESTERN.encode("utf-8-sig"), "cp1252", 1, "begins with the byte order mark of utf-8, and the profile says cp1252"),
        (WESTERN.encode("utf-16-le"), "", 1, 'put encoding = "utf-16-le" into the profile'),
        (WESTERN.encode("utf-16-be"), "", 1, 'put encoding = "utf-16-be" into the profile'),
        (b"\xff\xfea\x00\x00\xd8", "", 1, "is not UTF-16"),
        (b"a\n\x00\x01\x02\xff\xfe\x80\x81", "", 2, "No usual encoding fits"),
    ],
)
def test_what_is_not_certain_is_asked_about(data: bytes, encoding: str, line: int, says: str) -> None:
    found = decode(data, encoding, "t.csv")
    assert isinstance(found, Finding)
    assert (found.rule, found.severity, found.places) == ("read-encoding", Severity.VIOLATION, (SourcePlace("t.csv", line),))
    assert says in found.message


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("Amélie, Zoë Müller", "cp1252", "cp1252"),
        ("L’été – 5 €", "cp1252", "cp1252"),
        ("Сергей Эйзенштейн снял фильм", "cp1251", "cp1251"),
        ("Amélie, Zoë Müller", "cp850", "cp850"),
        ("贾樟柯导演的电影", "gb18030", "gb18030"),
    ],
)
def test_right_encoding_is_among_those_that_are_offered_with_a_word_as_it_reads(text: str, codec: str, name: str) -> None:
    offered = propose_encodings(text.encode(codec))
    assert name in offered
    assert offered[name] in text
    assert len(offered) <= 4


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("AmÃ©lie", "Amélie"),
        ("â€™t kleine CafÃ©", "’t kleine Café"),
        ("Ð¡ÐµÑ€Ð³ÐµÐ¹", "Сергей"),
        ("LÃ¡szlÃ³ NÃ©meth", "László Németh"),
        ("Ã\u00adsland", "ísland"),
        ("è´¾æ¨Ÿæ¯", None),
        ("Am├®lie", "Amélie"),
        ("Am√©lie", "Amélie"),
        ("AmÃ©lie né", None),
        ("AmÃƒÂ©lie", None),
    ],
)
def test_damage_by_a_wrong_encoding_is_mended_only_where_it_is_certain(damaged: str, sound: str | None) -> None:
    assert mend(damaged) == Mend(sound)


@pytest.mark.parametrize(
    "text",
    ["Amélie", "été…»", "„Spaß“", "l’État d’été", "SÃO PAULO", "CORAÇÃO", "3×½", "Ångström", "ÎLE", "贾樟柯", "Ðorđe", "naïve"],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert mend(text) is None


@pytest.mark.parametrize(
    ("text", "order", "name"),
    [
        ("Lau, Flora", NameOrder.COMMA, "Flora Lau"),
        ("Flora Lau", NameOrder.COMMA, "Flora Lau"),
        ("Oliveira, Manoel de", NameOrder.COMMA, "Manoel de Oliveira"),
        ("King, Martin, Jr.", NameOrder.COMMA, "Martin King Jr."),
        ("Martin King, Jr.", NameOrder.COMMA, "Martin King Jr."),
        ("Devos Bas", NameOrder.LAST_FIRST, "Bas Devos"),
        ("DE OLIVEIRA Manoel", NameOrder.LAST_FIRST, "Manoel DE OLIVEIRA"),
        ("Almodóvar", NameOrder.LAST_FIRST, "Almodóvar"),
        ("Lau, Flora", NameOrder.AS_WRITTEN, "Lau, Flora"),
    ],
)
def test_name_is_turned_where_the_rule_is_certain(text: str, order: NameOrder, name: str) -> None:
    assert turn_name(text, order) == name


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("de Oliveira Manoel", NameOrder.LAST_FIRST),
        ("DE OLIVEIRA MANOEL", NameOrder.LAST_FIRST),
        ("Lau, Flora, Ann", NameOrder.COMMA),
        ("Lau,", NameOrder.COMMA),
    ],
)
def test_name_that_does_not_show_its_parts_is_a_problem(text: str, order: NameOrder) -> None:
    assert isinstance(turn_name(text, order), Problem)
