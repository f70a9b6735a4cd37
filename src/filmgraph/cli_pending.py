"""`diff` without arguments: what would change if the catalogue were published as it is now, in words."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from filmgraph.checking import drafting, load_standards, names_in
from filmgraph.findings import Severity
from filmgraph.pages.wording import word_counts
from filmgraph.pending import Pending, find_pending
from filmgraph.remarks_texts import load_texts
from filmgraph.settings import load_settings

__all__ = ["print_pending"]


def print_pending(catalogue: Path, language: str) -> None:
    """Print each change with its source, and a summary; nothing is published."""
    settings, standards, messages = load_settings(catalogue, os.environ), load_standards(), load_texts(language)
    today = datetime.now(UTC).date().isoformat()
    with drafting(settings, standards, today, lambda stage: None) as assembly:
        pending = find_pending(assembly, standards.vocabulary, names_in(assembly, settings.base_iri), language)
        violations = assembly.report.count(Severity.VIOLATION)
    _print(pending, language)
    if violations:
        click.echo(messages.count("pending.blocked", violations), err=True)


def _print(pending: Pending, language: str) -> None:
    messages = load_texts(language)
    for each in pending.changes:
        click.echo(each.head)
        for detail in each.details:
            click.echo(f"  {detail}")
    if pending.is_empty:
        click.echo(messages("pending.nothing"), err=True)
        return
    changes = word_counts(pending.counts, messages)
    said = messages("pending.summary", release=pending.current_id, changes=changes)
    click.echo(said if pending.current_id else f"{messages('pending.first')} {changes}", err=True)
