#!/usr/bin/env bash
# `settle`: ends an upgrade that was interrupted, at the next boot (hub-settle.service) or the next run of a person's.
# Each step can be cut off and done again: as long as `upgrading` is there, the next boot begins anew.

readonly SETTLING=hub-settle.service

# begin_upgrade OLD NEW: the boot must find everything it takes before anything is changed. The old version settles,
# for what a new one can do is not known yet; the new one only where the old one does not know how.
begin_upgrade() {
    local settler=$VERSIONS/$1
    [[ -f $settler/systemd/setup/settle.sh ]] || settler=$VERSIONS/$2
    drop_store # of an upgrade that ended
    ln -sfn "$settler" "$(part_of "$LEDGER/settler")"
    mv -T "$(part_of "$LEDGER/settler")" "$LEDGER/settler"
    put "$UNITS/$SETTLING" 644 <"$settler/systemd/$SETTLING"
    if running; then systemctl daemon-reload; fi
    systemctl -q enable "$SETTLING"
    sync
    note upgrading "$1"
    sync
}

# Everything that was placed is on the card before nobody looks after it any more.
end_upgrade() {
    sync
    rm -f "$LEDGER/upgrading"
    sync
    drop_store
    rm -f "$LEDGER/settler"
}

# keep_version OLD: the one that the link names stays.
keep_version() {
    local current
    current=$(current_version)
    if [[ $current != "$1" ]]; then note former "$1"; fi
    end_upgrade
    keep_versions "$current" "$(noted former)"
}

device_settle() {
    check_root settle
    alone
    rm -f "$LEDGER/changed" # the machine has just started with all that was placed
    settle_interrupted_upgrade
}

# The power went, or somebody pressed Ctrl-C, between the two versions. A version that is ready stays, whichever it is.
# One that is not cannot say whether an incident is open: going back all the same is right, for a dead hub helps nobody.
settle_interrupted_upgrade() {
    local old
    [[ -f $LEDGER/upgrading ]] || return 0
    say "An upgrade was interrupted."
    old=$(noted upgrading)
    if [[ -z $old ]]; then
        end_upgrade # cut off before anything was changed
    elif settled_here; then
        keep_version "$old"
        say "Version $(current_version) runs."
    else
        go_back_to "$old"
    fi
}

# The version that the link names gets its files, which may be those of the other one, and its time.
settled_here() {
    local verb=start
    running || return
    { place_files "$VERSIONS/$(current_version)/systemd" && place_page && enable_units; } || return
    if [[ $(noted changed) ]] && ! incident_is_open; then verb=restart; fi
    systemctl "$verb" --no-block hub.service
    is_ready_in_time && rm -f "$LEDGER/changed"
}

incident_is_open() {
    local open
    open=$(open_incident 2>/dev/null) && [[ $open != None ]]
}
