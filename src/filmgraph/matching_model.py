"""What matching sees of films and people, and what it answers: same, different, or a question with its reasons. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

__all__ = ["SAME_FROM", "Evidence", "FilmRecord", "Matching", "Outcome", "PersonRecord", "Verdict", "Work", "judge"]

#: Evidence weighs in points. From so many on two records are one thing.
SAME_FROM: Final = 14


class Outcome(enum.Enum):
    """What is concluded about two records."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for (points above 0) or against (below 0), in words: "the directors agree (Bas Devos)"."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is concluded about the records with the keys `a` and `b` (`a` < `b`), the sum of points, and why.

    `is_conflict`: an identifier speaks against what all else says, or for what nothing else says.
    """

    a: str
    b: str
    outcome: Outcome
    points: int
    evidence: tuple[Evidence, ...]
    is_conflict: bool = False

    @property
    def pros(self) -> tuple[str, ...]:
        """What speaks for one thing, the weightiest first."""
        return tuple(each.text for each in sorted(self.evidence, key=lambda e: -e.points) if each.points > 0)

    @property
    def cons(self) -> tuple[str, ...]:
        """What speaks against it, the weightiest first."""
        return tuple(each.text for each in sorted(self.evidence, key=lambda e: e.points) if each.points < 0)


@dataclass(frozen=True, slots=True)
class FilmRecord:
    """A film as matching sees it. `key` names it in the answer; every other field may be empty.

    `titles` are all titles in any language, `directors` names, `countries` and `identifiers` (scheme and value) codes. `sources`
    are those that describe it: one source that lists two films holds them for two.
    """

    key: str
    titles: tuple[str, ...]
    years: tuple[int, ...] = ()
    directors: tuple[str, ...] = ()
    minutes: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """One credit of a person: the work's key, the role, and the source that says so."""

    key: str
    role: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as matching sees it: names in any spelling, credits, ISO dates known to the year or better, codes.

    `years` are those of the works, `countries` those that the works come from. `is_keyed`: a source gives the person a key, and
    so may tell two of one name apart.
    """

    key: str
    names: tuple[str, ...]
    works: tuple[Work, ...] = ()
    years: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    is_keyed: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """All verdicts but "different", sorted, and how many pairs were looked at."""

    verdicts: tuple[Verdict, ...]
    pairs: int


def judge(a: str, b: str, evidence: tuple[Evidence, ...], ask_from: int, *, is_doubtful: bool = False) -> Verdict:
    """Add up the points; from `ask_from` on an editor is asked. `is_doubtful` lets what would be the same be a question."""
    points = sum(each.points for each in evidence)
    outcome = Outcome.SAME if points >= SAME_FROM else Outcome.ASK if points >= ask_from else Outcome.DIFFERENT
    if is_doubtful and outcome is Outcome.SAME:
        outcome = Outcome.ASK
    return Verdict(min(a, b), max(a, b), outcome, points, evidence)
