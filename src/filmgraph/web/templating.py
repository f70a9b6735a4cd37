"""Templates are compiled once for each process, however many releases it serves: compiling takes longer than drawing a page."""

from __future__ import annotations

from functools import cache

from jinja2.bccache import Bucket, BytecodeCache

__all__ = ["CompiledTemplates", "compiled_templates"]


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates in memory; a template whose text has changed since is compiled anew (`Bucket.load_bytecode`)."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in a template that was compiled before."""
        found = self._compiled.get(bucket.key)
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; two threads that compile the same at once keep the same."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@cache
def compiled_templates() -> CompiledTemplates:
    """Return what all applications of this process share."""
    return CompiledTemplates()
