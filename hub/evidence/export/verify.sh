#!/bin/sh
# Checks the recording in this folder, without the hub and without its program.
#
#   sh verify.sh                      needs: sha256sum, openssl
#   sh verify.sh KEY FOLDER           also opens it with the private key in the file KEY, and puts one uncut
#                                     sound and its picture into FOLDER; needs: age, flac, sox
#   TSA=chain.pem sh verify.sh        also checks the time stamps against the authority's certificates
#
# Before these, what makes it worth more than the word of whoever brought the copy:
#
#   -k FINGERPRINT                    the key of the hub, from the sheet that was handed over (16 digits or more);
#                                     -k OLD -k NEW where it was replaced. Who made all anew has another key.
#   -d COPY                           checks the recording in the folder COPY: with this script, which you have from
#                                     somebody you trust, and not with the one that lies there.
#
# Every file that was changed, is missing, was added or exchanged is named. It ends with 0 only if nothing is wrong.
# Beside the above it needs what is on any Linux: a POSIX sh, coreutils, grep, sed.

usage() {
    echo "sh verify.sh [-d COPY] [-k FINGERPRINT]… [KEY FOLDER]" >&2
    exit 2
}

here=$(dirname "$0") given=''
while getopts d:k: option; do
    case $option in
        d) here=$OPTARG ;;
        k)
            digits=$(printf '%s' "$OPTARG" | tr -d ' ' | tr A-F a-f)
            case $digits in
                *[!0-9a-f]*) usage ;;
                ????????????????*) given="$given $digits" ;;
                *) usage ;;
            esac
            ;;
        *) usage ;;
    esac
done
shift $((OPTIND - 1))

# What was typed holds from where one is, and this goes to the copy.
place_of() { [ -r "$1" ] && realpath -- "$1"; }

key='' out=''
case $# in
    0) ;;
    2) { key=$(place_of "$1") && out=$(place_of "$2"); } || usage ;;
    *) usage ;; # what is typed behind KEY and FOLDER would be passed over
esac
if [ -n "$TSA" ] && ! { [ -f "$TSA" ] && [ -r "$TSA" ]; }; then
    echo "TSA: $TSA cannot be read" >&2
    exit 2
fi
TSA=${TSA:+$(realpath -- "$TSA")}
{ here=$(cd -- "$here" && pwd -P) && cd "$here"; } || exit 2
wrong=0 signers=''

flaw() {
    printf '✗ %s\n' "$*"
    wrong=$((wrong + 1))
}

signed_with() {
    openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$2.sig" >/dev/null 2>&1
}

fingerprint() {
    openssl pkey -pubin -in "$1" -outform DER 2>/dev/null | sha256sum | cut -c1-64
}

was_given() {
    for digits in $given; do
        case $1 in "$digits"*) return 0 ;; esac
    done
    return 1
}

remember() { case $signers in *"$1"*) ;; *) signers="$signers $1" ;; esac; }

# By the key it was begun with, which signs nothing after another; or by one that was given. Nothing here can vouch for
# a key that replaced it.
check_signature() {
    signer=hub.pub
    if signed_with hub.pub "$1"; then
        remember "$(fingerprint hub.pub)"
        [ -z "$replaced" ] || flaw "$1: signed with hub.pub, after another key"
        return
    fi
    for signer in hub-*.pub; do
        if [ -e "$signer" ] && signed_with "$signer" "$1"; then
            replaced=$(fingerprint "$signer")
            remember "$replaced"
            was_given "$replaced" || flaw "$1: signed with another key, $replaced: is it on a newer sheet of this hub?"
            return
        fi
    done
    signer=''
    flaw "$1: wrong signature"
}

# LIST and KEY of the first signature, and the last list. One that was cut off before has a single one, of a later key.
check_begin() {
    case $2 in hub.pub | '') return ;; esac
    if [ "$1" != "$3" ] || ! was_closed_later; then flaw "$1: a recording is begun with hub.pub"; fi
}

was_closed_later() { grep -q '"what": "recovered"' e[0-9]*.json 2>/dev/null; }

# Of another day, perhaps, and put in its place.
check_name() {
    name=$(sed -n 's/.*"incident": "\([A-Za-z0-9]*\)", "k": \([0-9]*\).*/\1-\2/p' e000000.json 2>/dev/null)
    [ -z "$name" ] || [ "$name" = "$(basename "$here")" ] ||
        flaw "e000000.json: this is the recording $name: its folder has another name"
}

