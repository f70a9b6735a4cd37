"""`check FILE`: the remarks on one workbook or table, in plain words, before it is part of a catalogue."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from filmgraph.checking import Check, check_book, find_sources, load_standards
from filmgraph.checking_marked import mark_copy
from filmgraph.errors import ReleaseError, SettingsError, UnreadableInputError
from filmgraph.findings import Severity
from filmgraph.remarks import Remark
from filmgraph.remarks_report import Summary, to_html, to_json
from filmgraph.remarks_texts import load_texts
from filmgraph.settings import FILE_NAME, Settings, SourceSettings, load_settings
from filmgraph.template_catalogue import bare_catalogue

__all__ = ["Wanted", "check_file", "find_catalogue"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a check: the sources that the file is meant to be, the language, and the files to write."""

    source_ids: tuple[str, ...]
    language: str
    json_path: Path | None
    html_path: Path | None
    marked_path: Path | None
    show_all: bool


def check_file(file: Path, catalogue: Path | None, wanted: Wanted) -> None:
    """Check a file, print the remarks, write what is asked for; end with 1 when nothing could be published with it."""
    _check_name(wanted.marked_path, file)
    data = _read(file)
    with ExitStack() as stack:
        settings, sources = _find(file, catalogue, wanted.source_ids, stack)
        standards = load_standards()
        progress: Callable[[str], None] = lambda stage: None  # noqa: E731 -- the remarks come within seconds
        today = datetime.now(UTC).date().isoformat()
        check = check_book(settings, sources, file.name, data, standards, today, progress)
        remarks = check.tell(wanted.language)
        _print(check, remarks, wanted)
        _write_reports(check, remarks, wanted)
        if wanted.marked_path is not None:
            _write_marked(wanted.marked_path, data, file, check, remarks, wanted.language)
    if check.blocks:
        sys.exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableInputError(f"cannot read {file}: {error.strerror}") from error


def find_catalogue(file: Path) -> Path | None:
    """Return the catalogue that a file lies in: the nearest folder above it that holds its settings."""
    return next((each for each in file.resolve().parents if (each / FILE_NAME).is_file()), None)


def _find(
    file: Path, catalogue: Path | None, source_ids: tuple[str, ...], stack: ExitStack
) -> tuple[Settings, tuple[SourceSettings, ...]]:
    """Return the catalogue and its sources that the file is, or a bare one with those of the template."""
    folder = catalogue or find_catalogue(file) or (Path() if Path(FILE_NAME).is_file() else None)
    if folder is not None:
        settings = load_settings(folder, os.environ)
        sources = find_sources(settings, file, source_ids)
        if sources:
            return settings, sources
        message = f"{folder}: no source is called {file.name}; it is read as a filled-in template (or name a source with --as)"
        click.echo(message, err=True)
    elif source_ids:
        raise SettingsError(f"{file} lies in no catalogue: name one with --catalogue")
    bare = bare_catalogue(Path(stack.enter_context(tempfile.TemporaryDirectory())), "template.xlsx")
    return bare, bare.sources


def _print(check: Check, remarks: tuple[Remark, ...], wanted: Wanted) -> None:
    if wanted.json_path == Path("-"):
        click.echo(to_json(_summary(check), remarks), nl=False)
        return
    messages = load_texts(wanted.language)
    for each in remarks:
        if wanted.show_all or each.severity is not Severity.INFO:
            click.echo(f"{messages('severity.' + each.severity.value)}  {each.line}")
    summary = _summary(check)
    click.echo(summary.counts(messages, remarks), err=True)
    if check.others:
        click.echo(messages.count("report.others", check.others), err=True)
    click.echo(summary.verdict(messages, remarks), err=True)


def _summary(check: Check) -> Summary:
    return Summary(check.name, check.records, check.others, check.blocks)


def _write_reports(check: Check, remarks: tuple[Remark, ...], wanted: Wanted) -> None:
    if wanted.json_path is not None and wanted.json_path != Path("-"):
        _write(wanted.json_path, to_json(_summary(check), remarks).encode())
    if wanted.html_path is not None:
        _write(wanted.html_path, to_html(_summary(check), remarks, wanted.language).encode())


def _write_marked(path: Path, data: bytes, file: Path, check: Check, remarks: tuple[Remark, ...], language: str) -> None:
    marked = mark_copy(data, file.name, check.profile, remarks, language)
    if path.suffix.casefold() != marked.suffix:
        raise SettingsError(f"--marked {path} should end in {marked.suffix}")
    _write(path, marked.data)
    if marked.note:
        click.echo(marked.note, err=True)


def _check_name(path: Path | None, file: Path) -> None:
    """Refuse a name for the coloured copy before any work is done."""
    if path is not None and path.resolve() == file.resolve():
        raise SettingsError(f"--marked {path} is the file itself: give the coloured copy another name")
    if path is not None and path.suffix.casefold() not in (".xlsx", ".xlsm"):
        raise SettingsError(f"--marked {path} should end in .xlsx")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ReleaseError(f"cannot write {path}: {error.strerror}") from error
