#!/usr/bin/env bash
# Collects what the pages say (in Vietnamese) and brings the English catalogue up to date.
#   tools/translations.sh            extract and merge, list what still lacks English (exit 1), compile
#   tools/translations.sh compile    only make the .mo that the portal reads
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
catalogue=portal/translations/en/LC_MESSAGES/messages.po
template=build/messages.pot
code=0

if [ "${1:-}" != compile ]; then
    mkdir -p build
    PYTHONPATH=. .venv/bin/pybabel --quiet extract --mapping tools/babel.cfg --no-location --output "$template" .
    PYTHONPATH=. .venv/bin/python -m tools.english "$catalogue" "$template" || code=$?
fi
.venv/bin/pybabel --quiet compile --directory portal/translations
exit $code
