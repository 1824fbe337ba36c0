#!/usr/bin/env bash
# Makes hard disks that boot with GRUB 2: its boot sector, its core image in the gap behind it, and a
# partition (one disk with FAT, one with ext2) that holds its modules, its menu and what the menu starts.
#
#   scripts/guests/grub.sh        after scripts/debian-guest.sh, whose kernel and initramfs it takes
#
# Leaves in .cache/guests/grub
#   fat.img, ext2.img     the disks
# grub-mkimage (package grub-common), mtools and e2fsprogs must be installed; the rest is fetched.
. "$(dirname "$0")/lib.sh"

out=$guests/grub
linux=$guests/debian
partition_mib=24
fat_type='\016' linux_type='\203'

menu() {
  cat <<'END'
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
set timeout=30
menuentry 'Linux' {
  linux /vmlinuz console=ttyS0
  initrd /initrd.gz
}
menuentry 'Linux, 16-bit protocol' {
  linux16 /vmlinuz console=ttyS0
  initrd16 /initrd.gz
}
menuentry 'Memtest86+' {
  linux16 /memtest.bin
}
menuentry 'Invaders' {
  multiboot /invaders.exec
}
END
}

# What the partition holds, as a directory.
make_tree() {
  mkdir -p "$tree/boot/grub/i386-pc"
  cp "$work"/grub/usr/lib/grub/i386-pc/*.{mod,lst} "$tree/boot/grub/i386-pc"
  menu >"$tree/boot/grub/grub.cfg"
  cp "$linux/vmlinuz" "$linux/initrd.gz" "$tree"
  cp "$work/memtest/boot/memtest86+ia32.bin" "$tree/memtest.bin"
  cp "$work/invaders/boot/invaders.exec" "$tree"
  find "$tree" -exec touch -d "@$epoch" {} +
}

make_fat() {
  truncate -s ${partition_mib}M "$work/fat"
  mformat -i "$work/fat" -T $((partition_mib * 2048)) -h 255 -s 63 -H $first_sector -N 86860002 -v GRUB ::
  TZ=UTC mcopy -s -m -i "$work/fat" "$tree"/* ::
}

make_ext2() {
  E2FSPROGS_FAKE_TIME=$epoch mke2fs -q -t ext2 -b 1024 -m 0 -U 86868686-0000-4000-8000-000000000003 \
    -E root_owner=0:0 -d "$tree" "$work/ext2" $((partition_mib * 1024))
}

# bootable IMAGE FILE-SYSTEM-MODULE: boot.img finds the core image in sector 1, where diskboot.img, its first
# sector, looks for the rest from sector 2 on: both as they come, so nothing has to be patched.
bootable() {
  local modules=$work/grub/usr/lib/grub/i386-pc
  grub-mkimage -O i386-pc -d "$modules" -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" biosdisk part_msdos "$2"
  [ "$(stat -c %s "$work/core.img")" -le $(((first_sector - 1) * 512)) ] || fail 'the core image is too large'
  head -c 440 "$modules/boot.img" | put "$1" 0
  put "$1" 512 <"$work/core.img"
}

main() {
  need grub-mkimage grub-common
  need mformat mtools
  need mke2fs e2fsprogs
  [ -f "$linux/initrd.gz" ] || fail 'please run scripts/debian-guest.sh first'
  work=$(mktemp -d "${TMPDIR:-/tmp}/grub-guest.XXXXXX")
  tree=$work/tree
  trap 'rm -rf "$work"' EXIT
  fetch grub-pc-bin "$work/grub"
  fetch memtest86+ "$work/memtest"
  fetch grub-invaders "$work/invaders"
  say 'making the disks'
  mkdir -p "$out"
  rm -f "$out"/*.img
  make_tree
  make_fat
  make_ext2
  partitioned_disk "$out/fat.img" "$fat_type" "$work/fat"
  bootable "$out/fat.img" fat
  partitioned_disk "$out/ext2.img" "$linux_type" "$work/ext2"
  bootable "$out/ext2.img" ext2
  say "done, in $out"
}

main
