#!/usr/bin/env bash
# A new disk with these files on it, and a command run in it at the host's speed, before it ever starts. As root:
#   prepare.sh IMAGE DISK FILES COMMAND
set -euo pipefail

cp --sparse=always --reflink=auto "$1" "$2"
mkdir -p "$2.root"
# In namespaces of its own, so that nothing stays mounted whatever happens.
# shellcheck disable=SC2016 # what the inner shell expands
exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    mount -o loop "$1" "$1.root" && cd "$1.root"
    cp -rT --no-preserve=ownership "$2" .
    mount -t proc proc proc && mount --rbind /dev dev && mount -t tmpfs tmpfs run && mkdir run/lock
    printf "#!/bin/sh\nexit 101\n" >usr/sbin/policy-rc.d && chmod +x usr/sbin/policy-rc.d
    chroot . bash -c "$3"
    rm usr/sbin/policy-rc.d
' _ "$2" "$3" "$4"
