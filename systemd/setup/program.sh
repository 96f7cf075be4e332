#!/usr/bin/env bash
# The program: each version in a folder of its own, and one link that says which of them runs.

readonly VERSIONS=$PLACE/versions
readonly TREE=(hub hardware web systemd install.sh pyproject.toml requirements.txt README.md)

# The number, and a sum over what it is made of.
version_name() {
    local number sum
    number=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$FOLDER/pyproject.toml")
    sum=$(cd "$FOLDER" && {
        find "${TREE[@]}" -type f ! -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        /usr/bin/python3 -V
    } | sha256sum)
    printf '%s-%s' "$number" "${sum:0:8}"
}

current_version() { basename "$(dirname "$(readlink "$PLACE/.venv" || printf none/none)")"; }

is_complete() { [[ -f $VERSIONS/$1/complete ]]; }

# A version is there when it is complete; one that was begun is begun anew.
build_version() {
    local home=$VERSIONS/$1
    is_complete "$1" && return
    rm -rf "$home"
    install -d -m 755 "$home"
    copy_tree "$home"
    if has_the_same_packages "$home"; then
        quietly "taking over its Python packages" borrow_packages "$home" || fail "The packages could not be copied."
    else
        quietly "installing its Python packages (compiles some: minutes)" install_packages_of "$home" ||
            fail "The Python packages could not be installed; this step needs the network. Run the same command again."
    fi
    quietly "installing it" install_tree "$home" || fail "The program could not be installed."
    quietly "trying it" "$home/.venv/bin/python" -I -c 'import hub.__main__, hub.daemon, hub.cli, web, hardware' ||
        fail "The program does not start."
    sync -f "$home"
    : >"$home/complete"
}

copy_tree() {
    tar -C "$FOLDER" --exclude=__pycache__ --owner=root --group=root -c "${TREE[@]}" |
        tar -C "$1" --no-same-permissions -x
    chmod -R a+rX,go-w "$1"
}

# Exactly what requirements.txt names, whatever else pip is set up to use. setuptools first: it compiles the others.
# PYPI=1: where lgpio has to be compiled, it brings its own library. Nothing is kept for a next time, unless asked for.
install_packages_of() {
    /usr/bin/python3 -m venv "$1/.venv" || return
    local pip=(env PIP_CONFIG_FILE=/dev/null PYPI=1 "$1/.venv/bin/pip" install
        --disable-pip-version-check --no-input --no-build-isolation)
    if [[ -z ${PIP_CACHE_DIR:-} ]]; then pip+=(--no-cache-dir); fi
    sed -n '/^setuptools==/,/[^\\]$/p' "$1/requirements.txt" >"$1/setuptools.txt"
    "${pip[@]}" --require-hashes -r "$1/setuptools.txt" &&
        "${pip[@]}" --require-hashes -r "$1/requirements.txt" && rm "$1/setuptools.txt"
}

# Those of the version that runs, where they are to be the same: mobile data are dear, and slow.
has_the_same_packages() {
    local old
    old=$(current_version)
    is_complete "$old" && cmp -s "$VERSIONS/$old/requirements.txt" "$1/requirements.txt" &&
        [[ $("$VERSIONS/$old/.venv/bin/python" -V) == "$(/usr/bin/python3 -V)" ]]
}

# A virtual environment knows where it is in the first line of its programs only.
borrow_packages() {
    local old
    old=$VERSIONS/$(current_version)
    cp -a "$old/.venv" "$1/" && grep -rlIZF "$old/" "$1/.venv/bin" "$1/.venv/pyvenv.cfg" |
        xargs -0 sed -i "s|$old/|$1/|g"
}

install_tree() {
    "$1/.venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-build-isolation \
        --force-reinstall --no-deps --no-index "$1" && rm -rf "$1/build" "$1"/*.egg-info
}

# The one step that changes which version runs.
switch_to() {
    point "$PLACE/.venv" "$VERSIONS/$1/.venv"
    point /usr/local/bin/hub "$PLACE/.venv/bin/hub"
}

# keep_versions NAME...: the others go, and what was begun. What is half gone is not complete.
keep_versions() {
    local home name
    for home in "$VERSIONS"/*/; do
        name=$(basename "$home")
        [[ " $* " == *" $name "* ]] || { rm -f "$home/complete" && sync -f "$home" && rm -rf "$home"; }
    done
}
