#!/usr/bin/env bash
# Sets up what the hub needs in this folder, says what it does, and runs what was asked for.
# System packages come from apt, and only when they are missing; everything else stays in this folder.
set -euo pipefail

FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly FOLDER
readonly VENV="$FOLDER/.venv"

# PyAudio and systemd-python come as source: the first start compiles them.
readonly RUN_PACKAGES=(python3-venv python3-dev gcc pkg-config libsystemd-dev portaudio19-dev openssl)
# Each stands in for a device or a service, or checks the code (docs/developer.md says which test needs which).
readonly TEST_PACKAGES=(
    dbus-daemon modemmanager network-manager iproute2 pulseaudio pulseaudio-utils libasound2-plugins
    chromium fonts-dejavu-core fonts-noto-color-emoji
    flac sox age procps git shellcheck systemd
)
# The virtual radio: bluetoothd, and what builds a kernel for it (tests/radio/README.md).
readonly RADIO_PACKAGES=(bluez iproute2 linux-source bc bison flex libc6-dev make xz-utils)
# A machine of its own (tests/machine/README.md).
readonly MACHINE_PACKAGES=(
    qemu-system-x86 seabios ipxe-qemu nbdkit mmdebstrap e2fsprogs openssh-client xz-utils)

usage() {
    cat <<'USAGE'
usage: ./install.sh demo [--port N] [--bind ADDRESS] [--state DIR]
           the whole hub on simulated devices, with its page in the browser
       ./install.sh test [PYTEST ARGUMENT...]
           every check and every test; "test --machine [--quick]": the hub installed in a virtual machine
       ./install.sh bench
           the benchmarks
       sudo ./install.sh [install|upgrade|remove] [OPTION...]
           the hub on a device (docs/install.md); --help tells the options

Each sets up what it needs by itself. The first start takes a few minutes and the network,
later ones neither.
USAGE
}

# --- what people read ------------------------------------------------------------------------------

say() { printf '· %s\n' "$*"; }

fail() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

# Runs a long command, shows only how long it has been going on; the whole output if it fails.
quietly() {
    local title=$1 log started=$SECONDS ticker
    shift
    log=$(mktemp)
    say "$title …"
    tick "$title" &
    ticker=$!
    if "$@" >"$log" 2>&1 </dev/null; then
        stop_tick "$ticker"
        say "$title: done after $((SECONDS - started)) s"
        rm -f "$log"
    else
        stop_tick "$ticker"
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

# Ends with the script, whatever ends that; never holds on to what reads our output.
tick() {
    local seconds=0
    while sleep 1 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        seconds=$((seconds + 1))
        if [[ -t 1 ]]; then
            printf '\r  %s s ' "$seconds"
        elif ((seconds % 30 == 0)); then
            say "$1: $seconds s so far"
        fi
    done
}

stop_tick() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    if [[ -t 1 ]]; then printf '\r         \r'; fi
}

# --- system packages -------------------------------------------------------------------------------

missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
    for package in "$@"; do
        grep -qx "$package installed" <<<"$installed" || printf '%s\n' "$package"
    done
}

# lgpio comes ready-made up to Python 3.12; for a newer one it is compiled, which takes swig.
python_is_newer_than_3_12() {
    [[ -x /usr/bin/python3 ]] && /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 13))'
}

need_packages() {
    local missing
    command -v dpkg-query >/dev/null || fail "This needs Debian or Raspberry Pi OS; elsewhere install the likes of: $*"
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} == 0)) && return
    may_install "${missing[@]}"
    quietly "installing the system packages ${missing[*]}" install_packages "${missing[@]}" ||
        fail "apt could not install: ${missing[*]}"
}

may_install() {
    ((EUID == 0)) && return
    local sentence="These system packages are missing, and installing them takes root: $*"
    command -v sudo >/dev/null || fail "$sentence"
    say "$sentence"
    if [[ -t 0 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi || fail "sudo was refused; ask for: apt-get install $*"
}

# The package lists are fetched only when what is there does not do.
install_packages() {
    apt_get install "$@" || { apt_get update && apt_get install "$@"; }
}

# --no-remove: nothing that is on this machine is taken away for our sake.
apt_get() {
    local command=$1
    shift
    local run=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    if [[ $command == install ]]; then run+=(--no-install-recommends --no-remove); fi
    if ((EUID != 0)); then run=(sudo "${run[@]}"); fi
    "${run[@]}" "$command" "$@"
}

# --- the virtual environment -----------------------------------------------------------------------

system_python() {
    if [[ -x /usr/bin/python3 ]]; then printf /usr/bin/python3; else command -v python3; fi
}

# What the installed packages depend on: a change of any of it means installing again.
fingerprint() {
    { cat "$FOLDER/pyproject.toml" && "$VENV/bin/python" -V && printf '%s' "$VENV"; } | sha256sum
}

need_venv() {
    [[ -x $VENV/bin/pip ]] && "$VENV/bin/python" -c '' 2>/dev/null && return
    [[ -w $FOLDER ]] || fail "This folder cannot be written by $(id -un): $FOLDER"
    quietly "making the virtual environment .venv" "$(system_python)" -m venv --clear "$VENV" ||
        fail "The virtual environment could not be made."
}

# need_python_packages WHAT EXTRA: `.venv/ready-to-WHAT` holds the fingerprint of the last time.
need_python_packages() {
    local what=$1 extra=$2 stamp="$VENV/ready-to-$1"
    [[ -f $stamp && $(<"$stamp") == "$(fingerprint)" ]] && return
    [[ -w $VENV ]] || fail "$VENV belongs to somebody else: remove it, or run this as $(stat -c %U "$VENV")."
    rm -f "$stamp"
    # PYPI=1: where lgpio has to be compiled, it brings its own library.
    quietly "installing the Python packages (to $what)" env PYPI=1 \
        "$VENV/bin/pip" install --disable-pip-version-check --no-input --no-cache-dir -e "$FOLDER$extra" ||
        fail "The Python packages could not be installed; this step needs the network."
    fingerprint >"$stamp"
    if [[ $what == test ]]; then cp "$stamp" "$VENV/ready-to-run"; fi
}

set_up_to_run() {
    need_packages "${RUN_PACKAGES[@]}"
    finish_set_up run ""
}

set_up_to_test() {
    need_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "$@"
    finish_set_up test "[dev]"
}

finish_set_up() {
    if python_is_newer_than_3_12; then need_packages swig; fi
    need_venv
    need_python_packages "$@"
}

# --- what can be asked for -------------------------------------------------------------------------

demo() {
    set_up_to_run
    exec "$VENV/bin/hub" demo --state "$FOLDER/.demo" "$@"
}

bench() {
    set_up_to_test
    cd "$FOLDER"
    exec "$VENV/bin/python" -m tests.bench "$@"
}

run_tests() {
    # shellcheck source=tests/run.sh
    source "$FOLDER/tests/run.sh"
    run_all_tests "$@"
}

on_device() {
    local command=$1 part
    # shellcheck source=/dev/null
    for part in "$FOLDER"/systemd/setup/*.sh; do source "$part"; done
    umask 022
    read_options "${@:2}"
    "device_$command"
}

main() {
    local command=install
    if [[ ${1:-} && $1 != --* || ${1:-} == --help ]]; then command=$1 && shift; fi
    case $command in
        demo) demo "$@" ;;
        test) run_tests "$@" ;;
        bench) bench "$@" ;;
        help | -h | --help) usage ;;
        # settle: what hub-settle.service runs
        install | upgrade | remove | settle) on_device "$command" "$@" ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
}

main "$@"
