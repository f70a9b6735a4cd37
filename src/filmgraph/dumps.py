"""Writes the dumps of a release: the same facts as canonical lines, for people, for programs and as tables.

One pass over the sorted lines takes stock, one pass over the things writes. What is in memory at a time is bounded, however much
there is. The same facts always give the same bytes; and each chunk of them gives the same pieces of files, whatever is in other
chunks.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from filmgraph.chunks import cut_lines
from filmgraph.dumps_files import CANONICAL, FORM_SUFFIXES, DumpFolder, Frame, Renderer, open_gzip, write_sums
from filmgraph.dumps_guard import FactsGuard
from filmgraph.dumps_index import ThingIndex
from filmgraph.dumps_lines import Terms, ThingLines, group_things, split_line, to_lines
from filmgraph.dumps_render import TABLES_FOLDER, ChunkRenderer, table_file
from filmgraph.dumps_rows import Survey
from filmgraph.dumps_sort import merge_blocks, merge_lines
from filmgraph.dumps_stock import iter_stock, take_stock
from filmgraph.dumps_tables import ParquetFile, Tables
from filmgraph.dumps_turtle import TurtleWriter
from filmgraph.iris import IriScheme, Kind
from filmgraph.resources import find_ontology_path, find_shapes_path
from filmgraph.serialisation import prefixes_for
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "DUMPS_FOLDER",
    "TABLES_FOLDER",
    "DumpContents",
    "Dumped",
    "copy_definitions",
    "frame_of",
    "iter_facts",
    "iter_published",
    "make_renderer",
    "open_gzip",
    "parquet_path",
    "whole_files",
    "write_dumps",
]

DUMPS_FOLDER: Final = "dumps"
#: In a triple's line, but for those in its literal.
_SPACES: Final = 3
_STOCK: Final = "stock"
_TABLE: Final = ".csv"


@dataclass(frozen=True, slots=True)
class DumpContents:
    """What the dumps are made of.

    `lines_path` is a file with all quads of the release, as sorted lines of canonical N-Quads; `about` the dataset's description,
    which is published too; `texts` the triples of the texts graph, none of which may get into a dump; `starts` are the first
    subjects of the chunks of the lines.
    """

    lines_path: Path
    about: Iterable[Triple]
    texts: Iterable[Triple]
    vocabulary: Vocabulary
    starts: tuple[bytes, ...] = (b"",)


@dataclass(frozen=True, slots=True)
class Dumped:
    """What was written: the sizes of the heads of all files, and for each chunk the sizes of its pieces and its rows.

    `editions` are the things that belong to each edition.
    """

    heads: dict[str, int]
    sizes: tuple[dict[str, int], ...]
    rows: tuple[dict[str, int], ...]
    surveys: tuple[Survey, ...]
    editions: dict[str, frozenset[str]]


def write_dumps(contents: DumpContents, catalogue_id: str, iris: IriScheme, release_path: Path) -> Dumped:
    """Write the folder `dumps/` of the release that is being made in `release_path`.

    DumpContentError when a fact is prose, a quote or a picture; ReleaseError for what no release may hold, such as blank nodes.
    """
    path = release_path / DUMPS_FOLDER
    (path / TABLES_FOLDER).mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dumps-", dir=release_path) as name, _open_index(Path(name), iris) as index:
        stock_path = Path(name) / _STOCK
        things = group_things(_checked_facts(contents, iris))
        surveys = take_stock(things, contents.starts, index, stock_path)
        index.gather_editions()
        tables = Tables(Survey.of(surveys), index, contents.vocabulary)
        renderer = ChunkRenderer(catalogue_id, make_renderer(iris, catalogue_id), tables, index)
        chunks = zip(iter_stock(stock_path), _published_chunks(contents), strict=True)
        dumped = _write_chunks(chunks, path, renderer, surveys, index)
        tables.write_dictionary(path / TABLES_FOLDER)
    copy_definitions(path)
    write_sums(path, dumped.unpacked)
    return dumped.dumped


def make_renderer(iris: IriScheme, catalogue_id: str) -> Renderer:
    """Return the renderer of the things of a catalogue."""
    turtle = TurtleWriter({**prefixes_for(iris), "sourcegraph": iris.source_graph("")})
    return Renderer(turtle, iris.thing(Kind.DATASET, catalogue_id))


def frame_of(name: str, renderer: Renderer, tables: Tables) -> Frame:
    """Return what the file `name`, relative to the folder, begins and ends with."""
    if name.startswith(f"{TABLES_FOLDER}/"):
        return Frame(tables.header(Path(name).stem))
    return renderer.frame_of(name)


def whole_files(stem: str) -> tuple[str, ...]:
    """Return the names of the files of a stem, in every form."""
    return tuple(stem + suffix for suffix in (CANONICAL, *FORM_SUFFIXES))


def parquet_path(folder: Path, segment: str) -> Path:
    """Return the file of a table as Parquet."""
    return (folder / table_file(segment)).with_suffix(".parquet")


@contextmanager
def _open_index(folder: Path, iris: IriScheme) -> Iterator[ThingIndex]:
    """Open the temporary index; where the disk refuses, that is an OSError as everywhere else."""
    try:
        with ThingIndex(folder / "index.sqlite", iris) as index:
            yield index
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise OSError(f"the temporary index in {folder} cannot be kept: {error}") from error


def _checked_facts(contents: DumpContents, iris: IriScheme) -> Iterator[Terms]:
    """Yield the terms of all facts, in order, once it is known that they are facts."""
    check = FactsGuard(iris, contents.vocabulary.triples, contents.texts).check
    with contents.lines_path.open("rb") as lines:
        for terms in iter_facts(merge_lines([lines, sorted(to_lines(contents.about))]), iris):
            check(terms)
            yield terms


def iter_facts(lines: Iterable[bytes], iris: IriScheme) -> Iterator[Terms]:
    """Yield the terms of the lines of the published graph and of the source graphs; no other graph is in a dump."""
    sources = b"<" + iris.source_graph("").encode()
    others = frozenset(f"<{each}>".encode() for each in (iris.texts_graph, iris.provenance_graph, iris.vocabulary_graph))
    for line in lines:
        graph = _graph_of(line)
        if graph not in others:
            yield split_line(line, has_graph=graph.startswith(sources))


def _graph_of(line: bytes) -> bytes:
    """Return the graph of a quad's line, in angle brackets; nothing for a triple's line.

    A line with an IRI at its end is a quad's when that is a fourth term. The end of a literal with spaces looks like one, but
    holds a quotation mark: no IRI does.
    """
    if not line.endswith(b"> .\n") or line.count(b" ") <= _SPACES:
        return b""
    last = line[line.rfind(b" ", 0, -3) + 1 : -3]
    return last if last.startswith(b"<") and b'"' not in last else b""


@dataclass(frozen=True, slots=True)
class _Written:
    dumped: Dumped
    unpacked: dict[str, str]


def _published_chunks(contents: DumpContents) -> Iterator[Iterator[bytes]]:
    """Yield the published lines of each chunk."""
    with contents.lines_path.open("rb") as lines:
        for chunk in cut_lines(merge_blocks([lines, sorted(to_lines(contents.about))]), contents.starts):
            yield iter_published(chunk)


def iter_published(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of the published graph."""
    return (line for line in lines if not _graph_of(line))


