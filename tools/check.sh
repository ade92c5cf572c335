#!/usr/bin/env bash
# Every gate that needs no database: format, lint, types, import contracts, templates, licences.
# All of them run, so that one look shows everything; the exit code is 1 when any refused.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
PATH=$PWD/.venv/bin:$PATH
refused=0

gate() {
    local label=$1 output begun=$SECONDS
    shift
    if output=$("$@" 2>&1); then
        printf '✓ %s (%s s)\n' "$label" $((SECONDS - begun))
    else
        printf '✗ %s: %s\n%s\n' "$label" "$*" "$output"
        refused=1
    fi
}

gate 'lint' python -m ruff check --quiet .
gate 'format' python -m ruff format --quiet --check .
gate 'import contracts' lint-imports
gate 'types' python -m mypy
gate 'templates' python -m djlint portal/templates --lint --quiet
gate 'licences' python tools/licences.py
python tools/sizes.py
exit $refused
