"""The dumps of a release after a small change: the pieces of the chunks without one are taken over as they are."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from filmgraph.dumps import DUMPS_FOLDER, parquet_path
from filmgraph.dumps_files import CANONICAL, SUMS_NAME, UNPACKED_SUMS_NAME, Frame, pack, read_sums
from filmgraph.dumps_render import Rendered
from filmgraph.dumps_tables import ParquetFile, Tables, read_rows
from filmgraph.incremental_chunks import OldChunks, OldRun
from filmgraph.incremental_store import link_file
from filmgraph.release_verify import ALL_QUADS

__all__ = ["Splicer", "Written", "in_release"]

_PACKED: Final = ".gz"
_GZIP_FORMAT: Final = 31
#: What is behind the end of a member is copied for the next one.
_BLOCK: Final = 1 << 16
#: A piece of a file: the number of the old chunk whose piece it is, or what it holds, not packed yet.
_Piece = int | bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of one file: the bytes before the first piece, and those of each new piece, by its place in the file."""

    head: int
    sizes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Splicer:
    """Puts files together from old pieces and new ones; a file in which nothing is new is the old one under a further name.

    `chunks` are all chunks in order: the number of an old one, or what a new one was rendered to.
    """

    old: OldChunks
    staging: Path
    chunks: Sequence[int | Rendered]
    frame_of: Callable[[str], Frame]

    def write_files(self) -> dict[str, Written]:
        """Write all files of pieces but the quads; return what was written, by file of the release."""
        return {in_release(name): self._write(name, pieces) for name, pieces in self._gather().items()}

    def _gather(self) -> dict[str, dict[int, _Piece]]:
        """Return the pieces of each file by the place of their chunk."""
        files: dict[str, dict[int, _Piece]] = {
            name.removeprefix(f"{DUMPS_FOLDER}/"): {} for name in self.old.parts.heads if name != ALL_QUADS
        }
        lasting = {name for name in files if "/" not in name}
        for place, chunk in enumerate(self.chunks):
            if isinstance(chunk, int):
                for name in self.old.chunk(chunk).sizes:
                    if name != ALL_QUADS:
                        files[name.removeprefix(f"{DUMPS_FOLDER}/")][place] = chunk
            else:
                for name, data in chunk.joined().items():
                    files.setdefault(name, {})[place] = data
        # A class or an edition without a thing has no file.
        return {name: pieces for name, pieces in files.items() if pieces or name in lasting}

    def _write(self, name: str, pieces: dict[int, _Piece]) -> Written:
        path = self.staging / DUMPS_FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = in_release(name)
        if list(pieces.values()) == self.old.find(whole) and whole in self.old.parts.heads:
            link_file(self.old.path / whole, path)
            return Written(self.old.parts.heads[whole], {})
        frame = self.frame_of(name)
        with path.open("wb") as file:
            head = file.write(_to_file(name, frame.head)) if frame.head else 0
            sizes = {}
            run = OldRun(self.old, whole, file)
            for place, piece in pieces.items():
                if isinstance(piece, int):
                    run.take(piece)
                else:
                    run.end()
                    sizes[place] = file.write(_to_file(name, piece))
            run.end()
            if frame.foot or (file.tell() == 0 and name.endswith(_PACKED)):
                file.write(_to_file(name, frame.foot))
        return Written(head, sizes)

    def unpacked_sums(self, names: Mapping[str, Written]) -> dict[str, str]:
        """Return the digests of what the canonical files hold, by their names in the folder of dumps."""
        known = read_sums(self.old.path / DUMPS_FOLDER / UNPACKED_SUMS_NAME)
        sums = {}
        for whole in names:
            name = whole.removeprefix(f"{DUMPS_FOLDER}/")
            if name.endswith(CANONICAL):
                sums[name] = known[name.removesuffix(_PACKED)] if self._is_old(whole) else _digest(self.staging / whole)
        return sums

    def known_sums(self) -> dict[str, str]:
        """Return the digests of the files that were taken over as they are, by their names in the folder of dumps."""
        known = read_sums(self.old.path / DUMPS_FOLDER / SUMS_NAME)
        return {name: digest for name, digest in known.items() if self._is_old(in_release(name))}

    def _is_old(self, whole: str) -> bool:
        path, before = self.staging / whole, self.old.path / whole
        return before.exists() and path.exists() and path.samefile(before)

    def write_tables(self, tables: Tables) -> None:
        """Write the tables as Parquet."""
        for segment, columns in tables.columns.items():
            pieces = [piece for piece in (self._rows(chunk, segment) for chunk in self.chunks) if piece is not None]
            before = [number for number, each in enumerate(self.old.parts.chunks) if segment in each.rows]
            path = parquet_path(self.staging / DUMPS_FOLDER, segment)
            if pieces == before:
                link_file(parquet_path(self.old.path / DUMPS_FOLDER, segment), path)
            elif pieces:
                with ParquetFile(path, columns) as file:
                    self._put_rows(file, segment, pieces)

    def _rows(self, chunk: int | Rendered, segment: str) -> int | list[list[object]] | None:
        if isinstance(chunk, Rendered):
            return chunk.rows.get(segment)
        return chunk if segment in self.old.chunk(chunk).rows else None

    def _put_rows(self, file: ParquetFile, segment: str, pieces: Sequence[int | list[list[object]]]) -> None:
        path = parquet_path(self.old.path / DUMPS_FOLDER, segment)
        rows = read_rows(path) if path.exists() else None
        starts = list(accumulate((each.rows.get(segment, 0) for each in self.old.parts.chunks), initial=0))
        begin = reached = 0
        for piece in (*pieces, []):
            if isinstance(piece, int) and starts[piece] == reached:
                reached = starts[piece + 1]
                continue
            if rows is not None and begin < reached:
                file.add_piece(rows.slice(begin, reached - begin))
            if isinstance(piece, int):
                begin, reached = starts[piece], starts[piece + 1]
            else:
                file.add_rows(piece)
                begin = reached


def in_release(name: str) -> str:
    """Return the name of a file of the folder of dumps within the release."""
    return f"{DUMPS_FOLDER}/{name}"


def _to_file(name: str, data: bytes) -> bytes:
    return pack(data) if name.endswith(_PACKED) else data


def _digest(path: Path) -> str:
    """Return the SHA-256 of what a packed file holds."""
    digest, rest = hashlib.sha256(), b""
    member = zlib.decompressobj(_GZIP_FORMAT)
    with path.open("rb") as file:
        while data := rest or file.read(_BLOCK):
            digest.update(member.decompress(data))
            rest = member.unused_data
            if member.eof:
                member = zlib.decompressobj(_GZIP_FORMAT)
    return digest.hexdigest()
