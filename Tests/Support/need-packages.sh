#!/bin/bash
# Installs those of the named Debian packages that are missing: need-packages.sh PACKAGE…
# Says nothing and asks apt nothing if all are there. On a system without dpkg it names them and goes on.
set -euo pipefail

if ! command -v dpkg-query > /dev/null; then
  echo "This is no Debian: make sure that you have what is called here: $*" >&2
  exit 0
fi
missing=()
for package in "$@"; do
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

root=()
if ((EUID != 0)); then
  command -v sudo > /dev/null || { echo "Please install, as root: apt-get install ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "Installing ${missing[*]}" >&2
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
install() { "${apt[@]}" install -y --no-install-recommends "${missing[@]}" > /dev/null; }
# The lists may be old or missing: then they are fetched.
install 2> /dev/null || { "${apt[@]}" update && install; }
