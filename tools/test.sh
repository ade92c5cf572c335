#!/usr/bin/env bash
# Everything: the gates, then the tests. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
refused=0
tools/check.sh || refused=1
.venv/bin/python -m pytest "$@" || refused=1
exit $refused
