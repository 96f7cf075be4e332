#!/usr/bin/env bash
# The options of install, upgrade and remove, and the few questions to a person who gave none.

# shellcheck disable=SC2034 # the other parts read them
YES='' OFFLINE='' WIPE='' FORCE='' CONFIG='' APN='' WIFI='' SSH='' HOST_NAME=''
readonly APN_FORM='^[A-Za-z0-9.-]+$'
SETTINGS=()
SECRETS=()

device_usage() {
    cat <<'USAGE'
usage: sudo ./install.sh [install] [OPTION...]
  --yes                  asks nothing
  --set SECTION.KEY=VALUE  a line of /etc/hub/hub.toml (docs/configuration.md); may be repeated
  --config FILE          a finished hub.toml, instead
  --secret NAME=FILE     a secret, such as twilio.secret=/media/key/twilio; may be repeated
  --apn NAME             mobile data: the access point of the SIM card's operator
  --wifi, --no-wifi      Wi-Fi stays as it was set up; without: it is not used
  --ssh keys|off         log in over the network by key only (the default), or not at all
  --hostname NAME        the machine's name in the network; without: box
  --offline              prepares a system that does not run yet; nothing is started

       sudo ./install.sh upgrade [--yes] [--force]
  --force                even though the hub does not answer, so that nobody knows of an open incident

       sudo ./install.sh remove [--yes] [--wipe]
  --wipe                 also with an open incident or recordings that are nowhere else; erases keys and store first
USAGE
}

read_options() {
    while (($#)); do
        case $1 in
            --yes) YES=1 ;; --offline) OFFLINE=1 ;; --wipe) WIPE=1 ;; --force) FORCE=1 ;;
            --wifi) WIFI=yes ;; --no-wifi) WIFI=no ;;
            -h | --help) device_usage && exit ;;
            --set | --config | --secret | --apn | --ssh | --hostname)
                (($# > 1)) || refuse_option "$1 needs a value."
                read_value "$1" "$2"
                shift
                ;;
            *) refuse_option "There is no option $1." ;;
        esac
        shift
    done
}

read_value() {
    case $1 in
        --set) [[ $2 =~ ^[a-z]+\.[a-z_]+=. ]] || refuse_option "--set takes SECTION.KEY=VALUE." && SETTINGS+=("$2") ;;
        --config) [[ -f $2 ]] || refuse_option "There is no file $2." && CONFIG=$2 ;;
        --secret) [[ -f ${2#*=} ]] || refuse_option "There is no file ${2#*=}." && SECRETS+=("$2") ;;
        --apn) [[ $2 =~ $APN_FORM ]] || refuse_option "That is no access point's name." && APN=$2 ;;
        --ssh) [[ $2 =~ ^(keys|off)$ ]] || refuse_option "--ssh takes keys or off." && SSH=$2 ;;
        --hostname) neutral "$2" && HOST_NAME=$2 ;;
    esac
}

neutral() {
    [[ $1 =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || refuse_option "A name has small letters, digits and hyphens."
    [[ ! $1 =~ safe|alarm|alert|panic|violen|victim|secur|urgen ]] ||
        refuse_option "The name $1 would tell everybody in the network what this is."
}

refuse_option() {
    printf '✗ %s\n' "$1" >&2
    device_usage >&2
    exit 2
}

# chosen WHAT GIVEN DEFAULT: what was given now, else at an earlier run, else the default; kept for the next run.
chosen() {
    local value=$2
    value=${value:-$(noted "chosen-$1")}
    value=${value:-$3}
    note "chosen-$1" "$value"
    printf '%s' "$value"
}

asks() { [[ -z $YES && -t 0 ]]; }

# agree SENTENCE: a person says yes, or --yes did.
agree() {
    [[ $YES ]] && return
    asks || fail "$1 Add --yes to say so without a terminal."
    local answer
    read -r -p "$1 [yes/no] " answer
    [[ $answer == yes ]]
}

# ask_setting SECTION.KEY QUESTION: an empty answer leaves it out.
ask_setting() {
    local answer
    read -r -p "$2: " answer
    [[ $answer ]] && SETTINGS+=("$1=\"${answer//[\"\\]/}\"") # a text, whatever it looks like
}

ask_everything() {
    say "An empty answer leaves it out for now; everything can be changed later in /etc/hub/hub.toml."
    if ask_setting twilio.account_sid "SMS and calls: Twilio account (AC…)"; then
        ask_setting twilio.api_key_sid "  API key (SK…)" || true
        ask_setting twilio.sender "  sender of the SMS" || true
        ask_setting twilio.caller "  number that calls (+33…)" || true
        ask_secret twilio.secret "  secret of the API key"
    fi
    if ask_setting email.host "E-mail: mail server"; then
        ask_setting email.sender "  sender's address" || true
        if ask_setting email.username "  user name"; then ask_secret smtp.secret "  password"; fi
    fi
    while [[ -z $APN ]]; do
        read -r -p "Mobile data: access point (APN) of the SIM card: " APN
        [[ $APN ]] || return 0
        [[ $APN =~ $APN_FORM ]] || APN=''
    done
}

# Typed without being seen; it is in a pipe and a file of root's, never in an argument or in the environment.
ask_secret() {
    local secret
    read -rs -p "$2 (not shown): " secret && printf '\n'
    if [[ $secret ]]; then printf '%s' "$secret" | put_secret "$1"; fi
}
