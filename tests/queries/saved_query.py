"""The lines of a saved query's header."""

from __future__ import annotations

__all__ = ["HEADER", "LABELS", "named"]

HEADER = "".join(f"# {name}@{language}: x\n" for name in ("title", "description") for language in ("en", "nl", "fr"))
LABELS = {"en": "The director", "nl": "De regisseur", "fr": "Le réalisateur ou la réalisatrice"}


def named(name: str, text: str) -> str:
    """Return the four lines of a parameter: `text` is its type and default."""
    return f"# parameter {name}: {text}\n" + "".join(f"# parameter {name}@{each}: {LABELS[each]}\n" for each in LABELS)
