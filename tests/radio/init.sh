#!/bin/bash
# The first process of the guest. Before it come: PATH, OUT (the host's folder to write to), FOLDER, COMMAND, PYTHON.
export PATH HOME=/root LANG=C.UTF-8 TMPDIR=/run/tmp VIRTUAL_RADIO=1 PYTHONDONTWRITEBYTECODE=1

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
[ -d /var/lib/bluetooth ] || mount -t tmpfs tmpfs /var/lib
mkdir -p /dev/shm /run/tmp /run/out /run/dbus /var/lib/bluetooth
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /var/lib/bluetooth
# Linux 6.11 and later want the name of the option; before, there was none.
mount -t hostfs none /run/out -o "hostfs=$OUT" 2>/dev/null || mount -t hostfs none /run/out -o "$OUT" || exit
ip link set lo up

cat >/run/bus.conf <<'X'
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
X
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
dbus-daemon --config-file=/run/bus.conf --fork --nopidfile

cd "$FOLDER" || exit
eval "$COMMAND"
echo "$?" >/run/out/code
sync
"$PYTHON" -c 'import ctypes; ctypes.CDLL(None).reboot(0x4321FEDC)' # power off
