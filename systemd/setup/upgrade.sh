#!/usr/bin/env bash
# `upgrade`: the new version beside the old one, never in an open incident, and back to the old one if it fails.

device_upgrade() {
    check_root upgrade
    [[ -L $PLACE/.venv ]] || fail "The hub is not installed here: sudo ./install.sh"
    check_machine
    alone
    settle_interrupted_upgrade
    local name
    name=$(version_name)
    if [[ $(current_version) == "$name" ]]; then
        say "This version is the one that runs: $name"
        return
    fi
    refuse_in_an_incident --force
    stage "System packages" "what the new version needs" device_packages
    stage "Program" "version $name, beside the one that runs" build_version "$name"
    replace_version "$name"
    if hub_runs; then show_codes; fi # a home from before the page has none
    say "Done: version $name runs."
}

# An answer of the hub's, null when there is no open incident.
open_incident() {
    hub_command status --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["open_incident"])'
}

# refuse_in_an_incident OPTION: the option is what there is for a hub that does not answer.
refuse_in_an_incident() {
    local open
    running || return 0
    if ! open=$(open_incident 2>/dev/null); then
        [[ $FORCE ]] || fail "The hub does not answer, so nobody knows whether an incident is open. With $1: anyway."
    elif [[ $open != None ]]; then
        fail "The incident $open is open: end it first, or wait. Then the same command again."
    fi
}

# While `upgrading` names the version to go back to, settle.sh ends what the power interrupts.
replace_version() {
    local new=$1 old
    old=$(current_version)
    check_configuration "$VERSIONS/$new/.venv" /etc/hub/hub.toml
    begin_upgrade "$old" "$new"
    # Minutes after the first time, and right before the hub is stopped.
    (refuse_in_an_incident --force) || { end_upgrade && exit 1; }
    stage "The version that runs" "from $old to $new" start_version "$new" || {
        printf '✗ %s\n' "The new version is not ready after $READY_SECONDS s." >&2
        go_back_to "$old"
        exit 1
    }
    keep_version "$old"
}

# The store is copied while nobody writes it: what a new version makes of it, an old one cannot read.
start_version() {
    stop_hub && copy_store && switch_to "$1" && place_files "$VERSIONS/$1/systemd" && place_page && enable_units ||
        return
    running || return 0
    systemctl start --no-block hub.service && start_helpers && is_ready_in_time && rm -f "$LEDGER/changed"
}

stop_hub() { if running; then systemctl stop hub.service; fi; }

# What has been put back is never put back again: by the next time the hub has written what is nowhere else.
go_back_to() {
    local laid=yes
    say "Going back to $1."
    stop_hub
    if [[ -d $LEDGER/store ]]; then put_store_back; fi
    switch_to "$1"
    sync
    drop_store
    # Rather the old hub with some files of the new one than none; the next boot lays them again.
    place_files "$VERSIONS/$1/systemd" && enable_units || laid=''
    if running; then systemctl start --no-block hub.service; fi
    [[ $laid ]] || fail "Not every file of $1 gets onto the card: make room, and start the machine anew."
    if running && ! is_ready_in_time; then fail "The old version is not ready either: journalctl -u hub says why."; fi
    rm -f "$LEDGER/changed"
    end_upgrade
    keep_versions "$1" "$(noted former)"
    say "Version $1 runs again; nothing was lost."
}

copy_store() {
    rm -rf "$LEDGER/store.part" && install -d -m 700 "$LEDGER/store.part" &&
        copy_files 'hub.db*' "$STATE" "$LEDGER/store.part" && sync && mv "$LEDGER/store.part" "$LEDGER/store" && sync
}

# The store itself changes in one step: what starts after a cut finds the one or the other, never none, and never
# with the journal of the other.
put_store_back() {
    local part=$STATE/hub.db.part
    if [[ -f $LEDGER/store/hub.db ]]; then
        cp -a "$LEDGER/store/hub.db" "$part" || fail "The store cannot be put back: is the card full?"
        sync
    fi
    find "$STATE" -maxdepth 1 -name 'hub.db?*' ! -name hub.db.part -delete
    if [[ -f $part ]]; then mv "$part" "$STATE/hub.db"; else rm -f "$STATE/hub.db"; fi
    copy_files 'hub.db?*' "$LEDGER/store" "$STATE"
}

# copy_files PATTERN FROM TO
copy_files() { [[ ! -d $2 ]] || find "$2" -maxdepth 1 -name "$1" -exec cp -a -t "$3" {} +; }

# In one step as well: half a copy would be taken for the whole.
drop_store() {
    rm -rf "$LEDGER/store.part"
    if [[ -d $LEDGER/store ]]; then mv "$LEDGER/store" "$LEDGER/store.part"; fi
    sync
    rm -rf "$LEDGER/store.part"
    rm -f "$STATE/hub.db.part"
}
