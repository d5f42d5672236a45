#!/bin/bash
# Whether the Debian packages install, work, upgrade and go without a trace on a clean Debian that has never seen Swift:
# clean-install.sh PACKAGE [RELEASE]
#
# PACKAGE is digitd's; digitd-lab's lies beside it.
#
# Makes a minimal system of that release [bookworm] in a folder with debootstrap and lets apt fetch the dependencies:
# needs root and a Debian mirror, takes a minute or two.
set -euo pipefail

package=$(realpath "${1:?which package?}")
laboratory=${package%/*}/digitd-lab_${package##*/digitd_}
release=${2:-bookworm}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
((EUID == 0)) || { echo "clean-install.sh: needs root" >&2; exit 1; }

# In a mount namespace of its own: whatever debootstrap mounts is gone with it.
if [[ -z ${CLEAN_INSTALL_INSIDE-} ]]; then
  "$here/../Support/need-packages.sh" debootstrap
  CLEAN_INSTALL_INSIDE=1 exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$package" "$release"
fi

say() { printf -- '-- %s\n' "$*"; }
fail() { printf 'clean-install.sh: %s\n' "$*" >&2; exit 1; }

root=$(mktemp -d)
trap 'umount "$root/proc" 2> /dev/null; rm -rf --one-file-system "$root" "$root".*' EXIT
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
  awk -v release="$release" '$1 == release {print $2; exit}')
say "a clean $release from ${mirror:=http://deb.debian.org/debian}"
debootstrap --variant=minbase "$release" "$root" "$mirror" > "$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
rm -f "$root.log"
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2> /dev/null || true
[[ ! -e /etc/apt/apt.conf && -z $(ls -A /etc/apt/apt.conf.d) ]] || cp -r /etc/apt/apt.conf* "$root/etc/apt/" || true
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
apt() { inside apt-get -qq -y -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root --no-install-recommends "$@" > "$root/tmp/apt" 2>&1 ||
  { cat "$root/tmp/apt" >&2; fail "apt-get $* failed"; }; }
# Names, and what the accounts and the enabled units say; not what apt and dpkg keep of everything.
state() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./tmp -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \
    -o -path ./var/lib/dpkg \) -prune -o -print | sort
    grep -h . etc/passwd etc/group etc/shadow etc/gshadow | sort)
}

# The dependencies are there before, so that what differs in the end is the package's own.
apt update
cp "$package" "$root/tmp/digitd.deb"
cp "$laboratory" "$root/tmp/digitd-lab.deb"
mapfile -t depends < <({ dpkg-deb --field "$package" Depends; dpkg-deb --field "$laboratory" Depends; } |
  tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' | sort -u | grep -vx digitd)
apt install "${depends[@]}"
inside sh -c 'command -v swift' && fail "there is a Swift"
state > "$root.before"

say "install $(dpkg-deb --field "$package" Version), with $(inside sh -c 'dpkg-query -W | wc -l') packages there"
apt install /tmp/digitd.deb
grep -q 'systemctl --user enable --now digitd' "$root/tmp/apt" || fail "nobody says which service to enable"
inside getent group digitd > /dev/null || fail "there is no group digitd"
inside id -nG digitd | grep -qw audio || fail "the user digitd is not in the group audio"
inside digitd --version
inside digitctl --version
inside digitctl --help > /dev/null
! inside ldd /usr/bin/digitd /usr/bin/digitctl | grep -q blas || fail "OpenBLAS is asked for"
said=$(inside digitctl export --help 2>&1) && fail "export without digitd-lab ended well"
[[ $said == *digitd-lab* ]] || fail "it does not say what to install: $said"
for file in man8/digitd.8 man1/digitctl.1; do [[ -e $root/usr/share/man/$file.gz ]] || fail "no $file"; done
for file in README.md PROTOCOL.md FAULTS.md; do [[ -e $root/usr/share/doc/digitd/$file ]] || fail "no $file"; done
# A desktop's microphone is not taken by surprise.
enabled=$(find "$root/etc/systemd" -name 'digitd*' -path '*.wants/*')
[[ -z $enabled ]] || fail "enabled by itself: $enabled"

say "recognise"
heard=$(inside digitd --input /usr/share/digitd/digits.wav | sed -n 's/.*"transcript".*"digit": \([0-9]\).*/\1/p')
[[ $heard == "$(cat "$root/usr/share/digitd/digits.txt")" ]] || fail "it heard ${heard//$'\n'/ }"
inside digitctl classify /usr/share/digitd/digits.wav --from 0.5 --to 1.5

say "the laboratory"
apt install /tmp/digitd-lab.deb
inside digitctl export --onnx /tmp/digits.onnx
[[ -s $root/tmp/digits.onnx ]] || fail "nothing was exported"
[[ -e $root/usr/share/man/man1/digitlab.1.gz ]] || fail "no digitlab.1"
apt remove digitd-lab

say "upgrade, a changed setting kept"
echo "DIGITD_LOG_LEVEL=debug" >> "$root/etc/default/digitd"
rm -rf "$root/tmp/new" && dpkg-deb -R "$package" "$root/tmp/new"
sed -i 's/^Version: .*/&+1/' "$root/tmp/new/DEBIAN/control"
dpkg-deb --root-owner-group -Znone -b "$root/tmp/new" "$root/tmp/newer.deb" > /dev/null
apt install /tmp/newer.deb
inside dpkg-query -W digitd
grep -q '^DIGITD_LOG_LEVEL=debug' "$root/etc/default/digitd" || fail "the upgrade has lost the settings"

say "remove, then purge"
apt remove digitd
[[ -e $root/etc/default/digitd && ! -e $root/usr/bin/digitd ]] || fail "removing is not purging"
apt purge digitd
state > "$root.after"
diff "$root.before" "$root.after" || fail "traces are left"
rm -f "$root.before" "$root.after"
say "no trace is left"
