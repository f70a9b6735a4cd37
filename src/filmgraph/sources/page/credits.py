"""The credits of a film page: labelled in line, labelled on a line of their own, or by their place in the credit zone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, Credit, Fact, Ref
from filmgraph.sources.page.alignment import ZoneItem, align
from filmgraph.sources.page.blocks import Block, LineKind, RoleLabels
from filmgraph.sources.page.layout import Layout
from filmgraph.sources.page.names import could_be_organisation, could_be_person, split_names, trade_of

__all__ = ["CreditList", "CreditReader"]

_LABEL_READ = "a label; its value is read from the line below"
_VALUE_LOST = "a label without its value"
_NO_ROLE = "it cannot be told which credit this line is"
_DAMAGED = "the lines of the credit zone do not fit the order of its labels, so none is read"


@dataclass(slots=True)
class CreditList:
    """The credits gathered so far. A name that stands twice in one role is one credit with two places."""

    layout: Layout
    facts: list[Fact[Credit]] = field(default_factory=list)

    def names(self, role: str) -> tuple[str, ...]:
        """Return the names in a role, in billing order."""
        return tuple(dict.fromkeys(each.value.agent.name for each in self.facts if each.value.role == role))

    def by_role(self) -> dict[str, tuple[str, ...]]:
        """Return the names in each role."""
        return {role: self.names(role) for role in dict.fromkeys(each.value.role for each in self.facts)}

    def agent(self, role: str, name: str) -> Ref:
        """Return how a credit refers to a name: a company for the roles that companies hold, else a person."""
        return Ref(Kind.ORG if role in self.layout.organisation_roles else Kind.PERSON, name)

    def add(self, role: str, names: Iterable[str], place: SourcePlace, reason: str = "") -> None:
        """Add credits: inferred ones when there is a `reason`, unless the same credit is stated already."""
        for name in names:
            known = next((each for each in self.facts if (each.value.role, each.value.agent.name) == (role, name)), None)
            if known:
                self.facts.append(Fact(known.value, place, known.certainty, known.reason))
                continue
            credit = Credit(role, self.agent(role, name), billing=len(self.names(role)) + 1)
            self.facts.append(Fact(credit, place, Certainty.INFERRED if reason else Certainty.STATED, reason))


@dataclass(frozen=True, slots=True)
class CreditReader:
    """Reads credits into `credits`; `why` takes for each line number why nothing was read from it."""

    layout: Layout
    roles: RoleLabels
    path: str
    credits: CreditList
    why: dict[int, str]
    unread_parts: list[tuple[int, str, str]]

    def read_labelled(self, block: Block) -> None:
        """Read a line such as `Director: Ann Aert Composer: Bo Bex`."""
        for label, value in self.roles.split(block.line.text):
            role = self.roles.find(label)
            names = self._split(role, value) if role and value else ()
            if role and names:
                self.credits.add(role, names, self._place(block))
            else:
                reason = "the names behind this label cannot be told apart" if value else _VALUE_LOST
                self.unread_parts.append((block.line.key, f"{label}: {value}".strip(), reason))

    def read_zone(self, blocks: Sequence[Block], end_gap: int | None) -> bool:
        """Read the credit zone; return False when its lines contradict the template or the credits stated elsewhere."""
        if not blocks:
            return True
        if _is_labelled_throughout(blocks):
            return self._read_pairs(blocks)
        blocks, items = self._read_other_labels(blocks)
        slots = self.layout.slots
        stated = self.credits.by_role()
        alignment = align(items, slots, stated, end_gap, lambda role, item, has_label: self._fits(role, item, has_label, stated))
        roles = alignment.roles
        anchors = [n for n, item in enumerate(items) if item.is_label or stated.get(roles.get(n, "")) == item.names]
        for n, (block, item) in enumerate(zip(blocks, items, strict=True)):
            if n in roles:
                has_label = n > 0 and items[n - 1].role == roles[n]
                reason = "" if has_label else self._reason(blocks, roles, n, anchors)
                self.credits.add(roles[n], self._split(roles[n], item.text), self._place(block), reason)
            else:
                self.why[block.line.key] = self._why_unread(items, roles, n, alignment.is_damaged)
        return not alignment.is_damaged

    def _read_pairs(self, blocks: Sequence[Block]) -> bool:
        stated = self.credits.by_role()
        pairs = []
        for label, value in itertools.pairwise(blocks):
            if label.kind is LineKind.ROLE_LABEL and value.kind is not LineKind.ROLE_LABEL:
                names = self._split(label.value, value.line.text)
                pairs.append((label, value, names))
        if any(
            names and not self._fits(label.value, ZoneItem(0, value.line.text), True, stated) for label, value, names in pairs
        ):
            self.why.update((each.line.key, _DAMAGED) for each in blocks)
            return False
        self.why.update((each.line.key, _VALUE_LOST) for each in blocks)
        for label, value, names in pairs:
            self.why[label.line.key] = _LABEL_READ if names else "a label; its value below cannot be read"
            self.why[value.line.key] = "this is no list of names"
            self.credits.add(label.value, names, self._place(value))
        return True

    def _read_other_labels(self, blocks: Sequence[Block]) -> tuple[list[Block], list[ZoneItem]]:
        """Read pairs whose label is none of the template's; return the other blocks as items of the grid."""
        kept: list[Block] = []
        items: list[ZoneItem] = []
        is_broken, label = False, None
        for block in blocks:
            is_label = block.kind is LineKind.ROLE_LABEL
            if label and not is_label and block.line.gap <= 1 and (names := self._split(label.value, block.line.text)):
                self.credits.add(label.value, names, self._place(block))
                self.why[label.line.key], label = _LABEL_READ, None
                continue
            label = block if is_label and block.value not in self.layout.slots else None
            if label:
                self.why[label.line.key], is_broken = _VALUE_LOST, True
                continue
            names = () if is_label else self._split("", block.line.text)
            items.append(ZoneItem(None if is_broken else block.line.gap, block.line.text, block.value, names))
            kept.append(block)
            is_broken = False
        return kept, items

    def _fits(self, role: str, item: ZoneItem, has_label: bool, stated: Mapping[str, tuple[str, ...]]) -> bool:
        names, known = self._split(role, item.text), stated.get(role, ())
        is_company = role in self.layout.organisation_roles
        if not names or any(trade_of(each, self.layout) not in (None, role) for each in names):
            return False
        if known:
            return bool(set(names) & set(known)) if has_label else set(known) <= set(names)
        could_be = could_be_organisation if is_company else could_be_person
        return has_label or all(could_be(each, self.layout) for each in names)

    def _split(self, role: str, value: str) -> tuple[str, ...]:
        return split_names(value, are_people=role not in self.layout.organisation_roles)

    def _reason(self, blocks: Sequence[Block], roles: Mapping[int, str], n: int, anchors: Sequence[int]) -> str:
        def describe(m: int) -> str:
            return f"line {blocks[m].line.number} ({_to_words(blocks[m].value or roles[m])})"

        before = next((f"after {describe(m)}" for m in reversed(anchors) if m < n), "")
        after = next((f"before {describe(m)}" for m in anchors if m > n), "")
        where = " and ".join(filter(None, (before, after)))
        return f"its label is lost; the credits stand in a fixed order, and {where} only '{_to_words(roles[n])}' fits this line"

    def _why_unread(self, items: Sequence[ZoneItem], roles: Mapping[int, str], n: int, is_damaged: bool) -> str:
        if is_damaged:
            return _DAMAGED
        if not items[n].is_label:
            return _NO_ROLE
        return _LABEL_READ if roles.get(n + 1) == items[n].role else _VALUE_LOST

    def _place(self, block: Block) -> SourcePlace:
        return SourcePlace(self.path, block.line.key)


def _to_words(role: str) -> str:
    return role.replace("-", " ")


def _is_labelled_throughout(blocks: Sequence[Block]) -> bool:
    is_behind_label = False
    for block in blocks:
        is_label = block.kind is LineKind.ROLE_LABEL
        if not is_label and not (is_behind_label and block.line.gap <= 1):
            return False
        is_behind_label = is_label
    return True
