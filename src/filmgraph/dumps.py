"""Writes the dumps of a release: the same facts as canonical lines, for people, for programs and as tables.

One pass sorts, one pass over the sorted lines takes stock, one pass over the things writes. What is in memory at a time is
bounded, however much there is. The same facts always give the same bytes.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from filmgraph.dumps_editions import EditionBuckets
from filmgraph.dumps_files import DumpFolder, Forms, GzipFile, Renderer, open_gzip
from filmgraph.dumps_guard import FactsGuard
from filmgraph.dumps_index import ThingIndex
from filmgraph.dumps_lines import Terms, group_things, split_line, to_lines
from filmgraph.dumps_rows import Survey
from filmgraph.dumps_sort import merge_lines
from filmgraph.dumps_stock import iter_stock, take_stock
from filmgraph.dumps_tables import Tables
from filmgraph.dumps_turtle import TurtleWriter
from filmgraph.iris import IriScheme
from filmgraph.resources import find_ontology_path, find_shapes_path
from filmgraph.serialisation import prefixes_for
from filmgraph.vocabulary import Vocabulary

__all__ = ["DUMPS_FOLDER", "TABLES_FOLDER", "DumpContents", "open_gzip", "write_dumps"]

DUMPS_FOLDER: Final = "dumps"
TABLES_FOLDER: Final = "tables"
_STOCK: Final = "stock"


@dataclass(frozen=True, slots=True)
class DumpContents:
    """What the dumps are made of.

    `lines_path` is a file with all quads of the release, as sorted lines of canonical N-Quads; `about` the dataset's description,
    which is published too; `texts` the triples of the texts graph, none of which may get into a dump.
    """

    lines_path: Path
    about: Iterable[Triple]
    texts: Iterable[Triple]
    vocabulary: Vocabulary


def write_dumps(contents: DumpContents, catalogue_id: str, iris: IriScheme, release_path: Path) -> None:
    """Write the folder `dumps/` of the release that is being made in `release_path`.

    DumpContentError when a fact is prose, a quote or a picture; ReleaseError for what no release may hold, such as blank nodes.
    """
    folder = DumpFolder(release_path / DUMPS_FOLDER)
    (folder.path / TABLES_FOLDER).mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dumps-", dir=release_path) as name, _open_index(Path(name), iris) as index:
        work = Path(name)
        survey = _write_canonical(contents, iris, folder, catalogue_id, index, work / _STOCK)
        editions = EditionBuckets(work, index.gather_editions())
        _write_things(work / _STOCK, folder, catalogue_id, survey, index, editions, contents.vocabulary, iris)
    for path in (find_ontology_path(), find_shapes_path()):
        _copy_turtle(path, folder.path / path.name)
    folder.write_sums()


@contextmanager
def _open_index(folder: Path, iris: IriScheme) -> Iterator[ThingIndex]:
    """Open the temporary index; where the disk refuses, that is an OSError as everywhere else."""
    try:
        with ThingIndex(folder / "index.sqlite", iris) as index:
            yield index
    except sqlite3.Error as error:
        raise OSError(f"the temporary index in {folder} cannot be kept: {error}") from error


def _write_canonical(
    contents: DumpContents, iris: IriScheme, folder: DumpFolder, catalogue_id: str, index: ThingIndex, stock_path: Path
) -> Survey:
    """Write the canonical N-Triples, whole and per class, and take stock of the things on the way."""
    with ExitStack() as stack:
        whole = stack.enter_context(folder.open_gzip(f"{catalogue_id}.nt.gz"))
        classes: dict[str, GzipFile] = {}

        def write(lines: Iterable[tuple[bytes, Terms]]) -> Iterator[Terms]:
            for line, terms in lines:
                if not terms[3]:
                    whole.write(line)
                    thing = index.names.find(terms[0])
                    if thing is not None:
                        segment = thing.partition("/")[0]
                        if segment not in classes:
                            classes[segment] = stack.enter_context(folder.open_gzip(f"class/{segment}.nt.gz"))
                        classes[segment].write(line)
                yield terms

        return take_stock(group_things(write(_iter_facts(contents, iris))), index, stock_path)


def _iter_facts(contents: DumpContents, iris: IriScheme) -> Iterator[tuple[bytes, Terms]]:
    """Yield the lines of the published graph and of the source graphs, each with its terms; no other graph is in a dump."""
    check = FactsGuard(iris, contents.vocabulary.triples, contents.texts).check
    sources = b"<" + iris.source_graph("").encode()
    others = frozenset(f"<{each}>".encode() for each in (iris.texts_graph, iris.provenance_graph, iris.vocabulary_graph))
    with contents.lines_path.open("rb") as lines:
        for line in merge_lines([lines, sorted(to_lines(contents.about))]):
            graph = _graph_of(line)
            if graph not in others:
                terms = split_line(line, has_graph=graph.startswith(sources))
                check(terms)
                yield line, terms


def _graph_of(line: bytes) -> bytes:
    """Return the last term of a quad's line; of a triple's line, nothing or the end of a literal.

    A line with an IRI at its end is a quad's when it has a fourth term: neither IRIs nor the end of a literal hold a space.
    """
    return line[line.rfind(b" ", 0, -3) + 1 : -3] if line.endswith(b"> .\n") and line.count(b" ") > 3 else b""


def _write_things(
    stock_path: Path,
    folder: DumpFolder,
    catalogue_id: str,
    survey: Survey,
    index: ThingIndex,
    editions: EditionBuckets,
    vocabulary: Vocabulary,
    iris: IriScheme,
) -> None:
    """Write all that is grouped by thing: the other forms, the tables and the editions."""
    renderer = Renderer(TurtleWriter({**prefixes_for(iris), "sourcegraph": iris.source_graph("")}))
    with ExitStack() as stack:
        whole = stack.enter_context(Forms(folder, catalogue_id, renderer))
        tables = stack.enter_context(Tables(folder.path / TABLES_FOLDER, survey, index, vocabulary))
        classes: dict[str, Forms] = {}
        for thing in iter_stock(stock_path):
            rendered = renderer.render(thing)
            whole.write(rendered)
            name = index.names.find(thing.subject)
            if name is not None and thing.published:
                segment = name.partition("/")[0]
                if segment not in classes:
                    classes[segment] = stack.enter_context(Forms(folder, f"class/{segment}", renderer))
                classes[segment].write(rendered)
                tables.write(name, thing)
                editions.add(thing, rendered, index.editions_of(name))
    editions.write(folder, renderer)


def _copy_turtle(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.glob("*.ttl")):
        shutil.copyfile(path, target / path.name)
