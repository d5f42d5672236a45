#!/bin/bash
# Makes the Debian package from what "make static" has built: build.sh [FOLDER]
# The package lands in FOLDER [.build-deb] and is named on standard output. Its dependencies are those of the Debian
# release that it is built on.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=${1:-$root/.build-deb}
source=$folder/source

rm -rf "$source" "$folder"/*.deb "$folder"/*.buildinfo "$folder"/*.changes
mkdir -p "$source"
cp -r "$here" "$source/debian"
rm "$source/debian/build.sh"
cp "$root/systemd/sysusers.conf" "$source/debian/digitd.sysusers"
(cd "$source" && ROOT=$root dpkg-buildpackage -b -us -uc -d > "$folder/build.log" 2>&1) || {
  tail -n 40 "$folder/build.log" >&2
  exit 1
}
package=$(echo "$folder"/digitd_*.deb)

# The package's version is the program's.
says=$("$source/debian/digitd/usr/bin/digitd" --version)
is=$(dpkg-deb --field "$package" Version)
[[ $says == "$is" ]] || { echo "the program is version $says and systemd/deb/changelog says $is" >&2; exit 1; }
echo "$package"
