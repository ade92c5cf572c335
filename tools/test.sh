#!/usr/bin/env bash
# Everything: the gates, then the tests, two files at a time, each process with an installation of its own. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
refused=0
tools/check.sh || refused=1

# Told to stop, pytest is interrupted and not killed, so that it stops the servers that it started.
set -m
.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$@" &
tests=$!
set +m
trap 'kill -INT -- "-$tests" 2>/dev/null' INT TERM
wait "$tests"
ended=$?
while kill -0 "$tests" 2>/dev/null; do
    wait "$tests"
    ended=$?
done
[ "$ended" -eq 0 ] || refused=$ended
exit "$refused"