def _write_chunks(
    chunks: Iterable[tuple[list[ThingLines], Iterable[bytes]]],
    path: Path,
    renderer: ChunkRenderer,
    surveys: list[Survey],
    index: ThingIndex,
) -> _Written:
    """Write all files but the dictionary of the tables and the definitions.

    `chunks` are the things of each chunk, and its published lines.
    """
    sizes: list[dict[str, int]] = []
    rows: list[dict[str, int]] = []
    with ExitStack() as stack:
        folder = stack.enter_context(DumpFolder(path, lambda name: frame_of(name, renderer.renderer, renderer.tables)))
        tables: dict[str, ParquetFile] = {}
        for name in whole_files(renderer.stem):
            folder.begin(name)
        for things, published in chunks:
            rendered = renderer.render(things, published)
            sizes.append(folder.add(rendered.joined()))
            rows.append({segment: len(each) for segment, each in rendered.rows.items()})
            for segment, values in rendered.rows.items():
                if segment not in tables:
                    columns = renderer.tables.columns[segment]
                    tables[segment] = stack.enter_context(ParquetFile(parquet_path(path, segment), columns))
                tables[segment].add_rows(values)
    # Closed by now: what files end with is in the digests.
    dumped = Dumped(folder.heads, tuple(sizes), tuple(rows), tuple(surveys), index.members())
    return _Written(dumped, folder.unpacked_sums)


def copy_definitions(path: Path) -> None:
    """Copy the vocabulary and the shapes into the folder of dumps."""
    for source in (find_ontology_path(), find_shapes_path()):
        _copy_turtle(source, path / source.name)


def _copy_turtle(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.glob("*.ttl")):
        shutil.copyfile(path, target / path.name)
