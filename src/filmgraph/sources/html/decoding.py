"""The bytes of a saved page → text: by a byte order mark, by what the page says of itself, or as strict UTF-8. Pure."""

from __future__ import annotations

import codecs
import re
from typing import Final

from filmgraph.sources.confined import RefusedError

__all__ = ["decode_page"]

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
#: Where a page has to say it (https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding).
_PRESCAN: Final = 4_096
# Browsers take these for what is written in practice (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT: Final = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "us-ascii", "ascii", "windows-1252"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "unicode"), "utf-8"),
    "utf8": "utf-8",
}
_KNOWN: Final = re.compile(r"utf-8|cp\d{3,4}|gb18030|big5|euc-jp|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|macintosh")


def decode_page(data: bytes) -> str:
    """Return the text of a page; RefusedError says which byte is not of the encoding, or that the encoding is not known."""
    mark = next((each for each in _MARKS if data.startswith(each[0])), None)
    if mark is not None:
        return _decode(data[len(mark[0]) :], mark[1], "the byte order mark")
    match = _META.search(data[:_PRESCAN])
    if match is None:
        return _decode(data, "utf-8", "nothing else is said")
    label = match[1].decode("ascii").lower()
    name = _MEANT.get(label, label)
    if not _KNOWN.fullmatch(name):
        raise RefusedError(f"the page says that its encoding is {label!r}, which is not known: save it as UTF-8")
    return _decode(data, {"macintosh": "mac-roman"}.get(name, name), f"the page says {label}")


def _decode(data: bytes, name: str, why: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RefusedError(
            f"line {line}: byte 0x{data[error.start]:02X} is not {name} ({why}): save the page as UTF-8"
        ) from error
