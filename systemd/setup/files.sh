#!/usr/bin/env bash
# What the machine gets beside the program: users, rights, services, settings of others, as files of their own.

# Who starts with the machine. The page's socket does not: the hub opens it.
readonly ENABLED=(hub.service hub-radio.path hub-modem.path hub-settle.service)
readonly UNITS=/etc/systemd/system

# place_files TREE: everything of one version, or it fails at the first that does not get there.
place_files() {
    local file
    while read -r file; do put "/etc/$file" 644 <"$1/etc/$file" || return; done < <(cd "$1/etc" && find . -type f -printf '%P\n')
    for file in "$1"/*.rules; do put "/etc/polkit-1/rules.d/${file##*/}" 644 <"$file" || return; done
    put "$UNITS/bluetooth.service.d/hub.conf" 644 <"$1/bluetooth.service.d/hub.conf" || return
    make_users || return
    put /etc/hub/bluetooth.conf 644 <"$1/bluetooth.conf" || return
    place_units "$1" || return
    if running; then take_up_files; fi
}

take_up_files() {
    systemctl daemon-reload
    systemctl reload dbus
    [[ -S /run/udev/control ]] || return 0 # a container has none
    # Where hub-settle.service runs this, udev may refuse: no reason to give up a version that is good.
    udevadm control --reload || say "udev takes up its rules at the next start."
    udevadm trigger --subsystem-match=gpio --subsystem-match=leds || say "The lights go off at the next start."
}

make_users() {
    local group
    for group in gpio audio; do
        getent group "$group" >/dev/null || remember groups "$group" || return
    done
    make_folder /etc/hub 750 && make_folder /etc/credstore 700 || return
    systemd-sysusers /etc/sysusers.d/hub.conf || return
    systemd-tmpfiles --create /etc/tmpfiles.d/hub.conf
}

# Units that this version does not have are of another one. The one that settles an upgrade stays as that began.
place_units() {
    local unit name
    for unit in "$1"/*.{service,socket,path,timer}; do
        name=${unit##*/}
        if [[ ! -f $unit || ($name == "$SETTLING" && -f $LEDGER/upgrading) ]]; then continue; fi
        put "$UNITS/$name" 644 <"$unit" || return
    done
    while read -r unit; do
        name=${unit##*/}
        if [[ -f $1/$name || ! -f $unit || $name == "$SETTLING" ]]; then continue; fi
        if running; then systemctl -q stop "$name" || true; fi
        systemctl -q disable "$name" && rm "$unit"
    done < <(entries files | grep -xE "$UNITS/[^/]+")
}

# The page is where the configuration says, behind a certificate of its own; without the page's units there is none.
place_page() {
    local address
    [[ -f $UNITS/hub-web.socket ]] || return 0
    address=$(/usr/bin/python3 -c 'import sys, tomllib
print(tomllib.load(open("/etc/hub/hub.toml", "rb")).get("page", {}).get("bind", "127.0.0.1:8443"))') || return
    printf '[Socket]\nListenStream=\nListenStream=%s\n' "$address" |
        put "$UNITS/hub-web.socket.d/hub.conf" 644 || return
    if running; then systemctl daemon-reload; fi
    if hub_command certificate --help >/dev/null 2>&1; then hub_command certificate /etc/hub; fi
}

enable_units() {
    local unit
    for unit in "${ENABLED[@]}" "$UNITS"/hub-*.timer; do
        if [[ -f $UNITS/${unit##*/} ]]; then systemctl -q enable "${unit##*/}"; fi
    done
}

# --- configuration and secrets ----------------------------------------------------------------------

place_secrets() {
    local secret
    for secret in "${SECRETS[@]}"; do put_secret "${secret%%=*}" <"${secret#*=}"; done
}

readonly CREDENTIALS=/etc/credstore

put_secret() {
    grep -qx "LoadCredential=$1" "$FOLDER/systemd/hub.service" || fail "The hub knows no secret named $1."
    make_folder "$CREDENTIALS" 700
    put "$CREDENTIALS/$1" 600
}

# Only when it is faultless it takes its place; what is there already is never touched.
place_configuration() {
    local file=/etc/hub/hub.toml
    if [[ -f $file ]]; then
        if [[ $CONFIG || ${#SETTINGS[@]} -gt 0 ]]; then say "$file is there already and stays as it is."; fi
        check_configuration "$PLACE/.venv" "$file"
        return
    fi
    remember files "$file"
    if [[ $CONFIG ]]; then cat "$CONFIG"; else toml "${SETTINGS[@]}"; fi |
        install -m 640 -g hub /dev/stdin "$(part_of "$file")"
    check_configuration "$PLACE/.venv" "$(part_of "$file")"
    mv "$(part_of "$file")" "$file"
}

check_configuration() {
    CREDENTIALS_DIRECTORY=/etc/credstore "$1/bin/hub" --config "$2" check-config ||
        fail "This version does not take the configuration, see above. Mend it and run the same command again."
}

# toml SECTION.KEY=VALUE...: numbers, true, false, lists and what is quoted stay as they are.
toml() {
    local section entry
    printf '# Written by install.sh. Every key: docs/configuration.md. After a change: systemctl restart hub\n'
    (($#)) || return 0
    while read -r section; do
        printf '\n[%s]\n' "$section"
        for entry in "$@"; do
            if [[ $entry == "$section".* ]]; then toml_line "${entry#*.}"; fi
        done
    done < <(printf '%s\n' "${@%%.*}" | sort -u)
}

toml_line() {
    local value=${1#*=}
    if [[ ! $value =~ ^(true|false|-?[0-9]+(\.[0-9]+)?|\[.*|\".*)$ ]]; then
        value=${value//\\/\\\\}
        value="\"${value//\"/\\\"}\""
    fi
    printf '%s = %s\n' "${1%%=*}" "$value"
}
