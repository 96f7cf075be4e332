#!/usr/bin/env bash
# `install`: each step is done when its result is there, so that an interrupted run is repaired by the next.

readonly DEVICE_PACKAGES=("${RUN_PACKAGES[@]}"
    bluez dbus polkitd modemmanager network-manager ppp usb-modeswitch rfkill)
readonly READY_SECONDS=60
STEP=0

# stage TITLE WHY COMMAND...: what is done, and what for.
stage() {
    STEP=$((STEP + 1))
    say "$STEP. $1: $2"
    shift 2
    "$@"
}

device_install() {
    check_root install
    check_machine
    alone
    check_log_in
    if hub_runs; then refuse_in_an_incident --force; fi
    if asks && [[ ! -f /etc/hub/hub.toml && -z $CONFIG && ${#SETTINGS[@]} -eq 0 ]]; then ask_everything; fi
    settle_interrupted_upgrade
    local name
    name=$(version_name)
    stage "System packages" "Bluetooth, modem, and what compiles the rest" device_packages
    stage "Program" "version $name, beside any other" build_version "$name"
    if [[ $(noted installed) && $(current_version) != "$name" ]]; then
        say "Another version is installed: it is replaced, and comes back if this one does not start."
        replace_version "$name"
    fi
    stage "The version that runs" "one link is switched" switch_to "$name"
    stage "Users, rights and services" "the hub may do what it must, and nobody else may" place_files "$FOLDER/systemd"
    settle "$name"
}

# What is left to do once the program and its files are there.
settle() {
    stage "Secrets" "readable by root only" place_secrets
    stage "Configuration" "/etc/hub/hub.toml" place_configuration
    stage "Page" "its address and its certificate, whose fingerprint belongs on the hand-over sheet" place_page
    stage "Lights" "off" lights_out
    stage "Swap" "off: nothing of what is in memory gets onto the card" swap_off
    stage "Old swap" "what was in memory before is overwritten" empty_swap
    stage "Old journal" "what was logged before is overwritten" journal_off_the_card
    stage "Name" "one that says nothing" rename_machine "$(chosen hostname "$HOST_NAME" box)"
    stage "First start" "what set this machine up is not asked again" cloud_init_off
    stage "sudo" "what is typed after \`sudo hub\` stays out of the journal" sudo_tells_nothing
    stage "Announcements" "the machine does not call out its name" mask avahi-daemon.service avahi-daemon.socket
    stage "Wi-Fi" "joined only with --wifi" wifi "$(chosen wifi "$WIFI" no)"
    stage "Mobile data" "with --apn" mobile_data "$APN"
    stage "Log-in over the network" "by key only, or not at all" log_in_by "$(chosen ssh "$SSH" keys)"
    stage "Start" "the hub, and with the machine" start
    keep_versions "$1" "$(noted former)"
    note installed yes
    sync
    say "Done. Start the machine anew once (sudo reboot), then: sudo hub doctor"
}

# What was unpacked is set up; what it needs and was not unpacked yet comes after.
mend_packages() {
    DEBIAN_FRONTEND=noninteractive dpkg --configure -a || true
    apt_get install --fix-broken
}

device_packages() {
    local missing package
    if [[ $(dpkg --audit) ]]; then
        quietly "finishing an interrupted installation" mend_packages ||
            fail "apt is in disorder: apt-get install --fix-broken says why."
    fi
    mapfile -t missing < <(missing_packages "${DEVICE_PACKAGES[@]}")
    for package in "${missing[@]}"; do remember packages "$package"; done
    need_packages "${DEVICE_PACKAGES[@]}"
    if python_is_newer_than_3_12; then need_packages swig; fi
}

start() {
    enable_units
    if ! running; then
        say "Nothing runs here yet: the hub starts with the system."
        return
    fi
    systemctl daemon-reload
    start_helpers
    become_ready || fail "The hub is not ready after $READY_SECONDS s: journalctl -u hub says why."
    show_codes
    hub_command doctor || say "What is marked ✗ keeps an alert from going out."
}

# The hub's helpers and timers: none of them is worth giving up a hub that runs.
start_helpers() {
    systemctl start hub-radio.path hub-modem.path hub-upkeep.timer hub-reminder.timer ||
        say "One of the hub's helpers does not start: systemctl --failed says which. The hub goes on without it."
}

become_ready() {
    if hub_runs && [[ -z $(noted changed) ]]; then return; fi
    if hub_runs; then refuse_in_an_incident --force; fi # it may have begun since the first time
    systemctl restart bluetooth || say "Bluetooth does not start; the hub says what is missing."
    systemctl restart --no-block hub.service
    is_ready_in_time && rm -f "$LEDGER/changed"
}

# A start that fails is followed by the next: what counts is that one succeeds.
is_ready_in_time() {
    local end=$((SECONDS + READY_SECONDS))
    while ((SECONDS < end)); do
        sleep 1
        if hub_runs && open_incident >/dev/null 2>&1; then return; fi
    done
    return 1
}

# The service says itself when it is ready; until then it is not "active".
hub_runs() { running && systemctl -q is-active hub.service; }

hub_command() { "$PLACE/.venv/bin/hub" "$@"; }

# Only once, at the first time; a version that knows no codes has none to show.
show_codes() {
    local role
    remembered shown codes && return
    hub_command code new --help >/dev/null 2>&1 || return 0
    say "Write these down now; they are shown once:"
    for role in technician wearer duress; do hub_command code new --missing "$role"; done
    remember shown codes
}
