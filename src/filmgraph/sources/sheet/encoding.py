"""Bytes of a text file → text: by the profile's encoding, a byte order mark, or strict UTF-8. Anything else is asked about."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from filmgraph.findings import Finding, Severity, SourcePlace

__all__ = ["ENCODINGS", "decode", "propose_encodings"]

#: What a profile may name, and Python's codec for it.
ENCODINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "utf-8": "utf-8-sig",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
        "cp1252": "cp1252",
        "latin-9": "iso8859-15",
        "latin-1": "iso8859-1",
        "latin-2": "iso8859-2",
        "cp1250": "cp1250",
        "cp1251": "cp1251",
        "cp1253": "cp1253",
        "cp1254": "cp1254",
        "cp437": "cp437",
        "cp850": "cp850",
        "cp852": "cp852",
        "mac-roman": "mac-roman",
        "gb18030": "gb18030",
        "big5": "big5",
        "shift-jis": "cp932",
        "euc-jp": "euc-jp",
        "euc-kr": "cp949",
    }
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LIKELY: Final = ("cp1252", "latin-9", "cp1250", "cp1251", "cp850", "cp437", "mac-roman", "gb18030", "shift-jis")
_LATIN: Final = frozenset({"cp1252", "latin-9", "cp1250", "cp850", "cp437", "mac-roman"})
_SAMPLE_BYTES: Final = 200_000
_SHOWN: Final = 4
_WORD: Final = re.compile(r"[^\s,;\t\"]*[^\x00-\x7f][^\s,;\t\"]*")


def decode(data: bytes, encoding: str, path: str) -> str | Finding:
    """Return the text of a file, or a finding that names the encodings it may be in and asks for one.

    `encoding` is the profile's, empty where it names none.
    """
    mark = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if encoding and mark and encoding != mark:
        message = f"The file begins with the byte order mark of {mark}, and the profile says {encoding}. Take one of them out."
        return _ask(message, path, 1)
    name = encoding or mark or "utf-8"
    if not encoding and not mark and (wide := _wide(data)):
        return _ask(f'Every other byte is 0, so the file seems to be UTF-16: put encoding = "{wide}" into the profile.', path, 1)
    try:
        return data.decode(ENCODINGS[name]).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"Byte 0x{data[error.start]:02X} is not {name.upper() if name.startswith('utf') else name}. "
        return _ask(what + _candidates(data), path, line)


def propose_encodings(data: bytes) -> dict[str, str]:
    """Return the encodings that the bytes may be in, the likeliest first, each with a word as it would read.

    Encodings under which the file reads the same are one: the first of them is named.
    """
    found: dict[str, str] = {}
    texts: set[str] = set()
    for name in _LIKELY:
        try:
            text = data[:_SAMPLE_BYTES].decode(ENCODINGS[name])
        except UnicodeDecodeError:
            continue
        words = _WORD.findall(text)
        if text in texts or not words or not _is_plausible("".join(words), is_latin=name in _LATIN):
            continue
        texts.add(text)
        found[name] = words[0][:30]
    return dict(list(found.items())[:_SHOWN])


def _is_plausible(text: str, *, is_latin: bool) -> bool:
    """Return whether words read like words: letters and usual signs, capitals at the front, in Latin script plain letters too."""
    wide = [each for each in text if ord(each) > 0x7F]
    if any(unicodedata.category(each) in ("Cc", "Cn", "Co") for each in text):
        return False
    odd = sum(before.islower() and after.isupper() and ord(after) > 0x7F for before, after in pairwise(text))
    if odd > 0.2 * len(wide) + 1 or (is_latin and len(wide) > 0.75 * len(text)):
        return False
    good = sum(unicodedata.category(each)[0] in "LM" or each in "’‘“”«»–—…°º´·€¿¡½" for each in wide)
    return good >= 0.7 * len(wide)


def _candidates(data: bytes) -> str:
    found = propose_encodings(data)
    if not found:
        return "No usual encoding fits. Save the file as 'CSV UTF-8'."
    choices = "; ".join(f'encoding = "{name}" reads {word!r}' for name, word in found.items())
    return f"Put the encoding into the profile under which the words are right: {choices}. Or save the file as 'CSV UTF-8'."


def _wide(data: bytes) -> str:
    """Return which UTF-16 a file without a mark looks like; empty for another file."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2 or head.count(0) < 0.6 * half:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _ask(message: str, path: str, line: int) -> Finding:
    return Finding("read-encoding", Severity.VIOLATION, message, places=(SourcePlace(path, line),))
