"""Text of a CSV or TSV file → rows."""

from __future__ import annotations

import csv
import io
from typing import Final

from filmgraph.errors import UnreadableInputError
from filmgraph.sources.sheet.rows import RawRow

__all__ = ["MAX_COLUMNS", "read_csv_rows"]

#: What a spreadsheet can hold (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
MAX_COLUMNS: Final = 16_384


def read_csv_rows(text: str, path: str, delimiter: str = ",", quote: str = '"') -> list[RawRow]:
    """Return the rows of a CSV file (RFC 4180, with any separator and quote); empty rows are left out but counted.

    UnreadableInputError when a quote is never closed, since nothing after it can be trusted, and when a row has more cells than
    a spreadsheet can hold. An empty `quote` means that no quotes are used.
    """
    stream = io.StringIO(text, newline="")
    if quote:
        reader = csv.reader(stream, delimiter=delimiter, quotechar=quote, strict=True)
    else:
        reader = csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    rows: list[RawRow] = []
    line, number = 1, 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise UnreadableInputError(
                    f"{path}, line {line}: the row has {len(cells)} cells, and no sheet has more than {MAX_COLUMNS}: "
                    "look at the separator, or split the sheet"
                )
            if any(cell.strip() for cell in cells):
                rows.append(RawRow(line, number, tuple(cells)))
            line, number = reader.line_num + 1, number + 1
    except csv.Error as error:
        raise UnreadableInputError(
            f"{path}, line {line}: the row that starts here is not well-formed CSV ({error}): look for a quote that is not closed"
        ) from error
    return rows
