"""`python -m tests.mutants`: patches a copy of the tree with one fault at a time and runs the tests that must catch it.

First the same tests run on the copy as it is and must pass. Names given on the command line choose variants. The exit
status is 1 if any variant survives.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.variants import VARIANTS, Variant

ROOT = Path(__file__).resolve().parents[2]
_FAILED = 1  # what pytest ends with when tests ran and some failed


def main(names: list[str]) -> int:
    """Run the variants of these names, or all, and return the exit status."""
    chosen = [variant for variant in VARIANTS if not names or variant.name in names]
    if unknown := set(names) - {variant.name for variant in VARIANTS}:
        print(f"There is no variant {', '.join(sorted(unknown))}.")
        return 2
    with tempfile.TemporaryDirectory(prefix="easyticket-mutants-") as folder:
        copy = _copy_tree(Path(folder) / "tree")
        tests = sorted({test for variant in chosen for test in variant.tests})
        if _run_tests(copy, tests) != 0:
            print("The tests do not pass as things are, so they prove nothing.")
            return 2
        survivors = [variant.name for variant in chosen if not _is_caught(copy, variant)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} broken variants were caught.")
    return 1 if survivors else 0


def _is_caught(copy: Path, variant: Variant) -> bool:
    began = time.monotonic()
    file = copy / variant.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(variant.broken(sound), encoding="utf-8")
    try:
        is_caught = _run_tests(copy, list(variant.tests)) == _FAILED
    finally:
        file.write_text(sound, encoding="utf-8")
    print(
        f"{'caught  ' if is_caught else 'SURVIVED'}  {time.monotonic() - began:4.0f} s  {variant.name}: {variant.fault}",
        flush=True,
    )
    return is_caught


def _copy_tree(target: Path) -> Path:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (source := ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


def _run_tests(copy: Path, tests: list[str]) -> int:
    """Run tests on both databases in the copy; return pytest's exit status, the worse one of the two."""
    statuses = []
    for database in ("sqlite", "postgresql"):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-p",
            "no:cacheprovider",
            f"--database={database}",
            *tests,
        ]
        statuses.append(subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode)
        if statuses[-1] == _FAILED:
            break
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
