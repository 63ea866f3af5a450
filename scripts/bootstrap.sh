# Sourced by the entry scripts: finds Python, makes the virtual environment, says what it cannot.
# Bash and a bare Python alone; nothing here needs an installed package.

checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
venv="${SALURAN_VENV:-$checkout/.venv}"
export PYTHONPATH="$checkout"

fail() {
    printf 'saluran: %s\n' "$*" >&2
    exit 1
}

# A system-wide Python comes first: every user can reach it, also the one that root steps down to.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} /usr/bin/python3.{11,12,13,14} /usr/bin/python3 \
        /usr/local/bin/python3 python3.{11,12,13,14} python3; do
        if "$candidate" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
            2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "needs Python 3.11 to 3.14 and found none. Debian 12+ and Ubuntu 24.04+: apt install" \
        "python3. Ubuntu 22.04: apt install python3.11. Elsewhere: name one with PYTHON=/path/to/python3."
}

# prepare_venv LOCK: the virtual environment holds what requirements-LOCK.lock names.
# A stamp of the lock's hash makes the next start skip all of this.
prepare_venv() {
    local lock="$checkout/requirements-$1.lock" stamp="$venv/installed-$1"
    local hash
    hash="$(sha256sum <"$lock")"
    is_current "$stamp" "$hash" && return
    mkdir -p "$venv" 2>/dev/null && [ -w "$venv" ] ||
        fail "cannot write $venv: run as its owner, or choose another place with SALURAN_VENV=DIR."
    exec 9>"$venv/.set-up.lock"
    flock 9
    if ! is_current "$stamp" "$hash"; then
        local began=$SECONDS
        printf '  Python packages (350 MB on disk, once) …' >&2
        make_venv
        install_locked "$lock"
        note_installed "$1"
        printf ' %d s\n' "$((SECONDS - began))" >&2
    fi
    exec 9>&-
}

is_current() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ] && "$venv/bin/python" -c '' 2>/dev/null
}

make_venv() {
    "$venv/bin/python" -c 'import pip' 2>/dev/null && return
    local python
    python="$(find_python)" || exit 1
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear "$venv.new"
    else
        # Debian and Ubuntu keep pip for virtual environments in a package of its own.
        "$python" -m venv --clear --without-pip "$venv.new"
        "$python" -m scripts.embedded.bare_pip "$venv.new" ||
            fail "this Python has no ensurepip: apt install python3-venv, then start again."
    fi || fail "cannot make a virtual environment: apt install python3-venv, then start again."
    find "$venv" -mindepth 1 -maxdepth 1 ! -name .set-up.lock -exec rm -rf {} +
    find "$venv.new" -mindepth 1 -maxdepth 1 -exec mv -t "$venv" {} +
    rmdir "$venv.new"
}

install_locked() {
    local log="$venv/pip.log"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --root-user-action=ignore --require-hashes --only-binary=:all: -r "$1" >"$log" 2>&1 || {
        printf ' failed\n' >&2
        tail -n 5 "$log" >&2
        fail "pip could not install $1 (all of it in $log). Is a package index reachable?" \
            "A mirror is named with PIP_INDEX_URL or in pip.conf."
    }
}

# The lock of the tests holds all that the others hold.
note_installed() {
    local name
    for name in "$1" $([ "$1" = test ] && echo demo); do
        sha256sum <"$checkout/requirements-$name.lock" >"$venv/installed-$name"
    done
}