check_key() {
    [ -z "$given" ] || was_given "$(fingerprint hub.pub)" || flaw "hub.pub: not the key that was given"
}

sum_of() { sha256sum <"$1" | cut -c1-64; }

# What the lists name, one name a line.
named() { cut -c67- c[0-9]*.sums; }

check_lists() {
    number=0 previous='' unsigned='' replaced='' first='' began=''
    for list in c[0-9]*.sums; do
        [ -e "$list" ] || { flaw "nothing here is signed" && return; }
        [ "$list" = "$(printf 'c%06d.sums' "$number")" ] || flaw "$(printf 'c%06d.sums' "$number"): missing"
        number=$((number + 1))
        if [ -n "$previous" ]; then
            cut -c67- "$list" | grep -qxF -- "$previous" || flaw "$list: does not follow $previous"
        fi
        if [ ! -e "$list.sig" ]; then
            unsigned=$list # the power went: the next list, which names it, vouches for it
        else
            unsigned=''
            check_signature "$list"
            [ -n "$first" ] || [ -z "$signer" ] || { first=$list && began=$signer; }
        fi
        sha256sum --check --strict --quiet "$list" 2>/dev/null || flaw "$list names what is not as it was signed"
        previous=$list
    done
    [ -z "$unsigned" ] || flaw "$unsigned: its signature is missing"
    check_begin "$first" "$began" "$previous"
}

plain() { printf '%s' "$1" | tr -c '[:alnum:]._-' '?'; }

# What should be signed: each second, and what happened.
signable() {
    for file in *; do
        case $file in
            [0-9][0-9][0-9][0-9][0-9][0-9].age | [0-9][0-9][0-9][0-9][0-9][0-9].flac | e[0-9][0-9][0-9][0-9][0-9][0-9].json)
                printf '%s\n' "$file"
                ;;
        esac
    done
}

check_strangers() {
    # Twice what is named: what is there once then was never named.
    for file in $({ named; named; signable; } 2>/dev/null | sort | uniq -u); do
        flaw "$file: was never signed"
    done
    for file in *; do
        case $file in
            [0-9][0-9][0-9][0-9][0-9][0-9].age | [0-9][0-9][0-9][0-9][0-9][0-9].flac | e[0-9][0-9][0-9][0-9][0-9][0-9].json) ;;
            c[0-9][0-9][0-9][0-9][0-9][0-9].sums | c[0-9][0-9][0-9][0-9][0-9][0-9].sums.sig | c[0-9][0-9][0-9][0-9][0-9][0-9].sums.tsr) ;;
            a[0-9][0-9][0-9][0-9][0-9][0-9].json | a[0-9][0-9][0-9][0-9][0-9][0-9].json.sig | export.sums | export.sums.sig) ;;
            hub.pub | hub-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f].pub) ;;
            incident.json | offsite.jsonl | README.txt | LISEZMOI.txt | verify.sh) ;;
            *) [ "$here/$file" = "$TSA" ] || flaw "a file that does not belong here: $(plain "$file")" ;;
        esac
    done
}

check_end() {
    grep -q '"what": "end"' e[0-9]*.json 2>/dev/null && return
    if was_closed_later; then
        echo "· It was cut off, and closed after a restart."
    else
        flaw "it has no end: cut off, or still running when it was copied"
    fi
}

# What was added to a copy counts only with its list, which is signed. A recording from a store has neither.
check_copy() {
    if [ ! -e export.sums ]; then
        for file in incident.json README.txt LISEZMOI.txt verify.sh; do
            [ ! -e "$file" ] || { flaw "export.sums: missing, without it $file proves nothing" && return; }
        done
        return
    fi
    check_signature export.sums
    sha256sum --check --strict --quiet export.sums 2>/dev/null || flaw "export.sums names what is not as it was copied"
    for file in incident.json README.txt LISEZMOI.txt verify.sh offsite.jsonl a[0-9]*.json; do
        [ ! -e "$file" ] || { named; cut -c67- export.sums; } 2>/dev/null | grep -qxF -- "$file" ||
            flaw "$file: not named in export.sums"
    done
}

prev_of() { sed -n 's/.*"prev": "\([0-9a-f]*\)".*/\1/p' "$1"; }

# The first names a list; or none, where there was none yet and a later list names it.
begins() {
    prev=$(prev_of "$1")
    for list in c[0-9]*.sums; do [ "$(sum_of "$list")" != "$prev" ] || return 0; done
    [ -z "$prev" ] && named | grep -qxF -- "$1"
}

