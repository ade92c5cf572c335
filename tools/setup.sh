#!/usr/bin/env bash
# Brings whatever the portal needs on this machine and does nothing when it is already there.
#   tools/setup.sh [--with-tests]
# Needs: Python 3.11 or newer. As root, missing system packages are installed; otherwise one sentence says which.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
STAMPS=$VENV/.setup
# Pango draws the text of the documents.
PANGO_LIBRARIES=(libgobject-2.0.so.0 libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz.so.0 libharfbuzz-subset.so.0 libfontconfig.so.1)
PANGO_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
with_tests=false
[ "${1:-}" = --with-tests ] && with_tests=true

# Trust the certificates that the machine trusts, as pip does (the second name is that of earlier versions of uv).
export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 NODE_USE_SYSTEM_CA=1

step=''
trap 'exit 143' TERM
trap 'exit 130' INT
trap '[ -z "$step" ] || kill -- -"$step" 2>/dev/null || true' EXIT

say() { printf '%s\n' "$*"; }

fail() {
    printf '\n✗ %s\n' "$1" >&2
    [ $# -eq 1 ] || printf '    %s\n' "${@:2}" >&2
    exit 1
}

# Run a long step in a process group of its own, so that stopping us stops all of it, and tell how long it took.
long_step() {
    local label=$1 log=$STAMPS/last-step.log begun=$SECONDS
    shift
    say "… $label"
    mkdir -p "$STAMPS"
    set -m
    "$@" </dev/null >"$log" 2>&1 &
    step=$!
    set +m
    while kill -0 "$step" 2>/dev/null && ! wait_a_moment "$step"; do
        say "  … $((SECONDS - begun)) giây. $(tail -n 1 "$log" | cut -c 1-90)"
    done
    local code=0
    wait "$step" || code=$?
    step=''
    if [ "$code" -ne 0 ]; then
        tail -n 25 "$log" >&2
        return "$code"
    fi
    say "✓ $label: $((SECONDS - begun)) giây"
}

# Ten seconds at most, or until the process ends.
wait_a_moment() {
    for _ in $(seq 50); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.2
    done
    return 1
}

# What of the system is missing, as one list of Debian packages: one question to an administrator, not three.
missing_packages() {
    can_make_environment || echo python3-venv
    have_libraries "${PANGO_LIBRARIES[@]}" || printf '%s\n' "${PANGO_PACKAGES[@]}"
    if $with_tests; then
        find_browser || echo chromium
        have_libraries libatomic.so.1 || echo libatomic1 # the browser's driver needs it
    fi
    ! $with_tests || have_pdf_readers || echo poppler-utils
}

# Install what is missing as root; else say the exact command.
bring_system_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "Máy còn thiếu vài gói, cần quản trị viên chạy (an administrator is needed, please have this run):" \
            "sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    export DEBIAN_FRONTEND=noninteractive
    long_step "Danh mục gói hệ thống (apt-get update)" apt-get update -q
    long_step "Gói hệ thống (system packages): ${missing[*]}" \
        apt-get install -q -y --no-install-recommends "${missing[@]}" || fail "Không cài được (cannot install): ${missing[*]}"
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -eq 0 ] || fail "Cài rồi mà vẫn thiếu (installed and still missing): ${missing[*]}"
}

have_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    "$python" - "$@" <<'PYTHON' 2>/dev/null
import ctypes, sys
for name in sys.argv[1:]:
    ctypes.CDLL(name)
PYTHON
}

# A second opinion on our papers: their words, fonts and signatures as another reader sees them.
have_pdf_readers() { command -v pdftotext >/dev/null && command -v pdfsig >/dev/null && command -v pdffonts >/dev/null; }

find_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        "$name" --version >/dev/null 2>&1 && return
    done
    return 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python /usr/bin/python3; do
        if [ -n "$name" ] && is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "Cần Python 3.11 trở lên (Python 3.11 or newer is needed)." "sudo apt-get install python3"
}

find_uv() {
    local path
    for path in "$STAMPS/uv/bin/uv" "$(command -v uv || true)" "${HOME:-/}/.local/bin/uv"; do
        if [ -n "$path" ] && "$path" --version >/dev/null 2>&1; then
            printf '%s' "$path"
            return
        fi
    done
}

