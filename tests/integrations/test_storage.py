"""Pictures are kept under names nobody can guess, and no name leads out of their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from easyticket.core.errors import NotFound
from easyticket.integrations.storage import Storage


def test_a_picture_is_read_back_by_the_name_it_was_given(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "storage")
    first, second = storage.save(b"one", "png"), storage.save(b"two", "png")
    assert first != second
    assert storage.read(first) == b"one"
    assert storage.url(first) == f"/media/{first}"
    assert {path.name for path in storage.folder.iterdir()} == {first, second}


def test_a_deleted_picture_is_gone_and_may_be_deleted_again(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    name = storage.save(b"one", "jpg")
    storage.delete(name)
    storage.delete(name)
    with pytest.raises(NotFound):
        storage.read(name)


def test_a_picture_is_kept_under_the_name_it_is_given(tmp_path: Path) -> None:
    storage, name = Storage(tmp_path), f"{'0' * 32}-480x320.webp"
    storage.write(name, b"one")
    assert storage.read(name) == b"one"
    for wrong in ("../x.webp", "x.webp", f"{'0' * 32}-48000x320.webp", f"{'0' * 32}.svg"):
        with pytest.raises(ValueError, match="no name of a picture"):
            storage.write(wrong, b"one")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "name",
    ["../secret.png", "/etc/passwd", "", ".", f"{'0' * 32}.svg", f"../{'0' * 32}.png", f"{'0' * 32}.png\n"],
)
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    storage = Storage(tmp_path / "storage")
    for refused in (storage.read, storage.delete, storage.url):
        with pytest.raises(NotFound):
            refused(name)
    assert (tmp_path / "secret.png").exists()


@pytest.mark.parametrize("suffix", ["svg", "html", "../x", "png/.."])
def test_only_kinds_of_pictures_that_run_nothing_are_stored(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no kind of picture"):
        Storage(tmp_path).save(b"<svg/>", suffix)
    assert list(tmp_path.iterdir()) == []
