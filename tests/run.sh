#!/usr/bin/env bash
# Every check and every test: sourced by install.sh, whose words and steps it uses.

readonly FEW=3 # tests that may be run once more
readonly WORKERS_PER_CORE=3
FAILED=0
SUMMARY=()
VERDICTS=()

step() {
    local name=$1 started=$SECONDS result=ok
    shift
    say "$name"
    "$@" || { result=FAILED && FAILED=1; }
    SUMMARY+=("$(printf '%-7s %4d s  %s' "$result" $((SECONDS - started)) "$name")")
}

# The hub in a virtual machine; `--quick`: built, installed, and one press with everything it causes.
run_on_machine() {
    local tests=(tests/machine)
    if [[ ${1:-} == --quick ]]; then tests=(tests/machine/test_press.py) && shift; fi
    set_up_to_test "${MACHINE_PACKAGES[@]}"
    cd "$FOLDER" || return
    exec "$VENV/bin/python" -m pytest -v -s -x "${tests[@]}" "$@"
}

run_all_tests() {
    if [[ ${1:-} == --machine ]]; then run_on_machine "${@:2}"; fi
    if [[ $HOSTTYPE == x86_64 ]]; then set_up_to_test "${RADIO_PACKAGES[@]}"; else set_up_to_test; fi
    cd "$FOLDER" || return
    PYTEST_OUTPUT=$(mktemp)
    trap 'rm -f "$PYTEST_OUTPUT"' EXIT
    step "ruff format" "$VENV/bin/ruff" format --check .
    step "ruff check" "$VENV/bin/ruff" check .
    step "mypy --strict" "$VENV/bin/mypy" --strict
    step "shellcheck" check_shell_scripts
    step "systemd-analyze verify" verify_units
    step "kernel of the virtual radio" build_radio_kernel
    if (($# == 0)) && machine_can_run; then
        step "the hub on a machine of its own" pytest_once -v tests/machine/test_press.py
    fi
    run_passes "$@"
    say "summary"
    printf '  %s\n' "${SUMMARY[@]}"
    printf '%s\n' "${VERDICTS[@]}"
    exit "$FAILED"
}

check_shell_scripts() {
    find . \( -name .venv -o -name .git -o -name .cache \) -prune -o -type f -print0 |
        xargs -0 awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME } { nextfile }' |
        xargs shellcheck
}

# On this machine the program of the units is not where it will be on the device.
verify_units() {
    local rendered unit status=0
    rendered=$(mktemp -d)
    for unit in systemd/*.{service,socket,path,timer}; do
        sed "s|^ExecStart=[^ ]*|ExecStart=/bin/true|" "$unit" >"$rendered/${unit##*/}"
    done
    systemd-analyze verify --man=no "$rendered"/* || status=1
    rm -rf "$rendered"
    return "$status"
}

# Wherever QEMU can be had.
machine_can_run() {
    local missing
    mapfile -t missing < <(missing_packages "${MACHINE_PACKAGES[@]}")
    if ((EUID == 0)) && [[ $HOSTTYPE == x86_64 ]]; then
        ((${#missing[@]} == 0)) && return
        quietly "installing ${missing[*]}" install_packages "${missing[@]}" && return
    fi
    say "The hub on a machine of its own is left out: it takes root, x86-64 and QEMU."
    return 1
}

# Where no such kernel can run, the tests that need it skip themselves.
build_radio_kernel() {
    local obstacle
    obstacle=$("$VENV/bin/python" -m tests.radio.guest --obstacle) || return
    if [[ $obstacle ]]; then
        say "The tests on a virtual radio are left out. $obstacle"
    else
        tests/radio/kernel.sh
    fi
}

# Most tests wait more than they work, so all but a few run side by side; whoever chooses some gets them one by one.
run_passes() {
    if (($# > 0)); then
        step "pytest" run_pytest "$@"
    else
        step "pytest, side by side" run_pytest -m "not alone" -n $((WORKERS_PER_CORE * $(nproc))) --dist worksteal
        step "pytest, alone" run_pytest -m alone
    fi
}

# Real stacks on a busy machine: what failed is tried once more, with nothing beside it, and both results are shown.
run_pytest() {
    local failed
    pytest_once "$@" && return
    failed=$(grep -cE '^\S*(FAILED|ERROR)\S* tests/' "$PYTEST_OUTPUT")
    ((failed > 0 && failed <= FEW)) || return
    say "What failed is run once more. If it passes now, it depends on time or on load: mend it."
    pytest_once --last-failed --last-failed-no-failures none "$@" -n 0
}

pytest_once() {
    local colour=no status=0
    if [[ -t 1 ]]; then colour=yes; fi
    "$VENV/bin/python" -m pytest --color="$colour" --durations=20 "$@" 2>&1 | tee "$PYTEST_OUTPUT" || status=1
    VERDICTS+=("$(tail -n 1 "$PYTEST_OUTPUT")")
    return "$status"
}
