"""The remarks on a file as a page of its own (HTML, one file) and as JSON; `docs/editing.md` describes both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from filmgraph.findings import Severity, SourcePlace
from filmgraph.pages.messages import Messages
from filmgraph.remarks import Remark
from filmgraph.remarks_texts import load_texts

__all__ = ["FORM", "Summary", "to_html", "to_json"]

#: The version of the form of the JSON; it goes up when a member is renamed or taken away.
FORM: Final = 1

_COUNTS: Final = ((Severity.VIOLATION, "errors"), (Severity.WARNING, "warnings"), (Severity.INFO, "hints"))
_STYLE: Final = Markup("""
:root { color-scheme: light dark; --paper: #fbfaf6; --sheet: #fff; --ink: #1f1b17; --soft: #5e564d; --line: #ddd6ca;
  --Violation: #a3172a; --Warning: #7a5200; --Info: #2a5a8a; }
@media (prefers-color-scheme: dark) { :root { --paper: #171412; --sheet: #1f1b18; --ink: #f0eae0; --soft: #b5aa9b;
  --line: #3b342d; --Violation: #f0929b; --Warning: #f0c674; --Info: #9cc4ee; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 52rem; background: var(--paper); color: var(--ink);
  font: 100%/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font: 600 1.8rem/1.2 Georgia, serif; margin: 0 0 .8rem; }
.state { padding: .6rem .9rem; background: var(--sheet); border: 1px solid var(--line); border-left: 4px solid var(--Info); }
.state.blocked { border-left-color: var(--Violation); }
ol { list-style: none; margin: 1.5rem 0 0; padding: 0; }
li { margin: 0 0 .7rem; padding: .6rem .9rem; background: var(--sheet); border: 1px solid var(--line); border-left: 4px solid; }
li p { margin: .1rem 0; color: var(--ink); }
.where { font-weight: 600; }
.Violation { border-left-color: var(--Violation); } .Violation b { color: var(--Violation); }
.Warning { border-left-color: var(--Warning); } .Warning b { color: var(--Warning); }
.Info { border-left-color: var(--Info); } .Info b { color: var(--Info); }
.soft { color: var(--soft); }
""")


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of a file beside its remarks: its name, the number of its rows, and of violations elsewhere."""

    name: str
    rows: int
    others: int
    blocks: bool

    def verdict(self, messages: Messages, remarks: Iterable[Remark]) -> str:
        """Return in a sentence whether this can be published."""
        if self.blocks:
            return messages("report.blocked")
        is_clean = all(each.severity is Severity.INFO for each in remarks)
        return messages("report.none") if is_clean else messages("report.allowed")

    def counts(self, messages: Messages, remarks: Iterable[Remark]) -> str:
        """Return how many remarks of each severity there are, and how many rows were read."""
        found = [each.severity for each in remarks]
        said = [messages.count(f"report.{key}", found.count(severity)) for severity, key in _COUNTS if severity in found]
        return ", ".join([*said, messages.count("report.rows", self.rows)])


def to_json(summary: Summary, remarks: Iterable[Remark]) -> str:
    """Return the remarks as JSON in a form that stays as it is."""
    told = tuple(remarks)
    document = {
        "form": FORM,
        "file": summary.name,
        "language": told[0].language if told else None,
        "blocks": summary.blocks,
        "rows": summary.rows,
        "violations_elsewhere": summary.others,
        "counts": {each.value: sum(remark.severity is each for remark in told) for each in Severity},
        "remarks": [_to_dict(each) for each in told],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _to_dict(remark: Remark) -> dict[str, object]:
    return {
        "severity": remark.severity.value,
        "rule": remark.rule,
        "where": remark.where,
        "text": remark.text,
        "proposal": remark.proposal or None,
        "value": remark.value or None,
        "places": [_place(each) for each in remark.places],
    }


def _place(place: SourcePlace) -> dict[str, object]:
    return {"path": place.path, "sheet": place.sheet, "row": place.row or place.line, "column": place.column}


def to_html(summary: Summary, remarks: Iterable[Remark], language: str) -> str:
    """Return the remarks as a page that needs no other file."""
    messages, told = load_texts(language), tuple(remarks)
    title = messages("report.title", name=summary.name)
    items = Markup("").join(_item(each, messages) for each in told)
    others = Markup("<p>{}</p>").format(messages.count("report.others", summary.others)) if summary.others else ""
    return Markup(
        '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n"
        '<div class="state{}"><p>{}</p>{}<p class="soft">{}</p></div>\n<ol>\n{}</ol>\n</main>\n</body>\n</html>\n'
    ).format(
        language, title, _STYLE, title, " blocked" if summary.blocks else "", summary.verdict(messages, told), others,
        summary.counts(messages, told), items,
    )  # fmt: skip


def _item(remark: Remark, messages: Messages) -> Markup:
    return Markup('<li class="{}"><p class="where">{}</p><p><b>{}:</b> {}</p></li>\n').format(
        remark.severity.value, remark.where, messages(f"severity.{remark.severity.value}"), remark.sentence
    )
