"""The deliberately broken variants stay breakable: what each changes is still there, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.variants import VARIANTS, Variant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.name for variant in VARIANTS])
def test_a_broken_variant_can_still_be_made(variant: Variant) -> None:
    sound = (ROOT / variant.file).read_text(encoding="utf-8")
    assert variant.broken(sound) != sound
    compile(variant.broken(sound), variant.file, "exec")
    assert all((ROOT / test).exists() for test in variant.tests)
