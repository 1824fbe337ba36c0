#!/usr/bin/env bash
# Makes a Debian guest: kernel, initramfs, a partitioned disk and a script that drives them.
#
#   scripts/debian-guest.sh [output directory]      (default: .cache/guests/debian)
#
# Fetches linux-image-686 and busybox-static (i386) from Debian 12 with apt, into a private apt directory:
# nothing is installed, no foreign architecture is added, and root is not needed. Runs on Debian and
# Ubuntu. Leaves in the output directory
#
#   vmlinuz      Debian's kernel
#   initrd.gz    busybox, and the modules for the disk, its file systems and the network adapter, which Debian
#                does not build in
#   disk.img     an MBR, a FAT16 partition and an ext2 partition, each with a file to read
#   boot.yaml    a script for `rewind86 record`
#
# Settings, as environment variables:
#   DEBIAN_MIRROR   address of a Debian mirror; default: the first that this system's apt uses
#   GUEST_KERNEL    a package other than linux-image-686, e.g. linux-image-6.1.0-40-686
set -euo pipefail
export LC_ALL=C
# Some of the tools are for root by custom, not by need.
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$here/.cache/guests/debian}
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | head -n 1 || true)}
kernel_package=${GUEST_KERNEL:-linux-image-686}
suite=bookworm
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# What the guest loads: ATA disks; ext4, which serves ext2 too, and the checksum it asks for by name; FAT
# with its code pages; the power button.
modules="ata_piix sd_mod crc32c_generic ext4 vfat nls_cp437 nls_ascii button evdev"
# Loaded only if the machine has the adapter (--net): a Realtek RTL8029AS, by its PCI vendor.
network_modules="ne2k-pci"
network_vendor=0x10ec

# The disk, in sectors of 512 bytes. Partitions begin at whole MiB.
fat_start=2048 fat_sectors=32768
ext2_start=34816 ext2_sectors=32768
# A fixed instant for the files' time stamps, so that the same packages make the same initramfs.
epoch=1700000000

say() { printf 'debian-guest: %s\n' "$*"; }
fail() {
  printf 'debian-guest: %s\n' "$*" >&2
  exit 1
}

need() { # command, package that has it
  command -v "$1" >/dev/null || missing="${missing:-} $2"
}

check_tools() {
  command -v apt-get >/dev/null || fail 'this script needs apt, so Debian or Ubuntu'
  need dpkg-deb dpkg
  need depmod kmod
  need cpio cpio
  need mke2fs e2fsprogs
  need mformat mtools
  [ -z "${missing:-}" ] || fail "please install, and try again:$missing"
}

# ---- fetching ----

apt_private() { # apt command, arguments: with lists and cache of our own, for i386
  local command=$1
  shift
  "$command" -qq \
    -o APT::Architecture=i386 -o APT::Architectures=i386 \
    -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}

# Ubuntu does not install the keys of Debian's archive, but has them as a package.
find_keyring() {
  [ -f "$keyring" ] && return
  say "fetching debian-archive-keyring"
  (cd "$work" && apt-get -qq download debian-archive-keyring) ||
    fail 'no keys to check Debian'\''s packages with: please install debian-archive-keyring'
  dpkg-deb -x "$work"/debian-archive-keyring_*.deb "$work/keyring"
  keyring=$work/keyring$keyring
}

prepare_apt() {
  apt=$work/apt
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
  [ -n "$mirror" ] || fail "apt has no list of packages yet: run 'apt-get update', or set DEBIAN_MIRROR"
  say "reading the list of packages at $mirror"
  apt_private apt-get update || fail "cannot read $mirror; DEBIAN_MIRROR names another"
}

