"""Templates are compiled once, not once for each application."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.templating import CompiledTemplates
from tests.http.conftest import MemoryStore


def test_a_second_application_compiles_nothing(
    settings: Settings, store: MemoryStore, vocabulary: Vocabulary, release_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw() -> str:
        return create_app(settings, store, vocabulary, release_path=release_path).test_client().get("/film/here-2023").text

    first, compiled = draw(), []
    compile_template = Environment.compile

    def compile_and_tell(self: Environment, *args: object, **named: object) -> object:
        compiled.append(args[1])
        return compile_template(self, *args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", compile_and_tell)
    assert draw() == first
    assert compiled == []


def test_a_template_that_has_changed_is_compiled_anew() -> None:
    shared = CompiledTemplates()
    texts = [Environment(loader=DictLoader({"x": text}), bytecode_cache=shared).get_template("x").render() for text in ("a", "b")]
    assert texts == ["a", "b"]
