"""What `flask doctor` found, one value for one thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. What `needs_a_look` is in order, and may not be what was meant."""

    is_in_order: bool
    sentence: str
    needs_a_look: bool = False

    @property
    def line(self) -> str:
        """The finding as the doctor prints it."""
        mark = "BAD" if not self.is_in_order else "SEE" if self.needs_a_look else "ok "
        return f"{mark}  {self.sentence}"
