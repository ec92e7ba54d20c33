#!/bin/sh
# Checks what can be said about the code without running it, stops at the first that is not true.
set -eu
cd -- "$(dirname -- "$0")/.."

.venv/bin/ruff check .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy
.venv/bin/lint-imports --no-logo
