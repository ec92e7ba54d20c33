"""What config.py documents is what a person can set."""

from __future__ import annotations

import re
from pathlib import Path

from config import SETTINGS

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def test_env_example_names_exactly_the_documented_settings_in_their_order() -> None:
    named = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert named == list(SETTINGS)
