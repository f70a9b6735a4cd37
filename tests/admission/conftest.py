from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filmgraph.admission import Admission
from filmgraph.settings import EndpointSettings


class FakeClock:
    """Time that passes only when somebody waits; what is due happens on the way."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.due: list[tuple[float, Callable[[], object]]] = []

    def __call__(self) -> float:
        return self.now

    def at(self, seconds_from_now: float, action: Callable[[], object]) -> None:
        self.due.append((self.now + seconds_from_now, action))

    def wait(self, _: object, seconds: float) -> None:
        end = self.now + seconds
        while ready := sorted((each for each in self.due if each[0] <= end), key=lambda each: each[0])[:1]:
            self.due.remove(ready[0])
            self.now = max(self.now, ready[0][0])
            ready[0][1]()
        self.now = end


Door = Callable[..., Admission]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["in memory", "in a file"])
def door(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> Iterator[Door]:
    """Makes admissions that share one state where it is in a file, as web processes do."""
    path = tmp_path / "admission.sqlite" if request.param == "in a file" else None
    made: list[Admission] = []

    def make(settings: EndpointSettings) -> Admission:
        made.append(Admission(settings, path, clock, clock.wait))
        return made[-1]

    yield make
    for each in made:
        each.close()
