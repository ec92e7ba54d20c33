#!/bin/sh
# Runs all tests on SQLite, then on a real PostgreSQL all that need a database and no browser, each in two processes.
# What is given on the command line goes to pytest: scripts/test.sh tests/services -k hold
set -eu
cd -- "$(dirname -- "$0")/.."

run() {
  printf '\n== Tests on %s\n' "$1"
  shift
  .venv/bin/python -m pytest -n 2 --dist worksteal "$@"
}

failed=0
run SQLite --database=sqlite "$@" || failed=1
run PostgreSQL --database=postgresql --ignore=tests/journeys --ignore=tests/core --ignore=tests/rules \
  --ignore=tests/documents --ignore=tests/emails --ignore=tests/integrations "$@" ||
  { [ $? -eq 5 ] && [ $# -gt 0 ]; } || failed=1 # 5: of what was asked for, nothing needs PostgreSQL
exit "$failed"
