"""Checks one workbook or table against a catalogue, as if it stood there already. Nothing is written into the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from filmgraph.assembly import Assembly, Progress, assemble
from filmgraph.checking_causes import leave_out_effects
from filmgraph.checking_overlay import overlaid
from filmgraph.checking_proposals import Table, find_proposals
from filmgraph.checking_refs import find_strangers
from filmgraph.errors import SettingsError
from filmgraph.findings import Finding, Report, Severity
from filmgraph.incremental import assembling
from filmgraph.namespaces import SCHEMA
from filmgraph.release_folder import find_current
from filmgraph.remarks import Naming, Remark, tell
from filmgraph.settings import Settings, SourceSettings
from filmgraph.sources.sheet import open_source
from filmgraph.sources.sheet.column import Profile
from filmgraph.validation import Shapes, load_shapes
from filmgraph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["Check", "Standards", "check_book", "drafting", "find_sources", "load_standards", "names_in"]


@dataclass(frozen=True, slots=True)
class Standards:
    """What a catalogue is read and judged by: the shipped vocabulary and shapes."""

    vocabulary: Vocabulary
    shapes: Shapes


def load_standards() -> Standards:
    """Read the vocabulary and the shapes, which takes a second."""
    return Standards(load_vocabulary(), load_shapes())


@dataclass(frozen=True, slots=True)
class Check:
    """What was found in a file.

    `paths` are where it stands in the catalogue, `source_ids` the sources that it is. `findings` are those about the file,
    `others` the number of violations elsewhere in the catalogue. `proposals` say for some findings what was likely meant,
    `names` what the things are called that they speak of. `profile` is one by which the file was read.
    """

    name: str
    paths: tuple[str, ...]
    source_ids: tuple[str, ...]
    records: int
    findings: Report
    others: int
    proposals: Mapping[Finding, str]
    names: Mapping[str, str]
    profile: Profile

    @property
    def blocks(self) -> bool:
        """Whether nothing could be published with this file."""
        return self.findings.blocks_release or self.others > 0

    def count(self, severity: Severity) -> int:
        """Return how many findings about the file have a severity."""
        return self.findings.count(severity)

    def tell(self, language: str) -> tuple[Remark, ...]:
        """Return the findings about the file in the words of a language, in the order of the sheet."""
        return tell(self.findings, language, self.names.get, self.proposals, frozenset(self.paths))


def find_sources(settings: Settings, file: Path, source_ids: Iterable[str] = ()) -> tuple[SourceSettings, ...]:
    """Return the sheets of a catalogue that a file is: those named, else those at its path, else those whose file has its name.

    SettingsError for an id that no sheet has. Several sources may read one workbook: one of them stands for all.
    """
    sheets = [each for each in settings.sources if each.kind == "sheet"]
    wanted = list(source_ids)
    for each in wanted:
        if each not in {source.id for source in sheets}:
            known = ", ".join(source.id for source in sheets) or "none"
            raise SettingsError(f"no sheet of the catalogue has the id {each!r}; there are: {known}")
    if wanted:
        paths = {each.path for each in sheets if each.id in wanted}
        return tuple(each for each in sheets if each.path in paths)
    there = file.resolve()
    same = tuple(each for each in sheets if (settings.catalogue_path / each.path).resolve() == there)
    return same or tuple(each for each in sheets if Path(each.path).name == file.name)


def check_book(
    settings: Settings, sources: tuple[SourceSettings, ...], name: str, data: bytes, standards: Standards, today: str,
    progress: Progress,
) -> Check:  # fmt: skip
    """Check a file in the place of that of `sources`; `today` is an ISO date.

    UnreadableInputError when it cannot be opened at all, or another file of the catalogue cannot.
    """
    paths = tuple(dict.fromkeys(each.path for each in sources))
    with overlaid(settings, dict.fromkeys(paths, data)) as there, drafting(there, standards, today, progress) as assembly:
        vocabulary = standards.vocabulary
        tables = tuple(Table(each, *open_source(each, there.catalogue_path, vocabulary)) for each in sources)
        strangers = (_at_film(each, tables) for each in find_strangers(there, frozenset(each.id for each in sources), vocabulary))
        own = Report.of((*(each for each in assembly.report if _is_about(each, paths)), *strangers))
        others = sum(each.severity is Severity.VIOLATION and not _is_about(each, paths) for each in assembly.report)
        told = Report.of(leave_out_effects(own, tables))
        return Check(
            name,
            paths,
            tuple(each.id for each in sources),
            sum(len(each.sheet.rows) for each in tables),
            told,
            others,
            find_proposals(told, tables, vocabulary),
            _names_of(told, names_in(assembly, settings.base_iri)),
            tables[0].profile,
        )


def _at_film(finding: Finding, tables: Iterable[Table]) -> Finding:
    """Return a finding about the film of a row of credits with the place of the cell that names it."""
    place = finding.places[0]
    for table in tables:
        at, column = table.sheet.header_place, table.profile.column_of("film")
        row = table.rows.get(place.row or 0)
        if place.column is None and column is not None and row is not None and (at.path, at.sheet) == (place.path, place.sheet):
            return replace(finding, places=(row.place_of(column.header),))
    return finding


def _is_about(finding: Finding, paths: tuple[str, ...]) -> bool:
    return any(place.path in paths for place in finding.places)


@contextmanager
def drafting(settings: Settings, standards: Standards, today: str, progress: Progress) -> Iterator[Assembly]:
    """Give the catalogue as it would be released; where there is a release, only what has changed since is done anew."""
    vocabulary, shapes = standards.vocabulary, standards.shapes
    if find_current(settings.releases_path) is None:
        yield assemble(settings, vocabulary, shapes, today, progress)
        return
    with assembling(settings, vocabulary, shapes, today, progress) as draft:
        yield draft.assembly


def names_in(assembly: Assembly, base_iri: str) -> Naming:
    """Return what gives the name of a thing by what stands behind `/id/` in its IRI; the graph is read when first asked."""
    known: dict[str, str] = {}

    def name(thing: str) -> str | None:
        if not known:
            known.update(_read_names(assembly, f"{base_iri}id/"))
        return known.get(thing)

    return name


def _read_names(assembly: Assembly, start: str) -> Iterator[tuple[str, str]]:
    """Yield the names of things; that without a language comes last, and so counts."""
    found = [
        (triple.subject.value, triple.object)
        for triple in assembly.published
        if isinstance(triple.object, Literal) and triple.predicate.value == SCHEMA.name and isinstance(triple.subject, NamedNode)
    ]
    for iri, literal in sorted(found, key=lambda each: (each[1].language is None, each[1].value)):
        if iri.startswith(start):
            yield iri.removeprefix(start), literal.value


def _names_of(report: Report, naming: Naming) -> Mapping[str, str]:
    """Return the names of the things that findings speak of; the graph is not kept for them."""
    words = {word.strip("(),.:;") for each in report for word in each.message.split() if "/" in word}
    return {word: name for word in sorted(words) if (name := naming(word))}
