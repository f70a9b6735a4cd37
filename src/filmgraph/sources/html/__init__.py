"""Web pages with structured data (JSON-LD, microdata, RDFa in terms of schema.org) as a source.

`reader` is the door. Nothing is imported here: `process` reads what strangers wrote, and is to load as little as it can.
"""

from __future__ import annotations

__all__: list[str] = []
