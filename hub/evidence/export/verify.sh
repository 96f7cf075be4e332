#!/bin/sh
# Checks the recording in this folder, without the hub and without its program.
#
#   sh verify.sh                      needs: sha256sum, openssl
#   sh verify.sh KEY FOLDER           also opens it with the private key in the file KEY, and puts one uncut
#                                     sound and its picture into FOLDER; needs: age, flac, sox
#   TSA=chain.pem sh verify.sh        also checks the time stamps against the authority's certificates
#
# Every file that was changed, is missing, was added or exchanged is named. It ends with 0 only if nothing is wrong.

here=$(cd "$(dirname "$0")" && pwd) || exit 2
key=${1:+$(realpath "$1")} out=${2:+$(realpath "$2")}
cd "$here" || exit 2
wrong=0

flaw() {
    printf '✗ %s\n' "$*"
    wrong=$((wrong + 1))
}

signed_by_the_hub() {
    openssl pkeyutl -verify -pubin -inkey hub.pub -rawin -in "$1" -sigfile "$1.sig" >/dev/null 2>&1
}

fingerprint() {
    openssl pkey -pubin -in hub.pub -outform DER 2>/dev/null | sha256sum | cut -c1-64
}

# What the lists name, one name a line.
named() { cut -c67- c[0-9]*.sums; }

check_lists() {
    number=0 previous='' unsigned=''
    for list in c[0-9]*.sums; do
        [ -e "$list" ] || { flaw "nothing here is signed" && return; }
        [ "$list" = "$(printf 'c%06d.sums' "$number")" ] || flaw "$(printf 'c%06d.sums' "$number"): missing"
        number=$((number + 1))
        if [ -n "$previous" ]; then
            cut -c67- "$list" | grep -qxF -- "$previous" || flaw "$list: does not follow $previous"
        fi
        if [ ! -e "$list.sig" ]; then
            unsigned=$list # the power went: the next list, which names it, vouches for it
        elif signed_by_the_hub "$list"; then
            unsigned=''
        else
            flaw "$list: wrong signature"
        fi
        sha256sum --check --strict --quiet "$list" 2>/dev/null || flaw "$list names what is not as it was signed"
        previous=$list
    done
    [ -z "$unsigned" ] || flaw "$unsigned: its signature is missing"
}

check_strangers() {
    for file in *; do
        case $file in
            [0-9][0-9][0-9][0-9][0-9][0-9].age | [0-9][0-9][0-9][0-9][0-9][0-9].flac | e[0-9][0-9][0-9][0-9][0-9][0-9].json)
                named | grep -qxF -- "$file" || flaw "$file: was never signed"
                ;;
            c[0-9][0-9][0-9][0-9][0-9][0-9].sums | c[0-9][0-9][0-9][0-9][0-9][0-9].sums.sig | c[0-9][0-9][0-9][0-9][0-9][0-9].sums.tsr) ;;
            a[0-9][0-9][0-9][0-9][0-9][0-9].json | a[0-9][0-9][0-9][0-9][0-9][0-9].json.sig | export.sums | export.sums.sig) ;;
            hub.pub | incident.json | offsite.jsonl | README.txt | LISEZMOI.txt | verify.sh) ;;
            *) flaw "a file that does not belong here: $(printf '%s' "$file" | tr -c '[:alnum:]._-' '?')" ;;
        esac
    done
}

check_end() {
    grep -q '"what": "end"' e[0-9]*.json 2>/dev/null && return
    if grep -q '"what": "recovered"' e[0-9]*.json 2>/dev/null; then
        echo "· It was cut off, and closed after a restart."
    else
        flaw "it has no end: cut off, or still running when it was copied"
    fi
}

check_copy() {
    signed_by_the_hub export.sums || flaw "export.sums: wrong signature"
    sha256sum --check --strict --quiet export.sums 2>/dev/null || flaw "export.sums names what is not as it was copied"
    for file in a[0-9]*.json; do
        [ ! -e "$file" ] || signed_by_the_hub "$file" || flaw "$file: wrong signature"
    done
}

# What a stamp is of (SHA-256), and when it was made, as openssl prints them.
of_what() {
    sed -n '/^Message data:/,/^Serial number:/s/^ *[0-9a-f]* - \([0-9a-f -]*\)   .*/\1/p' | tr -cd '0-9a-f'
}
when() { sed -n 's/^Time stamp: //p'; }

check_stamps() {
    count=0 first='' last=''
    for stamp in c[0-9]*.sums.tsr; do
        [ -e "$stamp" ] || continue
        count=$((count + 1)) list=${stamp%.tsr}
        [ -e "$list" ] || { flaw "$list: missing, its time stamp is there" && continue; }
        said=$(openssl ts -reply -in "$stamp" -text 2>/dev/null)
        last=$(printf '%s\n' "$said" | when) first=${first:-$last}
        if [ "$(printf '%s\n' "$said" | of_what)" != "$(sha256sum <"$list" | cut -c1-64)" ]; then
            flaw "$stamp: the time stamp does not hold: it is not of this list"
        elif [ -n "$TSA" ] && ! openssl ts -verify -data "$list" -in "$stamp" -CAfile "$TSA" \
            -attime "$(date -u -d "$last" +%s)" >/dev/null 2>&1; then
            flaw "$stamp: the time stamp does not hold: this authority did not sign it"
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
    for file in [0-9]*.age [0-9]*.flac; do
        [ -e "$file" ] || continue
        opened "$file" | flac --silent --decode --stdout --force-raw-format --endian=little --sign=signed - ||
            printf '%s\n' "$file" >>"$out/cannot-be-opened"
    done
}

listen() {
    name=$(basename "$here")
    rate=$(sed -n 's/.*"rate": \([0-9]*\).*/\1/p' e000000.json)
    rm -f "$out/cannot-be-opened"
    samples | sox -t raw -r "$rate" -e signed -b 16 -c 1 - "$out/./$name.flac" || flaw "it could not be joined"
    while read -r file; do flaw "$file: cannot be opened with this key"; done <"$out/cannot-be-opened"
    (cd "$out" && sha256sum "$name.flac" >"$name.flac.sha256" && sox "./$name.flac" -n spectrogram -o "$name.png")
    echo "· $out/$name.flac"
}

check_lists
check_strangers
if [ "$wrong" -gt 0 ]; then key=; fi # what is not as it was signed is not joined
check_end
check_stamps
[ ! -e export.sums ] || check_copy
if [ -n "$key" ]; then
    : >>"$out/cannot-be-opened"
    listen
    rm -f "$out/cannot-be-opened"
fi
echo "· signed with the key $(fingerprint)"
if [ "$wrong" -gt 0 ]; then
    echo "✗ $wrong things are wrong / $wrong anomalies"
    exit 1
fi
echo "✓ nothing is wrong / aucune anomalie"
