#!/bin/sh
# Runs the tests, each half in two processes: on SQLite with the browser, on a real PostgreSQL with the doors.
# What depends on the database most runs on both: money, stock and gates at the same instant, what the doors have in common,
# queries, jobs. Services and what only looks through a door (web, api, api_v1, clients) run on PostgreSQL, the stricter of
# the two; the browser goes through all of them on SQLite. What needs no database runs once.
# EVERYTHING=1 runs the services on SQLite too (two minutes more).
# What is given on the command line goes to pytest: scripts/test.sh tests/services -k hold
set -eu
cd -- "$(dirname -- "$0")/.."

run() {
  printf '\n== Tests on %s\n' "$1"
  shift
  .venv/bin/python -m pytest -n 2 --dist worksteal "$@"
}

# 5: of what was asked for, this half has nothing.
nothing_of_it() { [ "$1" -eq 5 ] && [ "$asked" -gt 0 ]; }

asked=$#
failed=0
run SQLite --database=sqlite --ignore=tests/web --ignore=tests/api --ignore=tests/api_v1 \
  --ignore=tests/clients $([ "${EVERYTHING:-}" ] || echo --ignore=tests/services) "$@" ||
  nothing_of_it $? || failed=1
run PostgreSQL --database=postgresql --ignore=tests/journeys --ignore=tests/core --ignore=tests/rules \
  --ignore=tests/documents --ignore=tests/emails --ignore=tests/integrations --ignore=tests/doubles \
  --ignore=tests/cli --ignore=tests/http --ignore=tests/money/test_logs.py "$@" ||
  nothing_of_it $? || failed=1
exit "$failed"
