# For the scripts beside this one: fetching Debian packages and making disk images. To be sourced.
#
# Packages come from Debian 12 by apt, with lists of our own: nothing is installed, root is not needed.
#   DEBIAN_MIRROR   address of a Debian mirror; default: the first that this system's apt uses
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

guests=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/guests
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | head -n 1 || true)}
suite=bookworm
# A fixed instant for all time stamps, so that the same packages make the same images.
epoch=1700000000
first_sector=2048

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }

fail() {
  say "$*" >&2
  exit 1
}

# need COMMAND PACKAGE: says what to install if the command is not there.
need() {
  command -v "$1" >/dev/null || fail "needs $1: please install $2 and try again"
}

apt_private() {
  local state=$guests/apt command=$1
  shift
  "$command" -qq \
    -o APT::Architecture=i386 -o APT::Architectures=i386 \
    -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$state/state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}

prepare_apt() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f "$keyring" ] || fail "has no keys to check Debian's packages with: please install debian-archive-keyring"
  mkdir -p "$guests/apt/state/lists/partial" "$guests/apt/cache/archives/partial"
  : >"$guests/apt/status"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$guests/apt/sources.list"
  [ -n "$mirror" ] || fail "apt has no list of packages yet: run 'apt-get update', or set DEBIAN_MIRROR"
  say "reading the list of packages at $mirror"
  apt_private apt-get update || fail "cannot read $mirror; DEBIAN_MIRROR names another"
}

# fetch PACKAGE DIRECTORY: unpacks a package of Debian's i386 (or of all architectures) into a directory.
fetch() {
  need apt-get apt
  need dpkg-deb dpkg
  [ -n "${apt_prepared:-}" ] || prepare_apt
  apt_prepared=yes
  say "fetching $1"
  mkdir -p "$2"
  (cd "$2" && apt_private apt-get download "$1") || fail "cannot fetch $1"
  dpkg-deb -x "$2/$1"_*.deb "$2"
}

# le32 NUMBER: its bytes, as escapes for printf.
le32() {
  printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# put IMAGE OFFSET: standard input into the image at a byte offset.
put() {
  dd of="$1" bs=64k oflag=seek_bytes seek="$2" conv=notrunc status=none
}

# partitioned_disk IMAGE TYPE PARTITION: an MBR-partitioned disk around a file system. TYPE is an escape.
# The cylinders, heads and sectors of the entry say "beyond CHS"; its LBA fields count.
partitioned_disk() {
  local sectors=$(($(stat -c %s "$3") / 512))
  truncate -s $(((first_sector + sectors) * 512)) "$1"
  # shellcheck disable=SC2059 # the escapes are the data
  printf "\\200\\376\\377\\377$2\\376\\377\\377$(le32 $first_sector)$(le32 $sectors)" | put "$1" 446
  printf '\125\252' | put "$1" 510
  put "$1" $((first_sector * 512)) <"$3"
}
