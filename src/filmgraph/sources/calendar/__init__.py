"""Calendars (iCalendar, https://www.rfc-editor.org/rfc/rfc5545) as a source of screenings.

`reader` is the door. Nothing is imported here: `process` reads what strangers wrote, and is to load as little as it can.
"""

from __future__ import annotations

__all__: list[str] = []
