#!/usr/bin/env bash
# `remove`: nothing stays behind, and nothing is lost that is nowhere else.

device_remove() {
    check_root remove
    [[ -d $PLACE ]] || fail "The hub is not installed here."
    alone
    if [[ -d $LEDGER ]]; then remove_what_the_ledger_has; fi
    stage "Program" "deleted" rm -rf "$PLACE"
    say "Done. Start the machine anew once: sudo reboot"
}

remove_what_the_ledger_has() {
    if [[ -z $(noted removing) ]]; then
        agree "The hub, its home, its contacts and its recordings on this machine are deleted. Go on?" ||
            fail "Nothing was changed."
        [[ $WIPE ]] || refuse_to_lose # last: a person's answer may take long
        note removing yes
    fi
    stage "Services" "stopped" stop_everything
    if [[ $WIPE ]]; then stage "Keys and store" "overwritten" wipe; fi
    stage "Recordings, contacts and store" "deleted" rm -rf "$STATE" /etc/hub /run/hub
    secrets | xargs rm -f
    stage "Settings" "as they were before" settings_as_before
    stage "Users" "deleted" delete_users
    if [[ -f $LEDGER/packages ]]; then
        say "These packages came with the hub and stay; to remove them: apt-get purge $(entries packages | xargs)"
    fi
    mv "$LEDGER" "$PLACE/gone"
}

refuse_to_lose() {
    local unsaved copy
    refuse_in_an_incident --wipe
    unsaved=$("$PLACE/.venv/bin/python" -I -m hub.evidence.unsaved "$STATE/evidence") ||
        fail "The recordings cannot be looked at. With --wipe: anyway."
    [[ -z $unsaved ]] ||
        fail "These recordings are neither off-site nor exported (hub evidence export ID DIR): $(xargs <<<"$unsaved")"
    [[ -d $STATE ]] || return 0 # it never ran
    copy=$(find "$STATE" -name export.sums -printf '%h\n' -quit)
    [[ -z $copy ]] || fail "A copy of a recording is still here: move $copy to where it is to stay."
}

stop_everything() {
    local unit
    while read -r unit; do
        if running; then systemctl -q stop "$unit" || true; fi
        systemctl -q disable "$unit" 2>/dev/null || true
    done < <(entries files | sed -n "s|^$UNITS/\([^/]*\)$|\1|p" | tac)
}

# Keys first: without them the rest is noise. A memory card may keep old copies that nothing reaches.
wipe() {
    local secret
    erase "$STATE/keys"
    while read -r secret; do erase "$secret"; done < <(secrets)
    erase "$LEDGER/store"
    erase /etc/hub
    erase "$STATE" -maxdepth 1
    erase "$STATE"
}

# Those as well that somebody laid there by hand: they are no other service's.
secrets() { sed -n "s|^LoadCredential=|$CREDENTIALS/|p" "$FOLDER/systemd/hub.service"; }

# erase PATH [FIND'S OPTION...]
erase() {
    if [[ -e $1 ]]; then find "$@" -type f -exec shred --iterations=1 --remove {} +; fi
}

settings_as_before() {
    put_everything_back
    unmask_all
    lights_as_before
    swap_as_before
    if ! running; then return; fi
    systemctl daemon-reload
    systemctl daemon-reexec
    hostname -F /etc/hostname || true
    systemctl -q try-restart systemd-journald bluetooth || true
    systemctl -q try-reload-or-restart dbus polkit NetworkManager ssh || true
}

# userdel writes these files one after the other: cut off between two, it would never finish. Here each is right by itself.
# The copies that the system keeps of them would go on naming the users.
delete_users() {
    local names file edited members=''
    names=$({ printf 'hub\nhub-web\n' && entries groups; } | paste -sd '|')
    for file in passwd shadow group gshadow; do
        if [[ $file == g* ]]; then members='; s/,hub(,|$)/\1/; s/:hub(,|$)/:/'; fi
        edited=$(sed -E "/^($names):/d$members" "/etc/$file")
        [[ $'\n'$edited == *$'\nroot:'* ]] || fail "/etc/$file is not what it should be: nothing of it was changed."
        replace "/etc/$file" <<<"$edited"
        cp -p "/etc/$file" "/etc/$file-"
        rm -f "/etc/.#$file"* # of a cut-off systemd-sysusers
    done
}
