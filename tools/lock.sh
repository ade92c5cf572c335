#!/usr/bin/env bash
# Pins every package, for every platform and Python that we support, without addresses.
# What is pinned stays as it is; UPGRADE=1 takes the newest that the requirements allow.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=$(command -v .venv/.setup/uv/bin/uv || command -v uv) || {
    echo "✗ Cần uv (uv is needed): .venv/bin/python -m pip install --target .venv/.setup/uv uv" >&2
    exit 1
}
export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1
exec "$uv" pip compile ${UPGRADE:+--upgrade} --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command 'make lock' --all-extras --group sandbox --group assets --group dev \
    --output-file requirements.lock pyproject.toml
