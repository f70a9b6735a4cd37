from __future__ import annotations

import gc
from itertools import zip_longest
from pathlib import Path

import pytest

from filmgraph.assembly_spill import spill
from filmgraph.dumps_lines import to_lines
from filmgraph.errors import ReleaseError
from filmgraph.manifest import STORE_FOLDER
from filmgraph.release import publish
from filmgraph.vocabulary import Vocabulary
from tests.conftest import NOW, Assembler


def test_a_spilled_graph_holds_the_same_triples_however_often_it_is_read(
    assemble_catalogue: Assembler, demo_catalogue: Path
) -> None:
    assembly = assemble_catalogue(demo_catalogue)
    spilled = spill(assembly)
    pairs = [
        (assembly.published, spilled.published),
        (assembly.resolution.texts, spilled.resolution.texts),
        (assembly.resolution.provenance, spilled.resolution.provenance),
        *zip(assembly.resolution.sources.values(), spilled.resolution.sources.values(), strict=True),
    ]
    assert list(assembly.resolution.sources) == list(spilled.resolution.sources)
    for before, after in pairs:
        assert len(before) == len(after) == len(set(after))
        assert set(before) == set(after)


def test_two_readers_of_one_spilled_graph_do_not_disturb_each_other(assemble_catalogue: Assembler, tiny_catalogue: Path) -> None:
    published = spill(assemble_catalogue(tiny_catalogue)).published
    assert all(a == b for a, b in zip_longest(published, published))
    assert list(to_lines(published)) == [f"{triple} .\n".encode() for triple in published]


def test_a_spilled_assembly_gives_the_same_release(
    assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary, demo_catalogue: Path
) -> None:
    contents = []
    for change in (lambda assembly: assembly, spill):
        publication = publish(
            change(assemble_catalogue(demo_catalogue)), loaded_vocabulary, lambda: NOW, lambda _: None, force=True
        )
        files = {name: entry for name, entry in publication.manifest.files.items() if not name.startswith(STORE_FOLDER)}
        contents.append((publication.manifest.content_sha256, publication.manifest.graphs, files["all.nq.gz"].size))
    assert contents[0] == contents[1]


def test_a_spill_has_no_name_and_goes_with_the_assembly(assemble_catalogue: Assembler, tiny_catalogue: Path) -> None:
    spilled = spill(assemble_catalogue(tiny_catalogue))
    folder = spilled.settings.releases_path
    assert len(spilled.published) > 0
    assert list(folder.iterdir()) == []
    links = {each for each in Path("/proc/self/fd").iterdir() if str(folder) in str(each.resolve())}
    assert links or not Path("/proc/self/fd").is_dir()
    del spilled
    gc.collect()
    assert not any(str(folder) in str(each.resolve()) for each in links)


def test_a_disk_that_takes_no_spill_is_told(assemble_catalogue: Assembler, tiny_catalogue: Path) -> None:
    assembly = assemble_catalogue(tiny_catalogue)
    assembly.settings.releases_path.write_text("in the way")
    with pytest.raises(ReleaseError, match="cannot write a temporary file"):
        spill(assembly)
