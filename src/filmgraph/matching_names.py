"""How alike two names of people are: order, particles, initials, transliteration, slips of the pen. Pure."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from filmgraph.folding import spellings

__all__ = ["Likeness", "Name", "block_name", "compare_names", "parse_name", "to_plain", "to_sound"]

_PARTICLES: Final = frozenset(
    re.split(
        " ",
        "af al ap av bar bat ben bin bint da das de degli dei del della den der des di do dos du el et ibn la las le les lo "
        "los op san st ste te ten ter tot und van vande vanden vander vom von zu zum zur",
    )
)
_GENERATIONS: Final = {
    "jr": "jr",
    "junior": "jr",
    "fils": "jr",
    "sr": "sr",
    "senior": "sr",
    "pere": "sr",
    "ii": "ii",
    "iii": "iii",
}
_NOT_CORE: Final = _PARTICLES | _GENERATIONS.keys()
_COMMA: Final = re.compile(r"^([^,]+),\s*([^,]+)$")
_SHORTEST_WITH_SLIP: Final = 5
_LONG: Final = 9
# The same sound in the spelling of another language; the longer signs first.
_SOUNDS: Final = {
    "tsch": "k", "tch": "k", "sch": "s", "dzh": "i", "zh": "s", "kh": "h", "ch": "k", "sh": "s", "ph": "f", "th": "t", "gh": "g",
    "ck": "k", "qu": "k", "q": "k", "ae": "a", "oe": "o", "ue": "u", "ou": "u", "oo": "u", "ee": "i", "w": "v", "x": "ks",
    "y": "i", "j": "i", "c": "k", "z": "s",
}  # fmt: skip
_SIGN: Final = re.compile("|".join(_SOUNDS))
_INNER: Final = str.maketrans({"e": "a", "o": "u", "h": ""})
_WORD: Final = re.compile("[a-z0-9]+")
_DOUBLE: Final = re.compile(r"(.)\1+")


class Likeness(enum.IntEnum):
    """How two names agree, the best last."""

    DIFFERENT = 0
    #: One letter is another one at the end, as in the names of brother and sister.
    ENDING = 1
    SLIP = 2
    INITIAL = 3
    PART = 4
    SOUND = 5
    PARTICLE = 6
    ORDER = 7
    EQUAL = 8
    EXACT = 9

    @property
    def words(self) -> str:
        """The likeness as one says it of two names."""
        return _WORDS[self]


_WORDS: Final = {
    Likeness.DIFFERENT: "the names differ",
    Likeness.ENDING: "the names differ in an ending",
    Likeness.SLIP: "the names differ in one letter",
    Likeness.INITIAL: "one name gives an initial only",
    Likeness.PART: "one name has a part more",
    Likeness.SOUND: "the names are two spellings of one sound",
    Likeness.PARTICLE: "the names differ in a particle only",
    Likeness.ORDER: "the names have the same parts in another order, or written together",
    Likeness.EQUAL: "the names are the same but for accents, case or punctuation",
    Likeness.EXACT: "the name is the same",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. `forms` are its words in each spelling, with the family name last where a comma tells it.

    `plain` is the name in lower case, turned round in the same way. `core` are the words of the first form without particles and
    generations (`generation`: jr, sr), `sounds` how they sound.
    """

    text: str
    plain: str
    forms: tuple[tuple[str, ...], ...]
    core: tuple[str, ...]
    generation: str
    sounds: tuple[str, ...]

    @property
    def is_one_word(self) -> bool:
        """Whether there is but one word: a nickname, a first name, a mononym."""
        return len(self.core) < 2


@lru_cache(maxsize=1 << 16)
def parse_name(text: str) -> Name:
    """Take a name apart.

    >>> parse_name("Berg, Anna van den").core
    ('anna', 'berg')
    """
    turned = _turn(text)
    forms = tuple(tuple(each.split()) for each in spellings(turned))
    generation = next((_GENERATIONS[word] for word in forms[0][1:] if word in _GENERATIONS), "")
    sounds = tuple(sorted(map(to_sound, _to_core(_latin(forms)))))
    return Name(text, to_plain(text), forms, _to_core(forms[0]), generation, sounds)


def _turn(text: str) -> str:
    """Put what stands before a comma at the end: it is the family name."""
    return _COMMA.sub(r"\2 \1", text.strip()) if "," in text else text


def to_plain(text: str) -> str:
    """Return a name in lower case, with the family name last where a comma tells it: what is the same in this is the same name.

    >>> to_plain("BERG, Anna")
    'anna berg'
    """
    return " ".join(_turn(text).casefold().split())


