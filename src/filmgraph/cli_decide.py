"""The command `decide`: lists what is asked about films and people, and writes down what an editor decided."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from filmgraph.assembly import identify_catalogue
from filmgraph.decisions import KINDS, Decision, decisions_csv, load_decisions, with_decision
from filmgraph.identity import Identities, Merge, Question, RegistryRow, load_registry
from filmgraph.identity_findings import say_question
from filmgraph.identity_matching import Side
from filmgraph.release_files import replace_text
from filmgraph.settings import Settings, load_settings
from filmgraph.vocabulary import load_vocabulary

__all__ = ["decide_command"]

_ANSWERS: Final = ("same", "different")


@click.command("decide")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.argument("answer", required=False, type=click.Choice(_ANSWERS))
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--kind", type=click.Choice(KINDS), help="What A and B are, where a film and a person have the same key.")
@click.option("--note", default="", metavar="TEXT", help="Why, for those who read the decision later.")
@click.option("--by", "decided_by", default=lambda: os.environ.get("USER", ""), metavar="NAME", help="Who decided.")
@click.option("--json", "as_json", is_flag=True, help="Print the questions, and what was joined, as JSON.")
def decide_command(
    a: str | None, b: str | None, answer: str | None, catalogue: Path, kind: str | None, note: str, decided_by: str, as_json: bool
) -> None:
    """Say whether two films, or two people, are the same; without arguments, list what is asked.

    A and B are keys as in ids.csv. The answer is written into decisions.csv and counts from the next build on.
    """
    settings = load_settings(catalogue, os.environ)
    if a is None:
        _list(_identify(settings), as_json=as_json)
        return
    if b is None or answer is None:
        raise click.UsageError("give two keys and the answer: filmgraph decide A B same, or filmgraph decide A B different")
    if a == b:
        raise click.UsageError(f"{a} is named twice: name two things")
    today = datetime.now(UTC).date().isoformat()
    decision = Decision(kind or _find_kind(settings, a, b), a, b, answer, decided_by, today, note)
    decisions = with_decision(load_decisions(settings.decisions_path), decision)
    replace_text(settings.decisions_path, decisions_csv(decisions))
    click.echo(
        f"{settings.decisions_path}: {decision.kind} {a} and {b} are {answer}. This counts from the next build on.", err=True
    )


def _identify(settings: Settings) -> Identities:
    today = datetime.now(UTC).date().isoformat()
    return identify_catalogue(settings, load_vocabulary(), today, lambda stage: None)


def _find_kind(settings: Settings, a: str, b: str) -> str:
    """Return what both keys belong to, as the registry says, or else what the sources would give them to."""
    kinds = _kinds_of(load_registry(settings.ids_path), (a, b)) or _kinds_of(_identify(settings).registry, (a, b))
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        raise click.UsageError(f"{a} and {b} are keys of films and of people: say which with --kind")
    raise click.UsageError(f"no two films, and no two people, have the keys {a} and {b}: look them up in ids.csv")


def _kinds_of(rows: Iterable[RegistryRow], keys: tuple[str, str]) -> list[str]:
    known = {(row.kind, row.key) for row in rows}
    return [kind for kind in KINDS if all((kind, key) in known for key in keys)]


def _list(identities: Identities, *, as_json: bool) -> None:
    questions = identities.questions
    if as_json:
        told = {"questions": [*map(_question, questions)], "joined": [*map(_merge, identities.merges)]}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for each in questions:
        click.echo(f"{say_question(each)}\n  filmgraph decide {each.a.key} {each.b.key} same|different\n")
    click.echo(f"{len(questions)} open questions; {len(identities.merges)} films or people joined to others", err=True)


def _question(question: Question) -> dict[str, object]:
    verdict = question.verdict
    reasons = {
        "for": list(verdict.pros),
        "against": list(verdict.cons),
        "points": verdict.points,
        "conflict": verdict.is_conflict,
    }
    return {"kind": question.kind.segment, "a": _side(question.a), "b": _side(question.b), **reasons}


def _merge(merge: Merge) -> dict[str, object]:
    by = merge.decision
    decided = None if by is None else {"by": by.decided_by, "date": by.date, "note": by.note, "row": by.row}
    reasons = list(merge.verdict.pros) if merge.verdict else []
    return {"kind": merge.kind.segment, "gone": _side(merge.gone), "kept": _side(merge.kept), "decided": decided, "for": reasons}


def _side(side: Side) -> dict[str, object]:
    return {"key": side.key, "label": side.label, "places": [str(place) for place in side.places]}
