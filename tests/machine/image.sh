#!/usr/bin/env bash
# Builds the machine's disk: a clean Debian, and what stands for a Pi's hardware in it (guest/). As root:
#   image.sh SUITE FOLDER     what was built is kept in FOLDER, and built anew only when this file or guest/ changed
set -euo pipefail

HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
TESTS=${HERE%/*}
SUITE=$1 FOLDER=$2
ROOT=$FOLDER/root
# shellcheck disable=SC2016 # apt-get fills it in
MIRROR=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | head -n 1 | sed 's#/debian/*$##')
readonly HERE TESTS SUITE FOLDER ROOT MIRROR
readonly SIZE=6G
readonly BUMBLE=bumble==0.0.236
readonly CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
# As much as Raspberry Pi OS Lite has that matters here; install.sh brings the rest.
readonly PACKAGES=linux-image-amd64,initramfs-tools,systemd-sysv,udev,dbus,libpam-systemd,systemd-timesyncd,\
network-manager,rfkill,openssh-server,avahi-daemon,sudo,python3,python3-venv,kmod,ca-certificates,iproute2,procps,cron,\
logrotate,alsa-utils

main() {
    local stamp
    stamp=$(fingerprint)
    if [[ -s $FOLDER/base.raw && $(cat "$FOLDER/base.stamp" 2>/dev/null) == "$stamp" ]]; then return; fi
    mkdir -p "$FOLDER"
    [[ -s $FOLDER/id ]] || ssh-keygen -q -t ed25519 -N '' -C machine -f "$FOLDER/id"
    [[ $(cat "$FOLDER/debian.stamp" 2>/dev/null) == "$PACKAGES" ]] || bootstrap
    unpack
    lay_gpio
    lay_radio
    lay_board
    lay_network
    write_image
    echo "$stamp" >"$FOLDER/base.stamp"
}

fingerprint() {
    { cat "$HERE/image.sh" && find "$HERE/guest" -type f -print0 | sort -z | xargs -0 cat && cat "${AIR[@]}"; } | sha256sum
}

in_root() { chroot "$ROOT" env PIP_CERT="$CERTIFICATES" "$@"; }

sources() {
    echo "deb $MIRROR/debian $SUITE main"
    echo "deb $MIRROR/debian $SUITE-updates main"
    echo "deb $MIRROR/debian-security $SUITE-security main"
}

# The initramfs finds the disk that QEMU gives, and nothing else: it starts sooner.
bootstrap() {
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's shell
    sources | mmdebstrap --quiet --format=tar --variant=minbase --include="$PACKAGES" --essential-hook='
        mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
        echo MODULES=list > "$1/etc/initramfs-tools/conf.d/disk"
        printf "%s\n" "#!/bin/sh" ". /usr/share/initramfs-tools/hook-functions" \
            "manual_add_modules virtio_pci virtio_blk ext4 crc32c_generic" > "$1/etc/initramfs-tools/hooks/disk"
        chmod +x "$1/etc/initramfs-tools/hooks/disk"' "$SUITE" "$FOLDER/debian.part.tar" -
    mv "$FOLDER/debian.part.tar" "$FOLDER/debian.tar"
    echo "$PACKAGES" >"$FOLDER/debian.stamp"
}

unpack() {
    rm -rf --one-file-system "$ROOT"
    mkdir "$ROOT"
    tar -C "$ROOT" -xf "$FOLDER/debian.tar"
    KERNEL=$(basename "$ROOT"/lib/modules/*)
    cp "$ROOT/vmlinuz" "$ROOT/initrd.img" "$FOLDER/"
    cp "$CERTIFICATES" "$ROOT/usr/local/share/ca-certificates/host.crt" # whom this host trusts, its package index too
    in_root update-ca-certificates >/dev/null 2>&1
    cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
}

lay_gpio() {
    local module=$FOLDER/gpio-sim-$KERNEL.ko
    [[ -s $module ]] || compile_gpio "$module"
    install -D -m 644 "$module" "$ROOT/lib/modules/$KERNEL/updates/gpio-sim.ko"
    in_root depmod "$KERNEL"
    printf '%s\n' hci_vhci snd-aloop i6300esb gpio-sim >"$ROOT/etc/modules-load.d/board.conf"
    echo 'options snd-aloop index=1 id=Mic pcm_substreams=1' >"$ROOT/etc/modprobe.d/board.conf"
}

# Debian's kernel has no gpio-sim, nor the irq_sim that it needs: one module of both, from Debian's own source.
compile_gpio() {
    local workshop=$FOLDER/workshop source
    source=linux-source-$(cut -d. -f1,2 <<<"$KERNEL")
    rm -rf --one-file-system "$workshop"
    sources | mmdebstrap --quiet --variant=apt --format=directory \
        --include="linux-headers-$KERNEL,$source,make,gcc,xz-utils" "$SUITE" "$workshop" -
    tar -C "$workshop/usr/src" -xf "$workshop/usr/src/$source.tar.xz" "$source/drivers/gpio" "$source/kernel/irq"
    mkdir "$workshop/tmp/m"
    cp "$workshop/usr/src/$source/drivers/gpio/gpio-sim.c" "$workshop/tmp/m/sim.c"
    cp "$workshop/usr/src/$source"/drivers/gpio/gpiolib*.h "$workshop/usr/src/$source/kernel/irq/irq_sim.c" "$workshop/tmp/m/"
    # irq_to_desc is not for modules; this does the same.
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' "$workshop/tmp/m/irq_sim.c"
    printf 'obj-m := gpio-sim.o\ngpio-sim-y := sim.o irq_sim.o\n' >"$workshop/tmp/m/Makefile"
    chroot "$workshop" make -s -C "/lib/modules/$KERNEL/build" M=/tmp/m modules
    cp "$workshop/tmp/m/gpio-sim.ko" "$1"
    rm -rf --one-file-system "$workshop"
}

# The controller and the button of tests/radio, with a Python of their own.
AIR=("$TESTS/__init__.py" "$TESTS/radio/__init__.py" "$TESTS/radio/stories/__init__.py" "$TESTS/radio/stories/air.py"
    "$TESTS/buttons/fakebluez/frames.py")

lay_radio() {
    local file
    for file in "${AIR[@]}"; do install -D -m 644 "$file" "$ROOT/opt/board/tests/${file#"$TESTS/"}"; done
    in_root python3 -m venv /opt/board/venv
    in_root env -u PIP_FIND_LINKS -u PIP_CONSTRAINT /opt/board/venv/bin/pip install -q --disable-pip-version-check "$BUMBLE"
}

lay_board() {
    cp "$HERE"/guest/bin/* "$ROOT/opt/board/"
    cp -r "$HERE"/guest/units/* "$ROOT/etc/systemd/system/"
    in_root systemctl -q enable board radio ssh
    echo raspberrypi >"$ROOT/etc/hostname"
    printf '127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n' >"$ROOT/etc/hosts"
    echo 'LABEL=rootfs / ext4 defaults,noatime,errors=remount-ro 0 1' >"$ROOT/etc/fstab"
    : >"$ROOT/etc/machine-id"
}

# eth0 is the line of the home; eth1 is the tests' own, which the home's troubles leave alone.
lay_network() {
    local profiles=$ROOT/etc/NetworkManager/system-connections
    install -d -m 700 "$ROOT/root/.ssh"
    cp "$FOLDER/id.pub" "$ROOT/root/.ssh/authorized_keys"
    profile home eth0 "method=auto" >"$profiles/home.nmconnection"
    profile tests eth1 $'method=manual\naddress1=10.9.9.15/24\nnever-default=true' >"$profiles/tests.nmconnection"
    chmod 600 "$profiles"/*
    sed -i 's/^managed=false/managed=true/' "$ROOT/etc/NetworkManager/NetworkManager.conf"
}

profile() {
    printf '[connection]\nid=%s\ntype=ethernet\ninterface-name=%s\n[ipv4]\n%s\n[ipv6]\nmethod=disabled\n' "$@"
}

write_image() {
    rm -f "$FOLDER/base.raw"
    truncate -s "$SIZE" "$FOLDER/base.part.raw"
    mke2fs -q -F -t ext4 -L rootfs -d "$ROOT" "$FOLDER/base.part.raw"
    mv "$FOLDER/base.part.raw" "$FOLDER/base.raw"
    rm -rf --one-file-system "$ROOT"
}

main
