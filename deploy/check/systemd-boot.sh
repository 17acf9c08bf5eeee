#!/usr/bin/env bash
# A systemd of its own, in namespaces of its own: it starts nothing but what the check asks for, and nothing of it outlives the check.
# Usage: systemd-boot.sh CGROUP MOUNTS RELEASE CONFIGURATION WRITABLE; run in new mount, process, IPC and host name namespaces.
set -euo pipefail

cgroup=$1 mounts=$2 release=$3 configuration=$4 writable=$5

# layer DIRECTORY: what is written there from now on goes to memory.
layer() {
    mkdir -p "$mounts$1/upper" "$mounts$1/work"
    mount -t overlay -o "lowerdir=$1,upperdir=$mounts$1/upper,workdir=$mounts$1/work" overlay "$1"
}

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$mounts"
for directory in /etc /opt /var/lib /var/log; do layer "$directory"; done
for directory in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "$directory"; done
mount -t tmpfs -o mode=755 tmpfs /run
mount -t proc proc /proc
umount -R /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
for hierarchy in systemd memory pids; do
    mkdir "/sys/fs/cgroup/$hierarchy"
    options=$hierarchy
    if [[ $hierarchy == systemd ]]; then options=none,name=systemd; fi
    mount -t cgroup -o "$options" "$cgroup" "/sys/fs/cgroup/$hierarchy"
done

mkdir -p /run/lock /run/systemd/system /opt/haat/releases/checked
ln -s releases/checked /opt/haat/current
mount --bind "$release" /opt/haat/releases/checked
cp -r "$configuration/." /etc

# Whatever a unit does, nothing of the machine changes but the directory of the check's own database.
mount --bind "$writable" "$writable"
mount -o bind,ro /proc/sys /proc/sys
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
for directory in / /dev /sys; do mount -o remount,bind,ro "$directory"; done
if touch /.writable 2>/dev/null; then
    printf 'the machine is still writable\n' >&2
    exit 1
fi

# Of the machine's own units there are the journal and the bus alone: what else a boot does, tidying /tmp for one, has been done.
units=/run/systemd/system
cp /lib/systemd/system/{systemd-journald,dbus}.{service,socket} "$units"
for target in sysinit basic sockets shutdown network-online check; do
    printf '[Unit]\nDefaultDependencies=no\n' >"$units/$target.target"
done
printf 'Wants=systemd-journald.service dbus.service\n' >>"$units/check.target"
export SYSTEMD_UNIT_PATH=$units:/etc/systemd/system
rm -rf /etc/systemd/system/*.wants

# Credentials reach units over mounts that are shared with PID 1.
mount --make-rshared /
export container=check
exec /lib/systemd/systemd --system --unit=check.target --log-target=journal --show-status=no
