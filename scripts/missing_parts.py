"""Names what this machine lacks, one word a line: the parts pip cannot install.

Runs under the system's Python before there is a virtual environment, so it imports the standard library only.
With --tests it also looks for what only the tests need.
"""

import ctypes
import importlib.util
import shutil
import sys

# The names WeasyPrint itself tries on Linux, macOS and Windows.
LIBRARIES = {
    "pangoft2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    "harfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
}
PROGRAMS = {
    "curl": ("curl",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "redis": ("redis-server", "valkey-server"),
}


def has_library(names):
    """Tell whether the dynamic linker finds one of `names`."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def missing_parts(for_tests):
    """Yield the word of every part that is not here."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        yield "venv"
    for part, names in LIBRARIES.items():
        if not has_library(names):
            yield part
    for part, names in PROGRAMS.items() if for_tests else ():
        if not any(shutil.which(name) for name in names):
            yield part


if __name__ == "__main__":
    print("\n".join(missing_parts("--tests" in sys.argv[1:])))
