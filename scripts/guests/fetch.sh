#!/usr/bin/env bash
# Fetches the guests that need no making: Memtest86+ and Invaders, which --kernel starts, and SeaBIOS, for
# --bios. Leaves in .cache/guests
#   memtest.bin, invaders.exec, seabios.bin
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/fetch-guests.XXXXXX")
trap 'rm -rf "$work"' EXIT
for package in memtest86+ grub-invaders seabios; do fetch "$package" "$work"; done
cp "$work/boot/memtest86+ia32.bin" "$guests/memtest.bin"
cp "$work/boot/invaders.exec" "$guests"
cp "$work/usr/share/seabios/bios-256k.bin" "$guests/seabios.bin"
say "done, in $guests"
