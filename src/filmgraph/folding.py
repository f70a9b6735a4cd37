"""How names are made comparable: without case and accents, word by word, whatever script they are in. Pure.

What is written into a search index and what is looked up in it go through the same functions, so the two always agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

__all__ = ["fold", "iter_clues", "spellings", "split_words"]

# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "œ": "oe", "æ": "ae", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
        "ƒ": "f", "ĸ": "k", "ə": "e", "ـ": "", "ى": "ي",
    }
)  # fmt: skip
# How a language without the letter writes it: Mueller, Oestergaard, Aarhus.
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ĳ": "ij"})
# Signs that have no sound of their own are left out.
_CYRILLIC: Final = (
    "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e "
    "ю=yu я=ya ґ=g є=ye і=i ј=j љ=lj њ=nj ћ=c ђ=dj џ=dz ѕ=dz"
)
_GREEK: Final = "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
_LATIN: Final = str.maketrans({pair[0]: pair[2:] for pair in f"{_CYRILLIC} {_GREEK}".split()})
# Written without spaces between words: each sign stands for itself, and several in a row are looked for as a phrase.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_UNSPACED_RUN: Final = re.compile(rf"[{_UNSPACED}]+\Z")
_INSIDE: Final = re.compile(r"(?<=\w)['’ʼ`.\-‐‑·](?=\w)")
_SHORT: Final = 6


def fold(text: str) -> str:
    """Return the words of a text in lower case without accents, joined by single spaces.

    A text without any letter or digit comes back as it is, without the spaces around it, so that it can still be compared.

    >>> fold("  L’Été – Œuvres: Żuławski & Łódź, Straße "), fold("東京 Story"), fold("8½")
    ('l ete oeuvres zulawski lodz strasse', '東 京 story', '8 1 2')
    """
    return " ".join(split_words(text)) or " ".join(text.split())


def split_words(text: str) -> list[str]:
    """Return the folded words of a text; signs that stand without spaces between words are one word with spaces in it.

    >>> split_words("Wong Kar-wai, 花樣年華"), split_words("?!")
    (['wong', 'kar', 'wai', '花 樣 年 華'], [])
    """
    return [" ".join(word) if _UNSPACED_RUN.match(word) else word for word in _WORD.findall(_to_plain(text))]


@lru_cache(maxsize=1 << 14)
def spellings(text: str) -> tuple[str, ...]:
    """Return the folded text, and then how else the same name is written: with digraphs, in one word, in Latin letters.

    >>> spellings("Müller"), spellings("O'Brien"), spellings("Тарковский")
    (('muller', 'mueller'), ('o brien', 'obrien'), ('тарковскии', 'tarkovskii'))
    """
    forms = [fold(text)]
    if _INSIDE.search(text):
        forms.append(fold(_INSIDE.sub("", text)))
    if not text.isascii():
        lower = unicodedata.normalize("NFC", text).casefold()
        forms += [fold(lower.translate(_DIGRAPHS)), fold(_to_plain(text).translate(_LATIN))]
    return tuple(dict.fromkeys(forms))


def iter_clues(word: str) -> Iterator[str]:
    """Yield the keys under which a folded word is found when it is mistyped: words with one edit between them share some.

    Three letters in a row, the ends marked; a short word has too few of them, and is also keyed by itself without
    each of its letters.

    >>> list(iter_clues("gota"))
    ['^go', 'got', 'ota', 'ta$', '-gota', '-ota', '-gta', '-goa', '-got']
    """
    padded = f"^{word}$"
    clues = [padded[n : n + 3] for n in range(len(padded) - 2)]
    if len(word) <= _SHORT:
        clues += [f"-{word}", *(f"-{word[:n]}{word[n + 1 :]}" for n in range(len(word)))]
    yield from dict.fromkeys(clues)


def _to_plain(text: str) -> str:
    """Return a text in lower case, its letters taken apart and the marks on them left out."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text)
    if _EUROPEAN.match(text):
        return text.translate(_PLAIN)
    return unicodedata.normalize("NFC", "".join(map(_to_plain_sign, text)))


def _to_plain_sign(sign: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    bare = "".join(each for each in apart if not unicodedata.category(each).startswith("M")).translate(_LETTERS)
    # A fraction is a number of its own: 8½ is not 81 ⁄ 2.
    return f" {bare}" if unicodedata.decomposition(sign).startswith("<fraction>") else bare


# Most names have no other signs, and looking each one up is many times faster than taking it apart.
_EUROPEAN: Final = re.compile("[\0-\u024f\u0370-\u052f\u1e00-\u1fff\u2010-\u2027]*\\Z")
_PLAIN: Final = {code: _to_plain_sign(chr(code)) for code in (*range(0x250), *range(0x370, 0x530), *range(0x1E00, 0x2028))}
