#!/usr/bin/env bash
# What would tell somebody in the home, in the network, or with the card in his hand, what this machine is.

readonly CONFIG_TXT=(/boot/firmware/config.txt /boot/config.txt)
# Which way round a light is wired the kernel knows: told otherwise, a Pi 4 keeps its red one lit, and "off" lights it.
# The 3B+ has another chip behind its socket, and other numbers.
readonly LIGHTS_OUT='# hub: begin
[all]
dtparam=watchdog=on
dtparam=strict_gpiod
dtparam=act_led_trigger=none
dtparam=pwr_led_trigger=none
dtparam=eth_led0=4
dtparam=eth_led1=4
[pi3+]
dtparam=eth_led0=14
dtparam=eth_led1=14
[all]
# hub: end'

# The lights, from the first second on, and the watchdog. Only a Pi has the file; the rest of it stays as it is.
# strict_gpiod: a pin falls back when whoever held it is gone, also without a word (the siren's, of a hub that was killed).
lights_out() {
    local file
    for file in "${CONFIG_TXT[@]}"; do
        [[ -f $file ]] || continue
        { without_block "$file" && printf '%s\n' "$LIGHTS_OUT"; } | replace "$file"
        return
    done
}

lights_as_before() {
    local file
    for file in "${CONFIG_TXT[@]}"; do
        if grep -qs '^# hub: begin$' "$file"; then without_block "$file" | replace "$file"; fi
    done
}

# The last line may have no end: it gets one.
without_block() { awk '/^# hub: begin$/, /^# hub: end$/ { next } { print }' "$1"; }

# replace FILE: standard input becomes the content of a file of somebody else's, with its rights.
replace() {
    local part
    part=$(part_of "$1")
    cp -p "$1" "$part" && cat >"$part" && sync "$part" && mv "$part" "$1"
}

# No swap: what is in memory, as a secret or a sound, would stay on the card.
swap_off() {
    mask dphys-swapfile.service zramswap.service
    if [[ -d /etc/rpi/swap.conf.d || -f /etc/rpi/swap.conf ]]; then
        printf '[Main]\nMechanism=none\n' | put /etc/rpi/swap.conf.d/hub.conf 644
    fi
    if grep -qsE '^[^#]\S*\s+\S+\s+swap\s' /etc/fstab; then
        sed -E 's/^([^#]\S*\s+\S+\s+swap\s)/#hub# \1/' /etc/fstab | replace /etc/fstab
    fi
    if running; then swapoff -a || say "Swap is switched off from the next start on."; fi
}

# What was swapped out would stay on the card. dphys-swapfile and rpi-swap make /var/swap anew when they are back;
# /swapfile is somebody's own: it stays, with nothing in it.
empty_swap() {
    local file
    for file in /var/swap /swapfile; do
        if [[ ! -f $file || -L $file ]] || remembered emptied "$file"; then continue; fi
        if grep -qs "^$file " /proc/swaps || [[ $(losetup -j "$file") ]]; then
            say "$file is in use until the next start: after that, run this once more."
        elif [[ $file == /var/* ]]; then
            erase "$file"
        else
            shred --iterations=1 "$file" && chmod 600 "$file" && mkswap "$file" >/dev/null && remember emptied "$file"
        fi
    done
}

# The journal is in memory from now on: what an earlier one wrote on the card goes. Its folder stays, for after `remove`.
journal_off_the_card() {
    if [[ ! $(find /var/log/journal -type f -print -quit 2>/dev/null) ]] || ! running; then return; fi
    systemctl restart systemd-journald || true
    if journal_is_on_the_card; then
        say "The journal is still written to the card: systemd-analyze cat-config systemd/journald.conf says why."
    else
        erase /var/log/journal
    fi
}

journal_is_on_the_card() {
    local process
    process=$(systemctl show --property=MainPID --value systemd-journald)
    [[ $(find "/proc/$process/fd" -lname '/var/log/journal/*' 2>/dev/null) ]]
}

swap_as_before() {
    if grep -qs '^#hub# ' /etc/fstab; then sed 's/^#hub# //' /etc/fstab | replace /etc/fstab; fi
}

rename_machine() {
    local name=$1 old
    old=$(cat /etc/hostname 2>/dev/null || printf localhost)
    [[ $old == "$name" ]] && return
    if [[ -f /etc/hosts ]]; then sed "s/^127\.0\.1\.1\s.*/127.0.1.1\t$name/" /etc/hosts | put /etc/hosts 644; fi
    if [[ -d /etc/cloud/cloud.cfg.d ]]; then
        printf 'preserve_hostname: true\n' | put /etc/cloud/cloud.cfg.d/99_hub.cfg 644
    fi
    printf '%s\n' "$name" | put /etc/hostname 644
    if running; then hostname "$name"; fi
}

# On Raspberry Pi OS 13 cloud-init writes /etc/hosts anew at each start, from a file of the card's first partition.
# A card that never started needs it for its user and keys.
cloud_init_off() {
    local file
    [[ -d /etc/cloud ]] || return 0
    if ! running; then
        say "cloud-init sets this system up at its first start: after that, run this once more."
        return
    fi
    put /etc/cloud/cloud-init.disabled 644 </dev/null
    for file in /boot/firmware/user-data /boot/firmware/network-config; do
        if [[ -f $file ]]; then say "$file may hold a password and is not needed any more: sudo rm $file"; fi
    done
}

# By itself sudo logs each command with its arguments: who gave a contact's number would have it in the journal.
sudo_tells_nothing() {
    local line='Defaults!/usr/local/bin/hub !syslog'
    [[ -d /etc/sudoers.d ]] || return 0
    if command -v visudo >/dev/null && ! visudo -qcf - <<<"$line" >/dev/null 2>&1; then
        say "This sudo writes each command into the journal, with names and numbers: type them on the page instead."
        return
    fi
    printf '%s\n' "$line" | put /etc/sudoers.d/hub 440
}