has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

can_make_environment() {
    [ -x $VENV/bin/python ] || [ -n "$(find_uv)" ] || has_venv "$python" || has_pip "$python"
}

discard_environment() {
    if [ -e $VENV ] && [ ! -O $VENV ]; then
        fail "$PWD/$VENV là của người khác (belongs to somebody else): sao chép kho mã riêng (clone your own copy)."
    fi
    rm -rf $VENV
}

make_environment() {
    # An environment is bound to its path: one that moved with the checkout, or was left half made, is made anew.
    if [ -e "$STAMPS" ] && ! is_done place "$PWD"; then
        discard_environment
    fi
    if [ -x $VENV/bin/python ] && is_new_enough $VENV/bin/python; then
        return
    fi
    local label
    uv=$(find_uv)
    label="Môi trường Python (environment): $python"
    discard_environment
    if [ -n "$uv" ]; then
        long_step "$label" "$uv" venv --allow-existing --python "$python" $VENV
    elif has_venv "$python"; then
        long_step "$label" "$python" -m venv $VENV
    else
        long_step "$label" "$python" -m venv --without-pip $VENV
    fi || fail "Không tạo được môi trường Python (cannot make the environment)."
}

# uv is kept apart from the environment, because installing exactly the locked packages would remove it.
obtain_uv() {
    local with_pip
    uv=$(find_uv)
    [ -z "$uv" ] || return 0
    for with_pip in $VENV/bin/python "$python"; do
        if has_pip "$with_pip" &&
            long_step "uv, trình cài gói (installer)" "$with_pip" -m pip install --quiet --target "$STAMPS/uv" uv; then
            uv=$(find_uv)
            return 0
        fi
    done
    say "  Không có uv, dùng pip (no uv, falling back to pip)."
    has_pip $VENV/bin/python || $VENV/bin/python -m ensurepip >/dev/null 2>&1 ||
        fail "Không có uv cũng không có pip (neither uv nor pip)." "sudo apt-get install python3-venv"
}

digest() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

is_done() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }

mark_done() { mkdir -p "$STAMPS" && printf '%s' "$2" >"$STAMPS/$1"; }

install_locked() {
    local wanted label="Gói Python (packages)"
    wanted=$(digest requirements.lock)
    ! is_done lock "$wanted" || return 0
    obtain_uv
    { [ -n "$uv" ] && long_step "$label" "$uv" pip sync --python $VENV/bin/python requirements.lock; } ||
        long_step "$label, pip" $VENV/bin/python -m pip install --require-hashes -r requirements.lock ||
        fail "Không cài được các gói Python; kiểm tra mạng (cannot install the packages; check the network)."
    mark_done lock "$wanted"
}

# The project itself, in place, so that the command `portal` exists.
install_project() {
    local wanted options=(--no-deps --no-build-isolation --editable .)
    wanted=$(digest pyproject.toml)$PWD
    if [ -x $VENV/bin/portal ] && is_done project "$wanted"; then
        return
    fi
    obtain_uv
    if [ -n "$uv" ]; then
        long_step "Một Cửa" "$uv" pip install --python $VENV/bin/python "${options[@]}"
    else
        long_step "Một Cửa" $VENV/bin/python -m pip install "${options[@]}"
    fi || fail "Không cài được Một Cửa vào $VENV (cannot install the project)."
    mark_done project "$wanted"
}

# It takes Node from the PATH, else from the environment.
build_assets() {
    [ -x tools/assets/build.sh ] || return 0
    long_step "Giao diện và phông chữ (assets and fonts)" tools/assets/build.sh ||
        fail "Không dựng được giao diện (cannot build the assets)."
}

compile_translations() {
    local source
    for source in portal/translations/*/LC_MESSAGES/*.po; do
        if [ -e "$source" ] && [ ! "${source%.po}.mo" -nt "$source" ]; then
            $VENV/bin/pybabel --quiet compile --directory portal/translations ||
                fail "Bản dịch có lỗi (a translation is broken)."
            return
        fi
    done
}

python=$(find_python)
bring_system_packages
make_environment
mark_done place "$PWD"
install_locked
install_project
build_assets
compile_translations
