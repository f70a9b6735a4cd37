"""Stands in for curl where there is none: the few options that the script of docs/dumps.md uses."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from typing import Any


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, as curl without -L."""

    def redirect_request(self, *args: Any) -> None:
        return None


def main(arguments: list[str]) -> int:
    target, form, urls = "", "", []
    waiting = iter(arguments)
    for each in waiting:
        if each == "-o":
            target = next(waiting)
        elif each == "-w":
            form = next(waiting)
        elif not each.startswith("-"):
            urls.append(each)
    try:
        with urllib.request.build_opener(_Stay).open(urls[0], timeout=30) as answer:
            data, location = answer.read(), ""
    except urllib.error.HTTPError as error:
        if error.code >= 400:
            return 22
        data, location = error.read(), urllib.request.urljoin(urls[0], error.headers["Location"])  # type: ignore[attr-defined]
    if target:
        with open(target, "wb") as file:  # noqa: PTH123 -- as short as can be
            file.write(data)
    else:
        sys.stdout.buffer.write(data)
    sys.stdout.write(form.replace("%{redirect_url}", location))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
