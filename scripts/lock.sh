#!/bin/sh
# Writes requirements.txt and requirements-dev.txt anew from the .in files: names, versions and hashes, and no address
# of any package index. What is locked stays as it is where the .in files allow it; `UPGRADE=1 make lock` takes the newest.
set -eu
cd -- "$(dirname -- "$0")/.."

for name in requirements requirements-dev; do
  .venv/bin/uv pip compile --quiet --no-config --no-header --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} "$name.in" --output-file "$name.txt"
done
