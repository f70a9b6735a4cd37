"""Workbooks (XLSX, ODS, XLS) → worksheets as text. The file is read by another process, under limits.

Several sources may name worksheets of one workbook: it is unpacked once for all of them.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.sources.limited import Ending, command_for, how_it_ended
from filmgraph.sources.sheet.rows import RawRow

__all__ = ["WORKBOOK_LIMITS", "Limits", "Worksheet", "is_workbook", "read_workbook"]

_PROGRAM: Final = Path(__file__).with_name("workbook_process.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a workbook may take: bytes of the file, unpacked, and of memory; seconds of a processor; cells."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 300_000_000
    memory_bytes: int = 1_500_000_000
    seconds: int = 60
    cells: int = 5_000_000


WORKBOOK_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet as text; rows, columns and cells are numbered from 1, as the spreadsheet shows them.

    `merged` are the first row and column and the last row and column of merged cells. `errors` are cells that hold an error,
    `empty_formulas` those whose formula was never calculated.
    """

    name: str
    is_visible: bool
    rows: tuple[RawRow, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    empty_formulas: tuple[tuple[int, int], ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()


def is_workbook(data: bytes) -> bool:
    """Return whether a file is a workbook by its first bytes, whatever its name."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes, path: str, limits: Limits = WORKBOOK_LIMITS) -> tuple[Worksheet, ...]:
    """Return the worksheets of a workbook in their order.

    UnreadableInputError when it is damaged, or asks for more than the limits.
    """
    if len(data) > limits.file_bytes:
        raise UnreadableInputError(f"{path} has more than {limits.file_bytes // 1_000_000} MB: split the workbook")
    return _read_once(_Content(data), path, limits)


class _Content:
    """The bytes of a file, equal to others by their digest: what the kept worksheets are found by."""

    __slots__ = ("data", "digest")

    def __init__(self, data: bytes) -> None:
        self.data: bytes | None = data
        self.digest = hashlib.sha256(data).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=2)
def _read_once(content: _Content, path: str, limits: Limits) -> tuple[Worksheet, ...]:
    data, content.data = content.data or b"", None
    numbers = (limits.memory_bytes, limits.unpacked_bytes, limits.seconds, limits.cells)
    try:
        done = subprocess.run(
            command_for(_PROGRAM, *numbers),
            input=data,
            capture_output=True,
            check=False,
            timeout=4 * limits.seconds,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableInputError(f"{path}: {_too_slow(limits)}") from None
    if done.returncode:
        raise UnreadableInputError(f"{path}: {_explain(done.returncode, done.stderr, limits)}")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise UnreadableInputError(f"{path}: {answer['refused']}")
    return tuple(_to_worksheet(each) for each in answer["sheets"])


def _to_worksheet(found: dict[str, Any]) -> Worksheet:
    rows = tuple(RawRow(None, number, tuple(cells)) for number, cells in found["rows"])
    lists: dict[str, Any] = {
        name: tuple(tuple(each) if isinstance(each, list) else each for each in found.get(name, ()))
        for name in ("merged", "hidden_rows", "hidden_columns", "empty_formulas", "errors")
    }
    return Worksheet(found["name"], found["is_visible"], rows, **lists)


def _explain(code: int, stderr: bytes, limits: Limits) -> str:
    ending = how_it_ended(code, stderr)
    if ending is Ending.TOO_SLOW:
        return _too_slow(limits)
    if ending is Ending.TOO_LARGE:
        memory = limits.memory_bytes // 1_000_000
        return f"reading the workbook takes more than {memory} MB: delete what stands far off in its sheets, or split it"
    return "the workbook is damaged: open it in a spreadsheet and save it anew"


def _too_slow(limits: Limits) -> str:
    return f"reading the workbook takes more than {limits.seconds} seconds: split it"