def _to_core(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([word for word in words if word not in _NOT_CORE]) or words


def _latin(forms: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Return the words in Latin letters, where that is another form."""
    return forms[0] if all(word.isascii() for word in forms[0]) else forms[-1]


def block_name(text: str) -> tuple[str, tuple[str, ...]]:
    """Return what a name is looked up by: its letters, the same for the same sounds in any order, and its ends.

    An end, for names with initials, is the sound of the first or last word with the first letter of the other one.

    >>> block_name("Wong Kar-wai")[0] == block_name("Karwai Wong")[0]
    True
    >>> set(block_name("Müller, J.")[1]) & set(block_name("Jan Mueller")[1])
    {'mular j'}
    """
    turned = _turn(text)
    if turned.isascii():
        words = tuple(_WORD.findall(turned.lower()))
    else:
        words = _latin(tuple(tuple(each.split()) for each in spellings(turned)))
    core = _to_core(words) or (turned,)
    sounds = [to_sound(word) for word in core]
    letters = "".join(sorted("".join(sounds)))
    return letters, (f"{sounds[-1]} {core[0][:1]}", f"{sounds[0]} {core[-1][:1]}") if len(core) > 1 else ()


@lru_cache(maxsize=1 << 16)
def to_sound(word: str) -> str:
    """Return a word as it sounds, roughly: spellings of one name in several languages come out the same.

    >>> to_sound("tarkovsky") == to_sound("tarkowskij"), to_sound("mohamed") == to_sound("muhammad")
    (True, True)
    >>> to_sound("maria") == to_sound("marie")
    False
    """
    word = _DOUBLE.sub(r"\1", _SIGN.sub(lambda sign: _SOUNDS[sign[0]], word))
    if word.startswith("ie"):
        word = word[1:]
    last = "v" if word[-1:] == "f" else word[-1:]
    return word[:-1].translate(_INNER) + last


def compare_names(a: Name, b: Name) -> Likeness:
    """Return how alike two names are.

    >>> def likeness(a, b): return compare_names(parse_name(a), parse_name(b)).name
    >>> likeness("Lau, Flora", "Flora Lau"), likeness("Anna Berg", "A. Berg"), likeness("Gus van Sant", "Gus Vansant")
    ('EXACT', 'INITIAL', 'ORDER')
    """
    if a.generation and b.generation and a.generation != b.generation:
        return Likeness.DIFFERENT
    if a.plain == b.plain:
        return Likeness.EXACT
    if a.forms[0] == b.forms[0] or not set(a.forms).isdisjoint(b.forms):
        return Likeness.EQUAL
    if _have_same_letters(a, b):
        return Likeness.ORDER
    if sorted(a.core) == sorted(b.core):
        return Likeness.PARTICLE if a.generation == b.generation else Likeness.PART
    if a.sounds == b.sounds:
        return Likeness.SOUND
    return _compare_parts(a, b)


def _have_same_letters(a: Name, b: Name) -> bool:
    """Whether the words are the same in another order, or, turned round, the same run of letters."""
    first, second = a.forms[0], b.forms[0]
    if sorted(first) == sorted(second):
        return True
    joined = "".join(first)
    if len(joined) != len("".join(second)):
        return False
    return any("".join((*second[n:], *second[:n])) == joined for n in range(len(second)))


def _compare_parts(a: Name, b: Name) -> Likeness:
    short, long = sorted((a.core, b.core), key=len)
    if len(short) < 2:
        return Likeness.DIFFERENT
    missing, rest = _take_away(short, long)
    if not missing:
        return Likeness.PART
    if len(missing) < len(short) and _are_initials(missing, rest):
        return Likeness.INITIAL
    in_place = len(short) == len(long) and len(missing) == 1 and short.index(missing[0]) == long.index(rest[0])
    if in_place:
        return _compare_words(missing[0], rest[0])
    return Likeness.DIFFERENT


def _take_away(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the words of each that the other has not."""
    rest, missing = list(long), []
    for word in short:
        if word in rest:
            rest.remove(word)
        else:
            missing.append(word)
    return missing, rest


def _are_initials(missing: list[str], rest: list[str]) -> bool:
    """Whether each word that is missing is an initial of one that is left, or has one there."""
    left = list(rest)
    for word in missing:
        found = next((each for each in left if 1 in (len(word), len(each)) and each[0] == word[0]), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _compare_words(a: str, b: str) -> Likeness:
    if to_sound(a) == to_sound(b):
        return Likeness.SOUND
    length = max(len(a), len(b))
    if length < _SHORTEST_WITH_SLIP or a[0] != b[0]:
        return Likeness.DIFFERENT
    distance = OSA.distance(a, b, score_cutoff=2)
    if distance > (2 if length >= _LONG else 1):
        return Likeness.DIFFERENT
    return Likeness.ENDING if a[-1] != b[-1] else Likeness.SLIP
