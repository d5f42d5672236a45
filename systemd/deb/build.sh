#!/bin/bash
# Makes the Debian packages from what "make static" has built: build.sh [FOLDER]
# The packages, digitd and digitd-lab, land in FOLDER [.build-deb] and are named on standard output, a line each. Their
# dependencies are those of the Debian release that they are built on.
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

for program in digitd/usr/bin/digitd digitd/usr/bin/digitctl digitd-lab/usr/bin/digitlab; do
  package=$(echo "$folder/${program%%/*}"_*.deb)
  # The package's version is the program's.
  says=$("$source/debian/$program" --version)
  is=$(dpkg-deb --field "$package" Version)
  [[ $says == "$is" ]] || { echo "$program is version $says and systemd/deb/changelog says $is" >&2; exit 1; }
done
# The daemon must not depend on a linear algebra library.
if dpkg-deb --field "$folder"/digitd_*.deb Depends | grep blas >&2; then
  echo "the package digitd depends on OpenBLAS" >&2
  exit 1
fi
printf '%s\n' "$folder"/digitd_*.deb "$folder"/digitd-lab_*.deb
