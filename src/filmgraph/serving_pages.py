"""The pages of the current release as text, without a server: for what looks at all of them."""

from __future__ import annotations

from collections.abc import Callable

from filmgraph.errors import ReleaseError
from filmgraph.serving import open_app, release_path
from filmgraph.settings import Settings

__all__ = ["open_pages"]


def open_pages(settings: Settings) -> Callable[[str], str]:
    """Return what gives the text of the page at a path of the current release; NoReleaseError when there is none.

    It raises ReleaseError for a page that cannot be had. There is no query endpoint.
    """
    client = open_app(settings, release_path(settings), None).test_client()

    def get(path: str) -> str:
        with client.get(path, headers={"Accept": "text/html, */*;q=0.1"}, buffered=True) as answer:
            if answer.status_code != 200:
                raise ReleaseError(f"{path} is answered with {answer.status}")
            return answer.get_data(as_text=True)

    return get
