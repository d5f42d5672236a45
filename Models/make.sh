#!/usr/bin/env bash
# make.sh DATA [OUT]: make the shipped model again, from the recordings in DATA and voices made on the way.
#
# Writes OUT (default: digits.safetensors beside this script) and, below the current folder, what was made or fetched to
# learn from: voices/, converted/, foreign/, packages/, converted-packages/, primers/ and converted-primers/, and
# first.safetensors, the first of its two networks. About an hour and a half on two cores.
# Interrupted, the same command goes on. The same command, recordings and Debian release give the same bytes on the same
# kind of machine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
data=${1:?"usage: make.sh DATA [OUT]"} out=${2:-$here/digits.safetensors}
# What lies here was made from one DATA; from another it would be passed over in silence.
origin=$(realpath "$data")
if [ -s made-from ] && [ "$(<made-from)" != "$origin" ]; then
  echo "make.sh: what lies in this folder was made from $(<made-from): remove it, or go to another" >&2
  exit 1
fi
echo "$origin" >made-from
# made FOLDER COMMAND …: runs the command that makes it, unless it is whole already; where that fails, nothing is trained.
made() {
  [ -s "$1/complete" ] && return
  echo "making $1/" >&2
  "${@:2}"
  date >"$1/complete"
}
made voices "$here/synthesise.sh" voices
made converted "$here/convert-voices.sh" "$data" converted
made foreign "$here/foreign-voices.sh" foreign
made packages "$here/package-voices.sh" packages
made converted-packages "$here/convert-voices.sh" packages converted-packages
made primers "$here/primer-voices.sh" primers
made converted-primers "$here/convert-voices.sh" primers converted-primers
swift build -c release --package-path "$here/.." --product digitctl
digitctl=$here/../.build/release/digitctl
folders=(--data "$data" --data voices --data converted --data foreign --data packages --data converted-packages
  --data primers --data converted-primers)
[ -s first.safetensors ] || "$digitctl" train "${folders[@]}" --output first.safetensors --seed 4 --epochs 120
exec "$digitctl" train "${folders[@]}" --beside first.safetensors --output "$out" --seed 1 --epochs 120
