"""The records of a page while they are gathered: what two blocks say of one thing becomes one record, each value once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.model import Certainty, Fact, Ref, Thing, Value
from filmgraph.sources.base import UnreadLine

__all__ = ["Gathering"]


@dataclass(slots=True)
class Gathering:
    """Facts by what they are about, in the order in which things come up; and what is to be said of the page."""

    path: str
    facts: dict[Ref, dict[str, dict[Value, Fact[Any]]]] = field(default_factory=dict)
    classes: dict[Ref, tuple[type[Thing], int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: list[UnreadLine] = field(default_factory=list)

    def begin(self, record_class: type[Thing], ref: Ref, line: int) -> Ref:
        """Note that there is a thing, and where the page begins to speak of it."""
        self.classes.setdefault(ref, (record_class, line))
        self.facts.setdefault(ref, {})
        return ref

    def add(self, ref: Ref, name: str, value: Value, line: int, reason: str = "") -> None:
        """Add a value of a field; it is inferred when there is a reason.

        Of one that is told twice, the first place counts where it is stated, else the first one.
        """
        certainty = Certainty.INFERRED if reason else Certainty.STATED
        fact = Fact(value, self.place(line), certainty, reason)
        known = self.facts[ref].setdefault(name, {})
        if value not in known or known[value].certainty.rank > certainty.rank:
            known[value] = fact

    def remark(self, rule: str, severity: Severity, line: int, text: str, message: str) -> None:
        """Report something; unless it is for information only, the text is listed as unread."""
        self.findings.append(Finding(rule, severity, message, value=text[:200], places=(self.place(line),)))
        if severity is not Severity.INFO:
            self.leave(line, text, message)

    def leave(self, line: int, text: str, why: str, *, is_understood: bool = False) -> None:
        """List a text that nothing is read from."""
        self.unread.append(UnreadLine(self.place(line), text[:200], why, is_understood))

    def place(self, line: int) -> SourcePlace:
        """Return the place of a line of the page."""
        return SourcePlace(self.path, line)

    def records(self) -> tuple[Thing, ...]:
        """Return the records."""
        return tuple(self._record(ref, *found) for ref, found in self.classes.items())

    def _record(self, ref: Ref, record_class: type[Thing], line: int) -> Thing:
        values: dict[str, Any] = {name: tuple(found.values()) for name, found in self.facts[ref].items()}
        return record_class(ref=ref, place=self.place(line), **values)
