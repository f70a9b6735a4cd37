"""The coloured copy: an editor's own workbook with the remarks in its cells, and a sheet that lists them.

XLSX and XLSM keep their formatting, formulas, pictures and drop-downs. What openpyxl cannot carry over is told by name.
Other files (CSV, ODS, XLS) are copied as plain text.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.pages.messages import Messages
from filmgraph.remarks import Remark
from filmgraph.remarks_texts import load_texts
from filmgraph.sources.sheet.column import Profile
from filmgraph.sources.sheet.csvfile import read_csv_rows
from filmgraph.sources.sheet.encoding import decode
from filmgraph.sources.sheet.workbook import is_workbook, read_workbook

__all__ = ["Marked", "mark_copy"]

_PROGRAM: Final = Path(__file__).with_name("checking_marked_process.py")
_MEMORY: Final = 1_500_000_000
_SECONDS: Final = 60
_MACROS: Final = "xl/vbaProject.bin"
#: Parts of a workbook that openpyxl does not carry over, or not as they were: the beginning of their names, and what they are.
_LOST: Final = (
    ("xl/pivotTables/", "pivots"),
    ("xl/slicers/", "slicers"),
    ("xl/timelines/", "slicers"),
    ("xl/charts/", "charts"),
)
_SHAPES: Final = (b"<xdr:sp ", b"<xdr:sp>", b"<xdr:cxnSp", b"<xdr:grpSp")


@dataclass(frozen=True, slots=True)
class Marked:
    """The coloured copy, the ending of its name, and what to tell of it (empty where it has everything)."""

    data: bytes
    suffix: str
    note: str


def mark_copy(data: bytes, name: str, profile: Profile, remarks: Iterable[Remark], language: str) -> Marked:
    """Return the coloured copy of a file; `profile` is one by which it was read.

    UnreadableInputError when the file is too large to be copied in this way, or openpyxl cannot read it.
    """
    messages, told = load_texts(language), tuple(remarks)
    job: dict[str, Any] = {
        "limits": (_MEMORY, _SECONDS),
        "author": messages("marked.author"),
        "sheet": messages("marked.sheet"),
        "headings": [messages(f"marked.{each}") for each in ("place", "severity", "remark", "proposal")],
        "remarks": [_to_dict(each, messages) for each in told],
    }
    names = _members(data)
    if "xl/workbook.xml" not in names:
        job["rows"] = _rows(data, name, profile)
        return Marked(_run(job, name), ".xlsx", messages("marked.plain"))
    job["data"], job["macros"] = base64.b64encode(data).decode("ascii"), _MACROS in names
    lost = [messages(f"marked.{each}") for each in _find_lost(data, names)]
    note = messages("marked.lost", names=messages.join(lost)) if lost else ""
    return Marked(_run(job, name), ".xlsm" if job["macros"] else ".xlsx", note)


def _members(data: bytes) -> list[str]:
    if not data.startswith(b"PK"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


def _find_lost(data: bytes, names: list[str]) -> list[str]:
    found = [key for start, key in _LOST if any(each.startswith(start) for each in names)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        drawings = [each for each in names if each.startswith("xl/drawings/drawing")]
        if any(sign in archive.read(each) for each in drawings for sign in _SHAPES):
            found.append("shapes")
    return list(dict.fromkeys(found))


def _rows(data: bytes, name: str, profile: Profile) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Return the rows of a file that is no XLSX, by its worksheets; a text has one that is called after the file."""
    if is_workbook(data):
        return {each.name: [(raw.number, raw.cells) for raw in each.rows] for each in read_workbook(data, name)}
    text = decode(data, profile.encoding, name)
    if not isinstance(text, str):
        raise UnreadableInputError(f"{name}: no coloured copy can be made while its letters cannot be read")
    rows = read_csv_rows(text, name, profile.delimiter, profile.quote)
    return {
        "".join(each if each.isalnum() else " " for each in Path(name).stem)[:31] or "1": [
            (raw.number, raw.cells) for raw in rows
        ]
    }


def _to_dict(remark: Remark, messages: Messages) -> dict[str, object]:
    places = [{"sheet": each.sheet, "row": each.row or each.line, "column": each.column} for each in remark.places]
    return {
        "severity": remark.severity.value,
        "word": messages(f"severity.{remark.severity.value}"),
        "where": remark.where,
        "text": remark.text,
        "sentence": remark.sentence,
        "proposal": remark.proposal,
        "places": places,
    }


def _run(job: dict[str, Any], name: str) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=False,
            timeout=4 * _SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableInputError(f"{name}: making the coloured copy takes too long; the remarks are in the report") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise UnreadableInputError(f"{name}: no coloured copy can be made of this file ({reason}); the remarks are in the report")
    return done.stdout
