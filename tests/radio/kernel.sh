#!/usr/bin/env bash
# Builds the kernel of the virtual radio, User-Mode Linux with Bluetooth, from Debian's linux-source, into .cache/radio.
# Costs some minutes once, and nothing while neither the source nor kernel.config changes.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE
readonly CACHE=$HERE/../../.cache/radio
readonly BUILD=$CACHE/build
readonly FILES=610 # about so many are compiled

# What only other kernels need, and no Kconfig file.
readonly NOT_NEEDED=(
    --exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/Documentation/*.txt'
    --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/media/*.[ch]' --exclude='*/drivers/net/ethernet/*.[ch]' --exclude='*/drivers/net/wireless/*.[ch]'
    --exclude='*/drivers/scsi/*.[ch]' --exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/infiniband/*.[ch]'
    --exclude='*/sound/*.[ch]' --exclude='*.dts' --exclude='*.dtsi' --exclude='*/tools/testing/*'
)

fail() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

# The newest that is installed: /usr/src/linux-source-6.1.tar.xz.
source_archive() {
    find /usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' 2>/dev/null | sort -V | tail -n 1
}

key() {
    local package=${1##*/}
    dpkg-query -W "${package%.tar.xz}"
    sha256sum <"$HERE/kernel.config"
}

unpack() {
    printf '· unpacking %s\n' "${1##*/}"
    rm -rf "$BUILD"
    mkdir -p "$BUILD"
    tar -C "$BUILD" --strip-components=1 "${NOT_NEEDED[@]}" -xf "$1"
}

configure() {
    make -C "$BUILD" ARCH=um KCONFIG_ALLCONFIG="$HERE/kernel.config" allnoconfig >"$CACHE/log" 2>&1 || return
    local line missing=()
    while read -r line; do
        grep -qx "$line" "$BUILD/.config" || missing+=("$line")
    done < <(grep '^CONFIG_' "$HERE/kernel.config")
    ((${#missing[@]} == 0)) || fail "This kernel has no: ${missing[*]}"
}

compile() {
    printf '· building the kernel of the virtual radio\n'
    make -C "$BUILD" ARCH=um -j"$(nproc)" linux 2>&1 | tee -a "$CACHE/log" | progress
}

progress() {
    local line files=0
    while read -r line; do
        if [[ $line == CC\ * || $line == AS\ * ]] && ((++files % 100 == 0)); then
            printf '· %d of about %d files\n' "$files" "$FILES"
        fi
    done
}

main() {
    [[ $(uname -m) == x86_64 ]] || fail "User-Mode Linux exists for x86-64 only."
    mkdir -p "$CACHE"
    exec 9>"$CACHE/lock"
    flock 9
    local archive wanted
    archive=$(source_archive)
    [[ $archive ]] || fail "There is no kernel source in /usr/src; it comes with: apt-get install linux-source"
    wanted=$(key "$archive")
    [[ -x $CACHE/linux && -f $CACHE/key && $(<"$CACHE/key") == "$wanted" ]] && return
    rm -f "$CACHE/key"
    unpack "$archive"
    if ! { configure && compile; }; then
        tail -n 40 "$CACHE/log" >&2
        fail "The kernel of the virtual radio could not be built; the whole log: $(realpath "$CACHE/log")"
    fi
    mv "$BUILD/linux" "$CACHE/linux"
    printf '%s\n' "$wanted" >"$CACHE/key"
    rm -rf "$BUILD"
}

main "$@"
