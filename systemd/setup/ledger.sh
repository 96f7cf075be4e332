#!/usr/bin/env bash
# What was changed on this machine, and how it was before: so that `remove` puts everything back.
# Each list has one entry a line, written before the thing is done; whatever is written is replaced as a whole.
# A step that fails ends its function by itself: where these are called in a condition, the shell would go on.

readonly PLACE=/opt/hub
# shellcheck disable=SC2034 # upgrade.sh and remove.sh read it
readonly STATE=/var/lib/hub
readonly LEDGER=$PLACE/setup

remember() {
    remembered "$1" "$2" && return
    install -d -m 700 "$LEDGER" || return
    { if [[ -f $LEDGER/$1 ]]; then cat "$LEDGER/$1"; fi && printf '%s\n' "$2"; } >"$LEDGER/.$1.part" &&
        mv "$LEDGER/.$1.part" "$LEDGER/$1"
}

# note NAME VALUE: one word that replaces the one before; noted NAME tells it.
note() {
    install -d -m 700 "$LEDGER" && printf '%s' "$2" >"$LEDGER/.$1.part" &&
        mv "$LEDGER/.$1.part" "$LEDGER/$1"
}

noted() { if [[ -f $LEDGER/$1 ]]; then cat "$LEDGER/$1"; fi; }

remembered() { grep -qxF -e "$2" "$LEDGER/$1" 2>/dev/null; }

entries() { if [[ -f $LEDGER/$1 ]]; then cat "$LEDGER/$1"; fi; }

# put TARGET MODE [GROUP]: standard input becomes the file TARGET.
put() {
    local target=$1 mode=$2 group=${3:-root} part
    part=$(part_of "$target")
    make_folder "${target%/*}" && keep_original "$target" && remember files "$target" || return
    install -m "$mode" -g "$group" /dev/stdin "$part" || return
    if [[ ! -L $target ]] && cmp -s "$part" "$target"; then
        chmod "$mode" "$target" && chgrp "$group" "$target" && rm "$part"
    else
        note changed yes || return # until the hub was started with it
        mv "$part" "$target"
    fi
}

# point TARGET TO: a symbolic link, switched in one step.
point() {
    [[ $(readlink "$1") == "$2" ]] && return
    make_folder "${1%/*}" && keep_original "$1" && remember files "$1" && ln -sfn "$2" "$(part_of "$1")" || return
    mv -T "$(part_of "$1")" "$1"
}

# Hidden, so that nobody who reads the folder meanwhile takes it for one of its files.
part_of() { printf '%s/.%s.part' "${1%/*}" "${1##*/}"; }

# make_folder PATH [MODE]
make_folder() {
    [[ -d $1 ]] && return
    make_folder "${1%/*}" && remember folders "$1" || return
    mkdir -m "${2:-755}" "$1"
}

keep_original() {
    if [[ ! -e $1 && ! -L $1 ]] || remembered files "$1"; then return; fi
    install -d -m 700 "$LEDGER/before${1%/*}" && cp -a "$1" "$(part_of "$LEDGER/before$1")" || return
    mv -T "$(part_of "$LEDGER/before$1")" "$LEDGER/before$1"
}

put_back() {
    local before=$LEDGER/before$1
    rm -f "$(part_of "$1")"
    if [[ -e $before || -L $before ]]; then
        cp -a "$before" "$(part_of "$1")" && mv -T "$(part_of "$1")" "$1"
    else
        rm -f "$1"
    fi
}

put_everything_back() {
    local path
    while read -r path; do put_back "$path"; done < <(entries files | tac)
    while read -r path; do
        rmdir --ignore-fail-on-non-empty "$path" 2>/dev/null || true
    done < <(entries folders | tac)
}

# mask UNIT...: they stay as they are set up, and cannot start.
mask() {
    local unit state
    for unit in "$@"; do
        state=$(systemctl is-enabled "$unit" 2>/dev/null) || true
        case $state in '' | not-found | masked*) continue ;; esac
        remember masked "$unit"
        systemctl -q mask "$unit" || fail "systemd does not let $unit be switched off."
        if running; then systemctl stop "$unit" || true; fi
    done
}

unmask_all() {
    local unit
    while read -r unit; do systemctl -q unmask "$unit" || true; done < <(entries masked)
}

# In a folder that becomes a system later (--offline), nothing runs that could be started.
running() { [[ -d /run/systemd/system ]]; }