check_who_looked() {
    number=0 before='' replaced=''
    for file in a[0-9]*.json; do
        [ -e "$file" ] || continue
        [ "$file" = "$(printf 'a%06d.json' "$number")" ] || flaw "$(printf 'a%06d.json' "$number"): missing"
        number=$((number + 1))
        check_signature "$file"
        if [ -n "$before" ]; then
            [ "$(prev_of "$file")" = "$(sum_of "$before")" ] || flaw "$file: does not follow $before"
        else
            begins "$file" || flaw "$file: does not follow a list"
        fi
        list=$(sed -n 's/.*"list": {"\(c[0-9]*\.sums\)".*/\1/p' "$file")
        [ -z "$list" ] || { [ -e "$list" ] && grep -qF -- "\"$list\": \"$(sum_of "$list")\"" "$file"; } ||
            flaw "$list: missing, or not as $file names it"
        before=$file
    done
}

# What a stamp says, of its signed part alone: the status before that is signed by nobody, and printed as it comes.
said_by() { { openssl ts -reply -in "$1" -token_out | openssl ts -reply -token_in -in /dev/stdin -text; } 2>/dev/null; }

# What it is of (SHA-256), and when it was made, as openssl prints them.
of_what() {
    sed -n '/^Message data:/,/^Serial number:/s/^ *[0-9a-f]* - \([0-9a-f -]*\)   .*/\1/p' | tr -cd '0-9a-f'
}
when() { sed -n 's/^Time stamp: //p'; }

check_stamps() {
    count=0 first='' last=''
    for stamp in c[0-9]*.sums.tsr; do
        [ -e "$stamp" ] || continue
        list=${stamp%.tsr}
        [ -e "$list" ] || { flaw "$list: missing, its time stamp is there" && continue; }
        said=$(said_by "$stamp")
        at=$(printf '%s\n' "$said" | when)
        if [ -z "$at" ] || [ "$(printf '%s\n' "$said" | of_what)" != "$(sum_of "$list")" ]; then
            flaw "$stamp: the time stamp does not hold: it is not of this list"
        elif [ -n "$TSA" ] && ! openssl ts -verify -data "$list" -in "$stamp" -CAfile "$TSA" \
            -attime "$(date -u -d "$at" +%s)" >/dev/null 2>&1; then
            flaw "$stamp: the time stamp does not hold: this authority did not sign it"
        else
            count=$((count + 1)) first=${first:-$at} last=$at
        fi
    done
    checked=${TSA:+, checked}
    echo "· time stamps of an authority: $count${checked:-, not checked (TSA=chain.pem sh verify.sh)}"
    [ -z "$first" ] || echo "· the first of $first, the last of $last"
}

opened() {
    case $1 in *.age) age --decrypt --identity "$key" "$1" ;; *) cat "$1" ;; esac
}

samples() {
    for file in [0-9]*; do # in the order of their numbers, sealed or not: keys may have come in the middle
        opened "$file" | flac --silent --decode --stdout --force-raw-format --endian=little --sign=signed - ||
            printf '%s\n' "$file" >>"$out/cannot-be-opened"
    done
}

listen() {
    name=$(basename "$here")
    rate=$(sed -n 's/.*"rate": \([0-9]*\).*/\1/p' e000000.json)
    : >"$out/cannot-be-opened"
    samples | sox -t raw -r "$rate" -e signed -b 16 -c 1 - "$out/./$name.flac" || flaw "it could not be joined"
    while read -r file; do flaw "$file: cannot be opened with this key"; done <"$out/cannot-be-opened"
    rm -f "$out/cannot-be-opened"
    (cd "$out" && sha256sum "$name.flac" >"$name.flac.sha256" && sox "./$name.flac" -n spectrogram -o "$name.png")
    echo "· $out/$name.flac"
}

check_name
check_key
check_lists
check_strangers
check_stamps
check_who_looked
check_copy
if [ "$wrong" -gt 0 ]; then key=; fi # what is not as it was signed is not joined; what has no end is
check_end
[ -z "$key" ] || listen
for signer in $signers; do echo "· signed with the key $signer"; done
if [ "$wrong" -gt 0 ]; then
    echo "✗ $wrong things are wrong / $wrong anomalies"
    exit 1
fi
echo "✓ nothing is wrong / aucune anomalie"
