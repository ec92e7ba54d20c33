#!/bin/sh
# Makes this machine ready to run EasyTicket: the few system packages pip cannot install, then .venv with exactly
# what requirements.txt locks. With --tests: what the tests need too. A second call finds its stamp and returns at once.
set -eu
cd -- "$(dirname -- "$0")/.."

for_tests=
[ "${1:-}" != --tests ] || for_tests=--tests

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# What .venv must be made of: the lock, this folder (the scripts in .venv name it) and the Python that runs there.
fingerprint() {
  cksum <"$1"
  pwd
  .venv/bin/python --version
}

# Each lock file has its stamp in .venv, written only after everything in it is installed.
stamp_of() { say ".venv/installed-${1%.txt}"; }

is_installed() {
  [ -x .venv/bin/python ] && [ -f "$(stamp_of "$1")" ] && [ "$(fingerprint "$1")" = "$(cat "$(stamp_of "$1")")" ]
}

find_python() {
  for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  fail "EasyTicket needs Python 3.11 or newer: install it, or name it like this: PYTHON=/path/to/python3 make setup"
}

# Runs a command with its output in a log, whose end is shown only if the command fails.
quietly() {
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 40 "$log" >&2
  return 1
}

missing_parts() {
  "$python" scripts/missing_parts.py ${for_tests:+"$for_tests"} | tr '\n' ' '
}

package_manager() {
  for manager in apt-get dnf apk pacman brew; do
    if command -v "$manager" >/dev/null 2>&1; then
      say "$manager"
      return
    fi
  done
}

# The package of a missing part, as this system's package manager calls it.
package_of() {
  case "$1:$2" in
    apt-get:venv) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
    apt-get:pangoft2) say libpangoft2-1.0-0 ;;
    apt-get:harfbuzz-subset) say libharfbuzz-subset0 ;;
    apt-get:redis) say redis-server ;;
    dnf:venv) say python3-pip ;;
    apk:venv) say py3-pip ;;
    pacman:venv) say python-pip ;;
    brew:venv) say python ;;
    *:pangoft2) say pango ;;
    apk:harfbuzz-subset) say harfbuzz-subset ;;
    *:harfbuzz-subset) say harfbuzz ;;
    dnf:redis | pacman:redis) say valkey ;;
    *) say "$2" ;;
  esac
}

install_command() {
  case "$1" in
    apt-get) say "apt-get install -y --no-install-recommends" ;;
    dnf) say "dnf install -y" ;;
    apk) say "apk add" ;;
    pacman) say "pacman -Sy --noconfirm --needed" ;;
    *) say "$1 install" ;;
  esac
}

# A new machine has no package lists, an old one lists that no longer hold: both are cured by apt-get update.
apt_install() {
  if ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && "$@" >"$log" 2>&1 </dev/null; then
    return
  fi
  quietly apt-get update && quietly "$@"
}

install_system_packages() {
  missing=$(missing_parts)
  [ -n "${missing% }" ] || return 0
  manager=$(package_manager)
  [ -n "$manager" ] || fail "This machine lacks what EasyTicket needs: ${missing% }. Install it and try again."
  command=$(install_command "$manager")
  for part in $missing; do
    command="$command $(package_of "$manager" "$part")"
  done
  if [ "$manager" != brew ] && [ "$(id -u)" != 0 ]; then
    say "This machine lacks system packages. Install them with the next line, then try again." >&2
    [ "$manager" != apt-get ] || command="apt-get update && sudo $command"
    fail "sudo $command"
  fi
  say "Installing system packages: $command"
  export DEBIAN_FRONTEND=noninteractive
  run_as=quietly
  [ "$manager" != apt-get ] || run_as=apt_install
  # The command is a list of words: package names have no spaces.
  # shellcheck disable=SC2086
  "$run_as" $command || fail "The system packages could not be installed; the reason stands above."
  missing=$(missing_parts)
  [ -z "${missing% }" ] || fail "Still missing after the installation: ${missing% }."
}

# A .venv that was moved, is half made or lost its Python is made anew.
make_venv() {
  grep -qF "$(pwd)/.venv" .venv/bin/activate 2>/dev/null &&
    .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return
  quietly "$python" -m venv --clear .venv || fail "$python could not make .venv; the reason stands above."
}

# pip, as strict as it gets: only what the lock names, only with the hashes it names.
install_packages() {
  rm -f "$(stamp_of "$1")"
  say "Installing $(grep -c '^[a-z].*==' "$1") Python packages of $1 into .venv ..."
  began=$(date +%s)
  quietly .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check --require-hashes -r "$1" ||
    fail "The Python packages of $1 could not be installed; the reason stands above. Try again with: make setup"
  fingerprint "$1" >"$log"
  mv "$log" "$(stamp_of "$1")"
  say "... done in $(($(date +%s) - began)) s."
}

locks="requirements.txt ${for_tests:+requirements-dev.txt}"
ready=yes
for lock in $locks; do
  is_installed "$lock" || ready=no
done
[ "$ready" = no ] || exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
python=$(find_python)
install_system_packages
make_venv
for lock in $locks; do
  is_installed "$lock" || install_packages "$lock"
done
