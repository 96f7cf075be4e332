#!/usr/bin/env bash
# Who can log in over the network, and which networks are joined.

# log_in_by keys|off: over the network. Who is logged in stays so.
log_in_by() {
    local file=/etc/ssh/sshd_config.d/00-hub.conf # the first word counts
    [[ -d /etc/ssh/sshd_config.d ]] || return 0
    printf '%s\n' "PasswordAuthentication no" "KbdInteractiveAuthentication no" \
        "PermitRootLogin prohibit-password" | put "$file" 644
    if [[ $1 == off ]]; then mask ssh.service ssh.socket; else unmask_all_of ssh.service ssh.socket; fi
    if running; then systemctl -q try-reload-or-restart ssh || true; fi
}

unmask_all_of() {
    local unit
    for unit in "$@"; do
        if remembered masked "$unit"; then systemctl -q unmask "$unit"; fi
    done
}

# Nobody is locked out without having said so, before anything is changed.
check_log_in() {
    [[ $SSH || -f $LEDGER/chosen-ssh || ! -d /etc/ssh/sshd_config.d ]] && return
    grep -qs '^[^#]' /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys && return
    [[ -z $YES ]] || fail "No key for logging in over the network is on this machine: say --ssh keys or --ssh off if it shall
  take a screen and a keyboard from now on."
    agree "No key for logging in over the network is on this machine: from now on it would take a screen and a
  keyboard (\`ssh-copy-id\` puts a key there; --ssh keys or --ssh off says that it shall be so). Go on?" ||
        fail "Nothing was changed."
    SSH=keys
}

# wifi yes|no: by default no network of the home's is joined, whatever was set up before.
wifi() {
    local file=/etc/NetworkManager/conf.d/hub-wifi.conf
    if [[ $1 == yes ]]; then
        put_back "$file"
    else
        printf '[device-hub-wifi]\nmatch-device=type:wifi\nmanaged=0\n' | put "$file" 644
        say_who_else_joins
        if comes_by_wifi; then say "You are here by Wi-Fi: after the next start only a cable leads here (or say --wifi)."; fi
    fi
}

# On a plain Debian a network may be joined without NetworkManager, which alone is told.
say_who_else_joins() {
    local others
    others=$({
        grep -rlsE '^\s*(wpa-|wireless-)' /etc/network/interfaces /etc/network/interfaces.d
        grep -rqsE '^\s*renderer:\s*NetworkManager' /etc/netplan /usr/lib/netplan ||
            grep -rlsE '^\s*wifis:' /etc/netplan
        find /etc/systemd/system -path '*.wants/*' '(' -name 'wpa_supplicant@*' -o -name iwd.service ')' 2>/dev/null || true
    } | xargs)
    [[ -z $others ]] || say "✗ Wi-Fi is joined all the same, by what is set up here: $others. Take it out there (or say --wifi)."
}

comes_by_wifi() {
    local address=${SSH_CONNECTION:-} device
    address=$(cut -d ' ' -f 3 <<<"$address")
    [[ $address ]] || return 1
    device=$(ip -o address show to "$address" | sed -n '1s/^[0-9]*: \([^ ]*\) .*/\1/p')
    [[ -d /sys/class/net/$device/wireless ]]
}

# mobile_data APN: without one the profile stays as an earlier run left it.
mobile_data() {
    local file=/etc/NetworkManager/system-connections/mobile.nmconnection
    [[ $1 ]] || return 0
    sed "s/^\[gsm\]$/&\napn=$1/" "$FOLDER/systemd/mobile.nmconnection" | put "$file" 600
    if running; then nmcli connection reload || true; fi
}
