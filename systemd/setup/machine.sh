#!/usr/bin/env bash
# What the machine must be. Everything is looked at before anything is changed.

readonly NEEDED_MB=1500

# unsupported OS_RELEASE ARCHITECTURE: why this system will not do, or nothing.
unsupported() {
    local id version
    id=$(value_of ID "$1")
    version=$(value_of VERSION_ID "$1")
    case $id in debian | raspbian) ;; *)
        printf 'it is %s, neither Debian nor Raspberry Pi OS' "${id:-unknown}" && return ;;
    esac
    case $version in 12 | 13) ;; *) printf 'it is version %s, not 12 or 13' "${version:-unknown}" && return ;; esac
    case $2 in amd64 | arm64) ;; *) printf 'it is a 32-bit system (%s): write the 64-bit one to the card' "$2" ;; esac
}

value_of() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$2"; }

check_root() { ((EUID == 0)) || fail "This takes root: sudo ./install.sh $*"; }

check_machine() {
    local reason
    command -v dpkg >/dev/null || fail "This system will not do: it is neither Debian nor Raspberry Pi OS."
    reason=$(unsupported /etc/os-release "$(dpkg --print-architecture)")
    [[ -z $reason ]] || fail "This system will not do: $reason."
    command -v systemctl >/dev/null || fail "This system will not do: it has no systemd."
    running || [[ $OFFLINE ]] ||
        fail "systemd does not run here. To prepare a system that starts later, add --offline."
    check_space
    check_bus
}

check_space() {
    local free
    [[ -d $PLACE/versions ]] && return # an upgrade needs less, and says so when it fails
    free=$(df -m --output=avail / | tail -n 1)
    ((free >= NEEDED_MB)) || fail "The card is too small: ${free// /} MB are free, $NEEDED_MB MB are needed."
}

check_bus() {
    local file=/etc/dbus-1/system-local.conf
    [[ ! -e $file ]] || remembered files "$file" ||
        fail "$file belongs to somebody else. Move its rules to /etc/dbus-1/system.d, for the hub needs this file."
}

# Two at once would each undo what the other does.
alone() {
    exec 9>/run/lock/hub-setup
    flock -w 5 9 || fail "Another run of install.sh is under way."
}