# linux-image-686 is empty and depends on the kernel of the day.
real_kernel_package() {
  local dependency
  dependency=$(apt_private apt-cache show --no-all-versions "$kernel_package" |
    sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p')
  echo "${dependency:-$kernel_package}"
}

fetch() { # package, directory to unpack it into
  say "fetching $1"
  (cd "$work" && apt_private apt-get download "$1") || fail "cannot fetch $1"
  dpkg-deb -x "$work/$1"_*_i386.deb "$2"
}

fetch_packages() {
  find_keyring
  prepare_apt
  local kernel
  kernel=$(real_kernel_package)
  fetch "$kernel" "$work/kernel"
  fetch busybox-static "$work/busybox"
  release=${kernel#linux-image-}
  # Debian 13 and later have merged / and /usr.
  for modules_root in "$work/kernel" "$work/kernel/usr"; do
    [ -d "$modules_root/lib/modules/$release" ] && return
  done
  fail "$kernel has no modules in it"
}

# ---- the initramfs ----

# The wanted modules and what they depend on, as paths below the release's directory.
module_files() {
  local tree=$modules_root/lib/modules/$release
  local module line
  for module in $modules $network_modules; do
    # A module that is built in, or that this kernel does not have, has no line.
    line=$(grep -E "/$module\.ko[^:]*:" "$tree/modules.dep" || true)
    printf '%s\n' "$line" | tr -d : | tr ' ' '\n'
  done | sed '/^$/d' | sort -u
}

copy_modules() { # root of the initramfs
  local from=$modules_root/lib/modules/$release to=$1/lib/modules/$release file
  depmod -b "$modules_root" "$release"
  for file in $(module_files); do
    mkdir -p "$to/$(dirname "$file")"
    cp "$from/$file" "$to/$file"
    case $file in *.xz) unxz "$to/$file" ;; esac
  done
  touch "$to/modules.order" "$to/modules.builtin" "$to/modules.builtin.modinfo"
  depmod -b "$1" "$release"
}

write_init() { # root of the initramfs
  cat >"$1/etc/inittab" <<'END'
::sysinit:/etc/rcS
ttyS0::respawn:-/bin/sh
::ctrlaltdel:/bin/reboot
::shutdown:/bin/sync
END
  cat >"$1/etc/rcS" <<END
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
hostname debian
for module in $modules; do modprobe \$module; done
if grep -qs $network_vendor /sys/bus/pci/devices/*/vendor; then
  for module in $network_modules; do modprobe \$module; done
fi
# Disks are looked for in the background, if there is a controller at all.
tries=0
while [ -d /sys/class/ata_port/ata1 ] && [ ! -b /dev/sda ] && [ \$tries -lt 30 ]; do
  usleep 100000
  tries=\$((tries + 1))
done
acpid
echo 'The guest is ready.'
END
  mkdir -p "$1/etc/acpi/PWRF"
  printf '#!/bin/sh\npoweroff\n' >"$1/etc/acpi/PWRF/00000080"
  chmod 755 "$1/etc/rcS" "$1/etc/acpi/PWRF/00000080"
  printf 'export PS1="guest# "\n' >"$1/etc/profile"
}

make_initramfs() {
  say 'making the initramfs'
  local root=$work/root applet
  mkdir -p "$root"/{bin,dev,etc,proc,sys,tmp,root,var/log,var/run,fat,ext2}
  cp "$(find "$work/busybox" -name busybox -type f -perm -1)" "$root/bin/busybox"
  for applet in sh mount umount; do ln -s busybox "$root/bin/$applet"; done
  # The kernel starts /init; busybox, once running, makes links for the rest of what it can do.
  printf '#!/bin/sh\n/bin/busybox --install -s /bin\nexec /bin/init\n' >"$root/init"
  chmod 755 "$root/init"
  write_init "$root"
  copy_modules "$root"
  find "$root" -exec touch -h -d "@$epoch" {} +
  (cd "$root" && find . | sort | cpio --quiet --reproducible -o -H newc -R 0:0) | gzip -9n >"$out/initrd.gz"
}

# ---- the disk ----

little_endian() { # 32-bit number, as escapes for printf
  printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# A partition table entry. Its cylinders, heads and sectors say "beyond CHS"; the LBA fields count.
partition() { # type as an escape, start, sectors
  printf '\\000\\376\\377\\377%s\\376\\377\\377%s%s' "$1" "$(little_endian "$2")" "$(little_endian "$3")"
}

make_mbr() {
  {
    head -c 446 /dev/zero
    # shellcheck disable=SC2059 # the escapes are the data
    printf "$(partition '\016' $fat_start $fat_sectors)$(partition '\203' $ext2_start $ext2_sectors)"
    head -c 32 /dev/zero
    printf '\125\252'
    head -c $(((fat_start - 1) * 512)) /dev/zero
  } >"$work/mbr.img"
}

make_fat() {
  local image=$work/fat.img
  head -c $((fat_sectors * 512)) /dev/zero >"$image"
  printf 'FAT says hello\n' >"$work/hello.txt"
  touch -d "@$epoch" "$work/hello.txt"
  mformat -i "$image" -T $fat_sectors -h 255 -s 63 -H $fat_start -N 86860001 -v REWIND ::
  TZ=UTC mcopy -m -i "$image" "$work/hello.txt" ::hello.txt
}

make_ext2() {
  local files=$work/ext2 uuid=86868686-0000-4000-8000-000000000002
  mkdir -p "$files"
  printf 'ext2 says hello\n' >"$files/hello.txt"
  touch -d "@$epoch" "$files" "$files/hello.txt"
  head -c $((ext2_sectors * 512)) /dev/zero >"$work/ext2.img"
  E2FSPROGS_FAKE_TIME=$epoch mke2fs -q -t ext2 -b 1024 -m 0 -L rewind -U $uuid \
    -E hash_seed=$uuid,root_owner=0:0 -d "$files" "$work/ext2.img" $((ext2_sectors / 2))
}

make_disk() {
  say 'making the disk'
  make_mbr
  make_fat
  make_ext2
  cat "$work/mbr.img" "$work/fat.img" "$work/ext2.img" >"$out/disk.img"
}

# ---- the script ----

write_script() {
  cat >"$out/boot.yaml" <<'END'
# Boots to a shell on the serial console, works in it, and powers off. Every command's end is told from
# its echo: what is typed has a quote in the word that is waited for, what is printed has not.
- expect-not: "Kernel panic"
- wait: "guest# "
  timeout: 300000
- type: "uname -a; cat /proc/cpuinfo; echo 'do'ne-1\n"
- wait: "done-1"
- type: "dd if=/dev/zero bs=1M count=32 | sha256sum; echo 'do'ne-2\n"
- wait: "done-2"
  timeout: 300000
- type: "mount -t vfat /dev/sda1 /fat && mount -t ext2 /dev/sda2 /ext2; mount | grep sda; echo 'do'ne-3\n"
- wait: "done-3"
- type: "cat /fat/hello.txt /ext2/hello.txt; echo 'do'ne-4\n"
- wait: "done-4"
- type: "dd if=/dev/zero bs=64k count=16 | tr '\\0' R >/ext2/big; cp /ext2/big /fat/big.bin; echo 'do'ne-5\n"
- wait: "done-5"
- type: "echo written by the guest | tee /fat/note.txt >/ext2/note.txt; umount /fat /ext2; echo 'do'ne-6\n"
- wait: "done-6"
- type: "mount -t vfat /dev/sda1 /fat; mount -t ext2 /dev/sda2 /ext2; cat /fat/note.txt /ext2/note.txt; echo 'do'ne-7\n"
- wait: "done-7"
- type: "cmp /ext2/big /fat/big.bin && sha256sum /fat/big.bin; grep ata_piix /proc/interrupts; echo 'do'ne-8\n"
- wait: "done-8"
- type: "poweroff\n"
- finish: 30000
END
}

main() {
  check_tools
  mkdir -p "$out"
  work=$(mktemp -d "${TMPDIR:-/tmp}/debian-guest.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  fetch_packages
  cp "$work/kernel/boot/vmlinuz-$release" "$out/vmlinuz"
  make_initramfs
  make_disk
  write_script
  say "done: $release, in $out"
  say "next: rewind86 record --memory 128M --kernel $out/vmlinuz --initrd $out/initrd.gz \\"
  say "        --append console=ttyS0 --disk $out/disk.img --script $out/boot.yaml -o boot.rewind"
}

main
